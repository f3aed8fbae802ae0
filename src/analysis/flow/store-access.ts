import type { TSESTree } from "@typescript-eslint/types";
import type { StoreCall } from "../project/stores.ts";
import { isFunction, leftmost, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { contentOf, localObject } from "./local-objects.ts";
import { keyFor, readPlace, used } from "./access.ts";
import { writePlace } from "./writes.ts";
import { evaluate } from "./expressions.ts";
import { deep } from "./literals.ts";
import { handOver } from "./drains.ts";
import type { Frame } from "./frame.ts";
import { noteGoneRow } from "./gone-rows.ts";
import { ANY_KEY, atomOf, isConstant, keyOf, type Key } from "./key.ts";
import { element, extend, field, placeOf, type Place, type Root } from "./place.ts";
import { keyColumnsOf } from "./row-keys.ts";
import { rowMade } from "./row-checks.ts";
import { saveEntities } from "./row-saves.ts";
import { isResultUsed } from "./call-result.ts";
import { createRow, replacedColumns, writeRow, writtenColumns } from "./row-writes.ts";
import type { ReadEvent, UsedRead } from "./summary.ts";
import {
  beginTransaction,
  endTransaction,
  outsideOf,
  transactionsWithout,
  waitFor,
} from "./transactions.ts";
import { derived, mergeReads, UNKNOWN, type Value } from "./value.ts";

/** Evaluates a call that reads or writes outside the process. What it takes is evaluated here, in order. */
export function evaluateStoreCall(
  frame: Frame,
  node: TSESTree.CallExpression | TSESTree.TaggedTemplateExpression,
  call: StoreCall,
): Value {
  const value = outsideOf(frame, transactionsWithout(frame, node, call), (isInNone) =>
    operate(frame, node, isInNone ? { ...call, isLocking: false } : call),
  );
  if (call.kind === "end" || call.endsTransaction) endTransaction(frame, node, call);
  return value;
}

function operate(
  frame: Frame,
  node: TSESTree.CallExpression | TSESTree.TaggedTemplateExpression,
  call: StoreCall,
): Value {
  const values = new Map<Node, Value>();
  for (const input of call.inputs)
    values.set(input, isFunction(unwrap(input)) ? UNKNOWN : evaluate(frame, input));
  if (waitFor(node, frame.file) !== node) handOver(frame, [...values.values()], [...values.keys()]);
  const key = rowKey(frame, call.keys, values);
  const isUnnamed = call.kind === "unknown";
  const root = storeRoot(call, isUnnamed);
  const base = placeOf(root, call.noun === "" ? [] : [field(call.noun)]);
  const row = extend(base, element(key));
  const site = frame.site(node);
  const args = derived(...[...values.values()].map((value) => deep(frame, value)));
  noteGoneRow(frame, node, call, row, values);
  switch (call.kind) {
    case "read":
    case "unknown":
      return readRow(frame, node, call, row);
    case "atomic":
    case "idempotent":
      for (const place of call.model?.isOneTable ? [row] : writtenColumns(row, call))
        writePlace(frame, place, {
          verb: "update",
          reads: [],
          site,
          chain: [],
          isIdempotent: call.kind === "idempotent" || call.model?.isOneTable !== undefined,
        });
      return givenRow(frame, node, call, row);
    case "delete":
      writePlace(frame, row, { verb: "delete", reads: [], site, chain: [], isIdempotent: true });
      return args;
    case "create":
      createRow(frame, node, call, row, values);
      if (!call.keepsExisting) return { ...derived(args), key: newRowKey(site) };
      return derivedRow(givenRow(frame, node, call, row), args);
    case "mark":
      for (const id of [call.table, `${call.table}~`])
        writePlace(frame, placeOf({ ...root, id }, row.path), {
          verb: "assign",
          reads: [],
          site,
          chain: [],
        });
      return UNKNOWN;
    case "write": {
      if (call.isConditional) return writeIfUnchanged(frame, node, call, row);
      if (call.keepsExisting)
        writePlace(frame, row, { verb: "create", reads: [], site, chain: [], isIdempotent: true });
      else if (call.whenMissing === "creates") noteReplacedRow(frame, row, site);
      if (call.writesBack) {
        writePlace(frame, row, { verb: "assign", reads: lastRead(frame, row), site, chain: [] });
        return UNKNOWN;
      }
      writeRow(frame, originRow(frame, call, values) ?? row, call, values, "assign", site);
      return givenRow(frame, node, call, row);
    }
    case "save":
      return saveEntities(frame, node, call, row, values);
    case "begin":
      beginTransaction(frame, node, call);
      return UNKNOWN;
    case "end":
      return UNKNOWN;
  }
}

/** `if (!snapshot.exists) ref.set(...)`: of two who find nothing, the second replaces the row of the first. */
function noteReplacedRow(frame: Frame, row: Place, site: Site): void {
  const { checks } = frame.state;
  const made = rowMade(row, "create", checks);
  if (checks.some(({ outcome, read }) => outcome === "absent" && read.place.id === made.id))
    writePlace(frame, made, { verb: "create", reads: [], site, chain: [] });
}

/** What this activation last read of the table: `await db.read(); db.data.n += 1; await db.write()`. */
function lastRead(frame: Frame, { rootId }: Place): UsedRead[] {
  const events = [...frame.events.values()];
  const last = events.findLast(
    (event): event is ReadEvent =>
      event.kind === "read" && event.place.rootId === rootId && event.chain.length === 0,
  );
  if (!last) return [];
  const { site, place, chain, locks } = last;
  return used(frame, [{ id: siteId(site), place, site, chain, locks, isExternal: true }]);
}

/** The row that a call gives: stale when it arrives, unless it is locked. */
function readRow(frame: Frame, node: Node, call: StoreCall, row: Place): Value {
  const keyColumns = keyColumnsOf(frame.file, call.keys);
  const [found] = row.path;
  const read = {
    ...readPlace(frame, row, node, true),
    columns: call.columns,
    ...(found?.kind === "element" && !isConstant(found.key) ? { foundBy: found.key } : {}),
    ...(keyColumns ? { keyColumns } : {}),
    ...(call.isUniqueLookup ? { isUniqueLookup: true } : {}),
    ...(call.isLocking ? { isLocked: true, isOnGivenConnection: isOfCaller(frame, node) } : {}),
    ...(call.gives ? { isGivenBy: call.gives } : {}),
  };
  return localObject(frame, node, [], new Map(), read);
}

/** `function insertOnce(client, ...)`: the connection comes from whoever began the transaction. */
function isOfCaller(frame: Frame, node: Node): boolean {
  const handle = leftmost(node);
  const definition = frame.file.variableOf(handle)?.defs[0];
  if (definition?.type !== "Parameter") return false;
  const outer = frame.file.parentOf(definition.node);
  return outer?.type !== "CallExpression";
}

/** What a write gives back: its row, as it was in the moment of the write. */
function givenRow(frame: Frame, node: Node, call: StoreCall, row: Place): Value {
  return call.gives ? readRow(frame, node, call, row) : UNKNOWN;
}

/** A row that also holds what was written into it. */
function derivedRow(row: Value, written: Value): Value {
  return { ...row, reads: mergeReads(row.reads, written.reads) };
}

/**
 * `updateMany({ where: { id, state: "open" }, data: { state: "paid" } })`: where the code looks at how many rows were
 * changed, the one that changed the row has it, and of two the other one hears so.
 */
function writeIfUnchanged(
  frame: Frame,
  node: TSESTree.CallExpression | TSESTree.TaggedTemplateExpression,
  call: StoreCall,
  row: Place,
): Value {
  const isLookedAt = isResultUsed(frame.file, node);
  const claimed = isLookedAt ? replacedColumns(row, call) : [];
  for (const place of writtenColumns(row, call))
    writePlace(frame, place, {
      verb: "update",
      reads: [],
      site: frame.site(node),
      chain: [],
      isIdempotent: true,
      isClaim: claimed.some((other) => other.id === place.id),
    });
  frame.state.checks = frame.state.checks.filter(
    ({ read }) => !claimed.some((place) => place.id === read.place.id),
  );
  if (call.gives) return readRow(frame, node, call, row);
  return derived({ ...UNKNOWN, reads: claimed.map((place) => readPlace(frame, place, node)) });
}

/** What names a row that this activation has made: no other activation has its id yet. */
function newRowKey(site: Site): Key {
  return keyOf([atomOf({ kind: "site", id: siteId(site) }, "")], true);
}

function storeRoot(call: StoreCall, isUnnamed: boolean): Extract<Root, { kind: "store" }> {
  return {
    kind: "store",
    // What a name says nothing about is read apart: only a `mark...` of the same module answers to it.
    id: isUnnamed ? `${call.table}~` : call.table,
    name: call.name,
    model: call.model,
    uniqueKeys: call.uniqueKeys,
  };
}

/** `writeAccount(account)`: the row written is the row that the object was read from. */
function originRow(frame: Frame, call: StoreCall, values: ReadonlyMap<Node, Value>): Place | null {
  if (call.keys.length > 0) return null;
  for (const data of call.data)
    for (const place of values.get(data)?.places ?? []) {
      const origin = contentOf(frame, place)?.origin;
      if (origin?.place.root.kind === "store" && origin.place.root.id === call.table)
        return origin.place;
    }
  return null;
}

/** The key of a row from what names it: a plain key, or the values of a filter object. */
function rowKey(frame: Frame, nodes: readonly Node[], values: ReadonlyMap<Node, Value>): Key {
  const keys = nodes.flatMap((node) => filterKeys(frame, node, values.get(node)));
  if (keys.length === 0) return ANY_KEY;
  return keyOf(
    keys.flatMap((key, index) => (index === 0 ? [...key.parts] : [", ", ...key.parts])),
    keys.some((key) => key.isFresh),
  );
}

function filterKeys(frame: Frame, node: Node, value: Value | undefined): Key[] {
  const inner = unwrap(node);
  if (inner.type === "ObjectExpression")
    return inner.properties.flatMap((property) =>
      property.type === "Property" && property.value.type !== "ObjectExpression"
        ? [keyFor(frame, evaluate(frame, property.value), property.value)]
        : [],
    );
  return [keyFor(frame, value ?? evaluate(frame, inner), inner)];
}
