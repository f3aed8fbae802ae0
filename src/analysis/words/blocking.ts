import type { Block } from "../checks/blocking.ts";
import { traceStep, type Finding, type Repair } from "../finding.ts";
import { dottedName, unwrap } from "../syntax/ast.ts";
import { chainInWords } from "./chain.ts";

/** Says what stands still, for how long, how a handler gets there, and what does the same without that. */
export function describeBlocking(block: Block): Finding {
  const { site, reached } = block;
  const { file, node } = site;
  const repair = asynchronousTwin(block);
  return {
    hazard: "blocking-handler",
    path: file.path,
    start: node.range[0],
    end: node.range[1],
    message: [consequence(block), wayOut(block)].join(" "),
    isCheck: false,
    trace: [
      ...reached.chain.map((call) =>
        traceStep(call.file, call.node.range[0], "A", "call", `${reached.root.name} calls`),
      ),
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
    case "pause":
      return `\`${reached.root.name}\` waits here for ${String((milliseconds ?? 0) / 1000)} s${path}, and its dispatcher awaits one update before it takes the next: every other chat waits as well.`;
  }
}

function wayOut({ kind, name, twin }: Block): string {
  if (kind === "pause")
    return "Make the handler a runAsync function, or let a job send what comes later.";
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
  const callee = unwrap(node.callee);
  if (owner.type === "Program" || !owner.async || callee.type !== "MemberExpression") return null;
  if (unwrap(callee.object).type !== "Identifier") return null;
  const parent = file.parentOf(node);
  const isOperand = parent?.type === "MemberExpression" || parent?.type === "CallExpression";
  const needsParentheses =
    isOperand && (parent.type !== "CallExpression" || parent.callee === node);
  const start = node.range[0];
  return {
    title: `Await ${dottedName(callee.object)}.${twin}(...) instead`,
    edits: [
      { start, end: start, text: needsParentheses ? "(await " : "await " },
      { start: callee.property.range[0], end: callee.property.range[1], text: twin },
      ...(needsParentheses ? [{ start: node.range[1], end: node.range[1], text: ")" }] : []),
    ],
  };
}
