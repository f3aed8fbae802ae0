import type { Block } from "../checks/blocking.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { type Finding, type Repair, spanOf, type TextEdit, traceStep } from "../finding.ts";
import { dottedName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { callSteps, chainInWords } from "./chain.ts";

/** Says what stands still, for how long, how a handler gets there, and what does the same without that. */
export function describeBlocking(block: Block): Finding {
  const { site, reached } = block;
  const { file, node } = site;
  const repair = asynchronousTwin(block);
  return {
    hazard: "blocking-handler",
    ...spanOf(site),
    message: [consequence(block), wayOut(block)].join(" "),
    isCheck: false,
    trace: [
      ...callSteps(reached),
      traceStep(file, node.range[0], "A", "block", `${block.name} lets nothing else run`),
    ],
    activations: { A: reached.root.name },
    confidence: block.duration === "long" && isForUpdates(block) ? "recommended" : "strict",
    ...(repair ? { repairs: [repair] } : {}),
  };
}

function isForUpdates({ reached }: Block): boolean {
  return reached.root.trigger !== "timer" && reached.root.trigger !== "job";
}

function consequence({ kind, name, reached, milliseconds }: Block): string {
  const path = chainInWords(reached);
  switch (kind) {
    case "call":
      return `\`${name}\` runs here for each \`${reached.root.name}\`${path} and is synchronous: until it returns, no other update, timer or connection of the process gets a turn.`;
    case "busy-wait":
      return `This loop waits for the clock without letting go, for each \`${reached.root.name}\`${path}: no other update, timer or connection of the process gets a turn meanwhile.`;
    case "data-loop":
      return `${name}, for each \`${reached.root.name}\`${path}: the work grows with the product of both, which nothing bounds, and until it is done no other update, timer or connection of the process gets a turn.`;
    case "pause":
      return `\`${reached.root.name}\` waits here for ${String((milliseconds ?? 0) / 1000)} s${path}, and its dispatcher awaits one update before it takes the next: every other chat waits as well.`;
  }
}

function wayOut({ kind, name, twin }: Block): string {
  if (kind === "pause")
    return "Make the handler a runAsync function, or let a job send what comes later.";
  if (kind === "data-loop")
    return 'Put one side into a Map or Set by the key first, let the store join or limit them, or give way now and then: `await setImmediate()` of "node:timers/promises".';
  if (kind === "busy-wait") return 'Await a timer: `setTimeout` of "node:timers/promises".';
  return twin === null
    ? `Use the asynchronous form of \`${name}\`, or do the work in a worker thread, or once at start-up.`
    : `Await \`${twin}\` instead, or do it once at start-up.`;
}

/** `fs.readFileSync(p)` as `await fs.promises.readFile(p)`, where `await` is allowed and the module is at hand. */
function asynchronousTwin({ site, twin }: Block): Repair | null {
  const { file, node } = site;
  if (twin === null || node.type !== "CallExpression") return null;
  const owner = file.enclosing(node);
  if (owner.type === "Program" || !owner.async) return null;
  const callee = unwrap(node.callee);
  const rename =
    callee.type === "MemberExpression" ? onModule(callee, twin) : imported(callee, twin, file);
  if (!rename) return null;
  const parent = file.parentOf(node);
  const isOperand = parent?.type === "MemberExpression" || parent?.type === "CallExpression";
  const needsParentheses =
    isOperand && (parent.type !== "CallExpression" || parent.callee === node);
  const start = node.range[0];
  return {
    title: `Await ${rename.name}(...) instead`,
    edits: [
      ...rename.before,
      { start, end: start, text: needsParentheses ? "(await " : "await " },
      rename.edit,
      ...(needsParentheses ? [{ start: node.range[1], end: node.range[1], text: ")" }] : []),
    ],
  };
}

interface Rename {
  readonly name: string;
  readonly edit: TextEdit;
  /** An import that the new name needs. */
  readonly before: readonly TextEdit[];
}

/** `fs.readFileSync`: the twin is a member of the same module. */
function onModule(callee: TSESTree.MemberExpression, twin: string): Rename | null {
  if (unwrap(callee.object).type !== "Identifier") return null;
  const [start, end] = callee.property.range;
  return {
    name: `${dottedName(callee.object)}.${twin}`,
    edit: { start, end, text: twin },
    before: [],
  };
}

/** `import { readFileSync } from "node:fs"`: the twin is imported, from `node:fs/promises`. */
function imported(callee: Node, twin: string, file: SourceFile): Rename | null {
  if (callee.type !== "Identifier") return null;
  const definition = file.variableOf(callee)?.defs[0];
  if (definition?.type !== "ImportBinding" || definition.node.type !== "ImportSpecifier")
    return null;
  const declaration = definition.parent;
  if (declaration.type !== "ImportDeclaration") return null;
  const isPromises = twin.startsWith("promises.");
  const name = twin.replace(/^promises\./, "");
  if (file.scopes.scopes.some((scope) => scope.set.has(name))) return null;
  const module = declaration.source.value + (isPromises ? "/promises" : "");
  const [start] = declaration.range;
  return {
    name,
    edit: { start: callee.range[0], end: callee.range[1], text: name },
    before: [{ start, end: start, text: `import { ${name} } from "${module}";\n` }],
  };
}
