import type { Check } from "./state.ts";

/** What a column is called that says until when something is good. */
const ENDS = /expir|valid_?(?:until|to)$/i;

/** What an end is compared with. */
const NOW = /\bnow\b|Date/i;

/**
 * `if (session.expiresAt < Date.now()) return`: on this way it has not ended. Whoever writes its end moves it further
 * off, and the test goes the same way then.
 */
export function isNotExpired({ read, site: { file, node }, side }: Check): boolean {
  const column = read.place.path.at(-1);
  if (column?.kind !== "field" || !ENDS.test(column.name)) return false;
  if (node.type !== "BinaryExpression") return false;
  const [left, right] = [file.textOf(node.left), file.textOf(node.right)];
  const isEndFirst = left.includes(column.name) && NOW.test(right);
  if (!isEndFirst && !(right.includes(column.name) && NOW.test(left))) return false;
  const isEndLater = /^>=?$/.test(node.operator) === isEndFirst;
  return /^[<>]=?$/.test(node.operator) && isEndLater === side;
}
