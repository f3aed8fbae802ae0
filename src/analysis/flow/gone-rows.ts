import type { TSESTree } from "@typescript-eslint/types";
import { FILES, type StoreCall } from "../project/store-call.ts";
import { lookup } from "../../models/lookup.ts";
import { TRANSACTIONS } from "../../models/stores/generic.ts";
import { childrenOf, dottedName, isFunction, propertyName, type Node } from "../syntax/ast.ts";
import { deepReads } from "./local-objects.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { includes, type Place } from "./place.ts";
import type { Read, Value } from "./value.ts";

/**
 * An operation on a row that was found before a suspension, and that another activation may have deleted by
 * now: it fails (Prisma's `update` and `delete`, a REST resource), or makes the row anew (`upsert` by the id of
 * a row). Nothing is lost where the failure is caught beside the call.
 */
export function noteGoneRow(
  frame: Frame,
  node: Node,
  call: StoreCall,
  row: Place,
  values: ReadonlyMap<Node, Value>,
): void {
  if (!call.whenMissing) return;
  if (call.whenMissing === "fails" && (isCaught(frame, node) || isRolledBack(frame, node))) return;
  for (const read of foundBy(frame, call, row, values)) {
    const stale = frame.state.staleness(read);
    if (!stale) continue;
    frame.addHazard({
      kind: "check-then-act",
      place: row,
      read: { ...read, place: row },
      suspension: stale,
      outcome: "present",
      site: frame.site(node),
      chain: [],
      callers: [],
      verb: call.kind === "delete" ? "delete" : "update",
      constant: undefined,
      protection: frame.state.locks.filter((lock) =>
        read.locks.some((other) => other.acquisition === lock.acquisition),
      ),
      claims: frame.state.claims.map((claim) => claim.place),
      parallel: null,
      needsBelief: true,
      whenGone: call.whenMissing,
      ...(call.kind === "delete" && !call.model?.remote && isLastAct(frame, node)
        ? { isLastAct: true }
        : {}),
    });
  }
}

/** The reads that showed the row: those that its key was taken from, and those whose test led here. */
function foundBy(
  frame: Frame,
  call: StoreCall,
  row: Place,
  values: ReadonlyMap<Node, Value>,
): Read[] {
  const table = row.rootId;
  // What one file says is no word about the file it names.
  const named =
    call.table === FILES
      ? []
      : call.keys.flatMap((key) => deepReads(frame, values.get(key) ?? evaluate(frame, key)));
  const fromRow = named.filter((read) => read.isExternal && read.place.rootId === table);
  // An upsert makes the row where it is missing: only one by the id of a row that was there is too late.
  if (call.whenMissing === "creates") return fromRow;
  const tested = frame.state.checks.filter(
    ({ read, outcome }) =>
      read.isExternal &&
      outcome !== "absent" &&
      includes(row, read.place) &&
      read.place.rootId === table,
  );
  return [...fromRow, ...tested.map(({ read }) => read)];
}

/** The call stands in a `try` with a handler, or has a `.catch` of its own. */
function isCaught(frame: Frame, node: Node): boolean {
  for (let inner = node; ;) {
    const outer = frame.file.parentOf(inner);
    if (!outer || isFunction(outer)) return false;
    if (outer.type === "TryStatement" && outer.block === inner && outer.handler)
      return !rethrows(outer.handler.body);
    if (
      outer.type === "MemberExpression" &&
      outer.object === inner &&
      propertyName(outer) === "catch"
    )
      return true;
    inner = outer;
  }
}

function rethrows(body: TSESTree.BlockStatement): boolean {
  return body.body.at(-1)?.type === "ThrowStatement";
}

/** Inside a transaction's callback the failure undoes the rest: the caller hears of it, and nothing is half done. */
function isRolledBack(frame: Frame, node: Node): boolean {
  for (let inner: Node | null = node; inner; inner = frame.file.parentOf(inner)) {
    const outer = frame.file.parentOf(inner);
    if (isFunction(inner) && outer?.type === "CallExpression" && outer.callee !== inner)
      return lookup(TRANSACTIONS, dottedName(outer.callee).split(".").at(-1) ?? "") !== undefined;
  }
  return false;
}

const ANSWERS =
  /^(?:reply|send|edit|answer|render|show|enter|leave|respond|json|status|log|info|debug|redirect|t|translate|getMessage|url|text|button|inlineKeyboard)/;

/** Nothing but answers follows in the function: to delete what is gone already fails, and that is all. */
function isLastAct(frame: Frame, node: Node): boolean {
  let isLast = true;
  const visit = (inner: Node): void => {
    if (inner.type === "CallExpression" && inner.range[0] > node.range[1]) {
      const name = dottedName(inner.callee).split(".").at(-1) ?? "";
      if (!ANSWERS.test(name)) isLast = false;
    }
    for (const child of childrenOf(inner)) visit(child);
  };
  visit(frame.fn);
  return isLast;
}
