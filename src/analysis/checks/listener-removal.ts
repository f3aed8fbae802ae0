import type { TSESTree } from "@typescript-eslint/types";
import {
  dottedName,
  isFunction,
  memberName,
  namedProperties,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { loopedOver } from "../syntax/loops.ts";
import type { SourceFile } from "../syntax/source-file.ts";

const REMOVERS = new Set([
  "off",
  "removeListener",
  "removeEventListener",
  "removeHandler",
  "removeTextListener",
  "removeReplyListener",
]);

/**
 * Whether somebody takes the listener off, somewhere in the file: `bot.off("x", f)` with the same `f`, the returned
 * id given back, or a loop over a list that `f` was put into.
 */
export function isRemoved(call: TSESTree.CallExpression, handler: Node, file: SourceFile): boolean {
  if (isEmptiedBefore(call, file)) return true;
  const names = [handler].flatMap((node) => referenceTo(node) ?? []);
  const parent = file.parentOf(call);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier")
    names.push(parent.id.name);
  const pattern = call.arguments[0] && referenceTo(call.arguments[0]);
  const lists = names.flatMap((name) => listsWith(name, file));
  return file.calls.some((other) => {
    const callee = unwrap(other.callee);
    const method = callee.type === "MemberExpression" ? propertyName(callee) : null;
    if (method === "removeTextListener" && pattern !== undefined && pattern !== null)
      names.push(pattern);
    return (
      REMOVERS.has(method ?? "") &&
      other.arguments.some((argument) => {
        const name = referenceTo(argument);
        return name !== null && (names.includes(name) || lists.includes(listOf(argument, file)));
      })
    );
  });
}

/** `player.removeAllListeners("idle"); player.on("idle", f)`, in one function: there is one at a time. */
function isEmptiedBefore(call: TSESTree.CallExpression, file: SourceFile): boolean {
  const callee = unwrap(call.callee);
  const [event] = call.arguments;
  if (callee.type !== "MemberExpression" || !event) return false;
  return file.calls.some((other) => {
    const remover = unwrap(other.callee);
    const [removed, handler] = other.arguments;
    return (
      remover.type === "MemberExpression" &&
      /^(?:removeAllListeners|off)$/.test(memberName(remover)) &&
      handler === undefined &&
      other.range[1] <= call.range[0] &&
      file.enclosing(other) === file.enclosing(call) &&
      file.textOf(remover.object) === file.textOf(callee.object) &&
      (removed === undefined || file.textOf(removed) === file.textOf(event))
    );
  });
}

/** Lists that the listener is kept in: `handlers.push(f)`, `handlers.push({ name, run: f })`. */
function listsWith(name: string, file: SourceFile): string[] {
  return file.calls.flatMap((call) => {
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression" || !/^(?:push|add)$/.test(memberName(callee))) return [];
    const [kept] = call.arguments;
    if (!kept) return [];
    const parts =
      kept.type === "ObjectExpression" ? namedProperties(kept).map(({ value }) => value) : [kept];
    return parts.some((part) => referenceTo(part) === name) ? [dottedName(callee.object)] : [];
  });
}

/** The list that a `for` loop or `forEach` takes the value from: `handlers` for `handler.run`. */
function listOf(value: Node, file: SourceFile): string {
  let inner = unwrap(value);
  while (inner.type === "MemberExpression") inner = unwrap(inner.object);
  const definition = file.variableOf(inner)?.defs[0];
  if (!definition) return "";
  const owner = definition.node;
  if (owner.type === "VariableDeclarator") {
    const list = loopedOver(owner, file);
    return list ? dottedName(list) : "";
  }
  const call = isFunction(owner) ? file.parentOf(owner) : null;
  if (call?.type !== "CallExpression") return "";
  const callee = unwrap(call.callee);
  return callee.type === "MemberExpression" && memberName(callee) === "forEach"
    ? dottedName(callee.object)
    : "";
}

function referenceTo(node: Node): string | null {
  if (node.type === "FunctionExpression") return node.id?.name ?? null;
  const inner = unwrap(node);
  return inner.type === "Identifier" || inner.type === "MemberExpression"
    ? dottedName(inner)
    : null;
}
