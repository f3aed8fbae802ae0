import { isFunction, isPromiseStep, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { storedValue } from "../syntax/stored-value.ts";

/**
 * `loading = load().then(() => { loading = null; })`: until then nobody else finds it empty. The same of
 * `const job = load(k).finally(() => jobs.delete(k)); jobs.set(k, job)`, and of `timer = setTimeout(() => { timer = null; })`:
 * what is assigned is what the callback ends.
 */
export function isEndOfOwnPromise({ file, node }: Site): boolean {
  const write = unwrap(node);
  const slot = write.type === "AssignmentExpression" ? write.left : deletedFrom(write);
  let inner: Node = file.enclosing(node);
  if (!slot || !isFunction(inner)) return false;
  for (let outer = file.parentOf(inner); outer; outer = file.parentOf(inner)) {
    if (outer.type === "AssignmentExpression")
      return inner === outer.right && file.textOf(outer.left) === file.textOf(slot);
    if (outer.type === "VariableDeclarator")
      return isPromiseOf(inner, file.enclosing(node)) && isKeptIn(file, outer.id, slot);
    if (outer.type === "MemberExpression" && !isPromiseStep(propertyName(outer) ?? ""))
      return false;
    if (outer.type !== "CallExpression" && outer.type !== "MemberExpression") return false;
    inner = outer;
  }
  return false;
}

/** The map of `map.delete(k)`. */
function deletedFrom(write: Node): Node | null {
  return write.type === "CallExpression" &&
    write.callee.type === "MemberExpression" &&
    propertyName(write.callee) === "delete"
    ? write.callee.object
    : null;
}

/** `load().finally(end)`, `(async () => { ... })()`: no timer, which may be replaced before it fires. */
function isPromiseOf(call: Node, end: Node): boolean {
  if (call.type !== "CallExpression") return false;
  const callee = unwrap(call.callee);
  if (callee === end) return true;
  return (
    callee.type === "MemberExpression" &&
    isPromiseStep(propertyName(callee) ?? "") &&
    (call.arguments.some((argument) => argument === end) || isPromiseOf(unwrap(callee.object), end))
  );
}

/** `jobs.set(k, job)`, `jobs.set(k, { job })`, `this.job = job`: the promise is put where its end takes it out. */
function isKeptIn(file: Site["file"], id: Node, slot: Node): boolean {
  const uses = (id.type === "Identifier" && file.variableOf(id)?.references) || [];
  return uses.some(({ identifier }) => {
    let value: Node = identifier;
    let outer = file.parentOf(value);
    while (outer?.type === "Property" || outer?.type === "ObjectExpression") {
      value = outer;
      outer = file.parentOf(outer);
    }
    if (outer?.type === "AssignmentExpression")
      return outer.right === value && file.textOf(outer.left) === file.textOf(slot);
    return (
      outer?.type === "CallExpression" &&
      storedValue(outer) === value &&
      outer.callee.type === "MemberExpression" &&
      file.textOf(outer.callee.object) === file.textOf(slot)
    );
  });
}
