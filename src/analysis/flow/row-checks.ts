import type { TSESTree } from "@typescript-eslint/types";
import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import type { WriteDetails } from "./write-details.ts";
import type { Frame } from "./frame.ts";
import { mayMeet, type Key } from "./key.ts";
import type { Place } from "./place.ts";
import type { Check } from "./state.ts";
import type { WriteVerb } from "./summary.ts";
import type { Read } from "./value.ts";

/** What a row's own key is mostly called. */
const OWN_KEYS = new Set(["id", "_id", "key", "uuid"]);

/** Two columns of what may be one row of a store: a test of one often decides what is written in the other. */
export function isSameRow(checked: Place, written: Place): boolean {
  if (checked.root.kind !== "store" || written.root.kind !== "store") return false;
  if (checked.root.id !== written.root.id || !checked.root.model) return false;
  const [a, b] = [checked.path[0], written.path[0]];
  if (a?.kind !== "element" || b?.kind !== "element" || !mayMeet(a.key, b.key)) return false;
  return checked.path.length > 1 && written.path.length > 1;
}

/** A column that says how many rows there are: `COUNT(*) AS n`, `_sum`. */
export function isCount(column: string): boolean {
  return /count|sum|total|^n$|size|length/i.test(column);
}

/**
 * Whether one activation that read `read` and writes `written` may mean one row. Two calls of one function
 * that look a row up by the same variable of theirs mean two rows: `cache.wrap(a)`, then `cache.wrap(b)`.
 */
export function mayBeSameRow(read: Place, written: Place): boolean {
  if (read.root.kind !== "store" || !read.root.model) return true;
  const [a, b] = [read.path[0], written.path[0]];
  if (a?.kind !== "element" || b?.kind !== "element" || a.key.text === b.key.text) return true;
  const [one, other] = [localOfCall(a.key), localOfCall(b.key)];
  return one === null || one !== other;
}

function localOfCall(key: Key): string | null {
  const [only] = key.parts;
  return key.parts.length === 1 && only !== undefined && typeof only !== "string"
    ? (/~\d+$/.exec(only.id)?.[0] ?? null)
    : null;
}

/** A row that was found says nothing about whether another one may be made, unless rows were counted. */
export function isAboutAnotherRow(check: Check, place: Place, verb: WriteVerb): boolean {
  if (verb !== "create" || place.root.kind !== "store" || !place.root.model) return false;
  if (check.outcome === "present") return true;
  const column = check.read.place.path.at(-1);
  // A field of one resource tells nothing of others; the list that a request gave does.
  if (place.root.model.remote && column?.kind === "field" && !/[^s]s$/.test(column.name))
    return true;
  return check.outcome === "other" && column?.kind === "field" && !isCount(column.name);
}

/** `if (!exists(slot)) insert(slot)` in one segment: the row that was asked for, by whatever columns, is there now. */
export function makesWhatWasMissing(check: Check, place: Place, verb: WriteVerb): boolean {
  return (
    verb === "create" &&
    check.outcome === "absent" &&
    place.root.kind === "store" &&
    check.read.place.root.kind === "store" &&
    place.root.id === check.read.place.root.id
  );
}

/**
 * Nothing was found by columns that include a unique key, so of two creates the second fails, and somebody
 * hears of it.
 */
export function isKeptByUniqueKey(check: Check, place: Place, details: WriteDetails): boolean {
  if (details.verb !== "create" || place.root.kind !== "store" || details.failsSilently)
    return false;
  if (check.read.isUniqueLookup) return true;
  const columns = check.read.columns?.map((column) => column.toLowerCase());
  if (!columns || !place.root.uniqueKeys) return false;
  return place.root.uniqueKeys.some(
    (key) => key.length > 0 && key.every((column) => columns.includes(column.toLowerCase())),
  );
}

