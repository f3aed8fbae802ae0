import type { Rival } from "../checks/races.ts";
import type { Style } from "../extraction/style.ts";
import { isFunction, memberName, unwrap, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { TSESTree } from "@typescript-eslint/types";
import type { SourceFile } from "../syntax/source-file.ts";
import { nodesIn, type LocalRace } from "./blocks.ts";
import type { Runner } from "./one-section.ts";

/** The lock that all of these hold, taken as one of them takes it: around a callback, or by acquire and release. */
export function lockOf(rivals: readonly Rival[], race: LocalRace, style: Style): Runner | null {
  const { file } = race;
  const held = rivals.map(({ write }) => write?.locks ?? []);
  for (const { lock, site } of held.flat()) {
    const { node } = site;
    const isCommon = held.every((locks) => locks.some((other) => other.lock.id === lock.id));
    if (!isCommon || site.file !== file || node.type !== "CallExpression") continue;
    const callback = node.arguments.find((argument) => isFunction(argument));
    const outside = [node.callee, ...node.arguments.filter((argument) => argument !== callback)];
    if (!outside.every((part) => meansTheSame(part, race))) continue;
    const runner = callback ? around(node, callback, file) : acquired(node, race, style);
    if (runner) return runner;
  }
  return null;
}

/** `lock.runExclusive(async () => { ... })`. */
function around(call: TSESTree.CallExpression, callback: Node, file: SourceFile): Runner {
  return {
    name: `\`${file.textOf(call.callee)}\`, as the other writers do`,
    head: [`${file.text.slice(call.range[0], callback.range[0])}async () => {`],
    tail: [`}${file.text.slice(callback.range[1], call.range[1])}`],
    isCallback: true,
    imports: [],
  };
}

/** `const release = await lock.acquire(); try { ... } finally { release(); }`. */
function acquired(
  call: TSESTree.CallExpression,
  { file, fn }: LocalRace,
  style: Style,
): Runner | null {
  const wait = file.parentOf(call);
  if (wait?.type !== "AwaitExpression") return null;
  const kept = file.parentOf(wait);
  const request = file.textOf(wait);
  const given = kept?.type === "VariableDeclarator" ? givenBy(kept, file) : null;
  const release = given ? `${given.name}()` : releaseOf(call, file);
  if (release === null || (given && isTaken(given.name, fn, file))) return null;
  const first = given ? `const ${given.pattern} = ${request}` : request;
  return {
    name: `\`${file.textOf(call.callee)}\`, as the other writers do`,
    head: [first + style.end, "try {"],
    tail: ["} finally {", style.indent + release + style.end, "}"],
    isCallback: false,
    imports: [],
  };
}

/** The function that gives the lock back, and what it is declared in: `[, release]` for a semaphore's pair. */
function givenBy(
  { id }: TSESTree.VariableDeclarator,
  file: SourceFile,
): { readonly name: string; readonly pattern: string } | null {
  if (id.type === "Identifier") return { name: id.name, pattern: id.name };
  const last = id.type === "ArrayPattern" ? id.elements.at(-1) : null;
  return last?.type === "Identifier" && isCalled(last, file)
    ? { name: last.name, pattern: `[, ${last.name}]` }
    : null;
}

function isCalled(identifier: Node, file: SourceFile): boolean {
  const variable = file.variableOf(identifier);
  return (
    variable?.references.some(({ identifier: use }) => {
      const call = file.parentOf(use);
      return call?.type === "CallExpression" && call.callee === use;
    }) === true
  );
}

/** `lock.release()` for `await lock.acquire()`, as the same function writes it. */
function releaseOf(call: TSESTree.CallExpression, file: SourceFile): string | null {
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return null;
  const lock = file.textOf(callee.object);
  for (const node of nodesIn(file.enclosing(call))) {
    if (node.type !== "CallExpression" || memberName(node.callee) !== "release") continue;
    const other = unwrap(node.callee);
    if (other.type === "MemberExpression" && file.textOf(other.object) === lock)
      return file.textOf(node);
  }
  return null;
}

/** Whether the function has the name already, or the module has it for something else. */
function isTaken(name: string, fn: FunctionNode, file: SourceFile): boolean {
  for (const node of nodesIn(fn, true))
    if (node.type === "Identifier" && node.name === name) return true;
  return file.scopes.scopes.some(({ type, set }) => type === "module" && set.has(name));
}

/** Whether the names in another function's code mean the same here: of the module, of one class, of the update. */
function meansTheSame(part: Node, { file, fn }: LocalRace): boolean {
  const owner = file.enclosing(part);
  for (const inner of nodesIn(part)) {
    if (inner.type === "ThisExpression") {
      const cls = owner.type === "Program" ? null : file.classOf(owner);
      if (!cls || cls !== file.classOf(fn)) return false;
    }
    const variable = inner.type === "Identifier" ? file.variableOf(inner) : null;
    if (!variable || file.ownerOf(variable).type === "Program") continue;
    const index =
      owner.type === "Program" ? -1 : owner.params.indexOf(variable.identifiers[0] as never);
    const counterpart = fn.params[index];
    if (counterpart?.type !== "Identifier" || counterpart.name !== variable.name) return false;
  }
  return true;
}
