import { propertyName, unwrap, type Node } from "./ast.ts";
import type { Site } from "./source-file.ts";

/** What an assignment or a `set(key, value)` stores; null where the write is something else. */
export function storedValue(node: Node): Node | null {
  const inner = unwrap(node);
  if (inner.type === "AssignmentExpression") return inner.right;
  if (
    inner.type === "CallExpression" &&
    inner.callee.type === "MemberExpression" &&
    propertyName(inner.callee) === "set"
  )
    return inner.arguments[1] ?? null;
  return null;
}

/** How many names that stand for each other are looked through; `const a = b, b = a` ends, too. */
const MOST_NAMES = 4;

/** What a name of a `const` stands for; any other expression is what it is. */
export function constantValue({ file, node }: Site, names = MOST_NAMES): Node {
  const inner = unwrap(node);
  if (names === 0) return inner;
  const [definition, ...others] =
    (inner.type === "Identifier" && file.variableOf(inner)?.defs) || [];
  if (definition?.type !== "Variable" || others.length > 0) return inner;
  const { id, init } = definition.node;
  return definition.parent.kind === "const" && id.type === "Identifier" && init !== null
    ? constantValue({ file, node: init }, names - 1)
    : inner;
}

/** Methods that give a list, whatever they are called on. */
const GIVES_LIST = new Set(["filter", "map", "flatMap", "toSorted", "toReversed", "toSpliced"]);

/** `members.map(...)`, a list whatever `members` is. */
export function givesList(node: Node): boolean {
  return node.type === "CallExpression" && GIVES_LIST.has(methodName(node.callee));
}

/** Methods of lists and texts that give a longer or a shorter one. */
const KEEPS_KIND = new Set(["concat", "slice"]);

/** `[...entries, entry]`, `entries.concat(entry).slice(-20)`: a list with something put to it or taken from it. */
export function isNewList(value: Site): boolean {
  const made = constantValue(value);
  if (made.type === "ArrayExpression" || givesList(made)) return true;
  return made.type === "CallExpression" && KEEPS_KIND.has(methodName(made.callee));
}

/** `count + n`, `Math.min(count + n, limit)`. */
export function isSum(value: Site): boolean {
  const made = constantValue(value);
  if (made.type === "CallExpression" && /^(?:min|max)$/.test(methodName(made.callee)))
    return made.arguments.some((node) => isSum({ ...value, node }));
  return made.type === "BinaryExpression" && /^[+-]$/.test(made.operator);
}

function methodName(callee: Node): string {
  return (callee.type === "MemberExpression" && propertyName(callee)) || "";
}