/** Whether the finding rests on something that the project does not show. */
export function needsBelief(read: Read, place: Place, details: WriteDetails): boolean {
  // Which resource a request is about, says the service: two deliveries may be about two.
  if (place.root.kind === "store" && place.root.model?.remote) return true;
  if (details.verb !== "create" || place.root.kind !== "store" || !place.root.model) return false;
  if (details.failsSilently) return true;
  // No schema was found, and a row's own key is unique in any.
  const columns = read.columns ?? [];
  return !place.root.uniqueKeys && columns.length === 1 && OWN_KEYS.has(columns[0] ?? "");
}

/**
 * `if (user.name !== name) update({ name })` is `update({ name })`: doing it twice, or late, changes nothing. Only
 * where nothing else hangs on the test: a payment beside it would happen twice.
 */
export function repeatsWhatItTests(
  frame: Frame,
  check: Check,
  place: Place,
  details: WriteDetails,
): boolean {
  // A remote resource is set to the same constants, whoever asks first.
  if (isConstantOfResource(place, details)) return true;
  if (place.root.kind !== "store" || check.site.file !== frame.file || details.chain.length > 0)
    return false;
  const step = place.path.at(-1);
  const tested = check.read.place.path.at(-1);
  if (step?.kind !== "field" || tested?.kind !== "field" || step.name !== tested.name) return false;
  const statement = frame.file.parentOf(outermostTest(frame, check.site.node));
  if (statement?.type !== "IfStatement" || !isAlone(statement.consequent, details.site.node))
    return false;
  const node = unwrap(check.site.node);
  if (node.type === "BinaryExpression" && (node.operator === "!==" || node.operator === "!=")) {
    const text = writtenText(frame, details.site.node, step.name);
    return (
      text !== null && [node.left, node.right].some((side) => frame.file.textOf(side) === text)
    );
  }
  return (
    details.constant !== undefined &&
    ((check.outcome === "present" && !details.constant.isTruthy) ||
      (check.outcome === "absent" && details.constant.isTruthy))
  );
}

function isConstantOfResource(place: Place, details: WriteDetails): boolean {
  return (
    place.root.kind === "store" &&
    place.root.model?.remote !== undefined &&
    details.verb === "assign" &&
    details.reads.length === 0
  );
}

/** The whole condition that a test is a part of. */
function outermostTest(frame: Frame, node: Node): Node {
  let inner = node;
  for (;;) {
    const outer = frame.file.parentOf(inner);
    if (
      !outer ||
      (outer.type !== "LogicalExpression" &&
        outer.type !== "UnaryExpression" &&
        outer.type !== "TSNonNullExpression")
    )
      return inner;
    inner = outer;
  }
}

const HARMLESS =
  /(?:^|\.)(?:log|debug|info|warn|error|trace|ready|reply|send|sendMessage|editMessageText|answerCbQuery|answerCallbackQuery)$/;

/** The branch holds the write and nothing else that counts: logs and replies are no effects. */
function isAlone(branch: Node, write: Node): boolean {
  const isInside = (node: Node): boolean =>
    branch.range[0] <= node.range[0] && node.range[1] <= branch.range[1];
  if (!isInside(write)) return false;
  let isQuiet = true;
  const visit = (node: Node): void => {
    if (node === write || isFunction(node)) return;
    if (node.type === "CallExpression" && !HARMLESS.test(dottedName(node.callee))) isQuiet = false;
    if (node.type === "NewExpression") isQuiet = false;
    for (const child of childrenOf(node)) visit(child);
  };
  visit(branch);

  return isQuiet;
}

/** The text of the value that a write gives a column, through one constant. */
function writtenText(frame: Frame, write: Node, column: string): string | null {
  const objects: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === "ObjectExpression") objects.push(node);
    if (node.type === "Identifier") {
      const declarator = frame.file.variableOf(node)?.defs[0]?.node as Node | undefined;
      if (declarator?.type === "VariableDeclarator" && declarator.init?.type === "ObjectExpression")
        objects.push(declarator.init);
    }
    for (const child of childrenOf(node)) if (!isFunction(child)) visit(child);
  };
  visit(write);
  for (const object of objects as TSESTree.ObjectExpression[])
    for (const property of object.properties)
      if (property.type === "Property" && propertyName(property) === column)
        return frame.file.textOf(property.value);
  return null;
}
