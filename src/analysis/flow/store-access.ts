import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { REST_ROW_OPERATIONS } from "../../models/stores/rest.ts";
import { operationOfName } from "../../models/stores/generic.ts";
import type { StoreCall } from "../project/stores.ts";
import { dottedName, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import {
  eventBase,
  constantOf,
  contentOf,
  deepReads,
  element,
  extendByField,
  field,
  keyFor,
  localObject,
  readPlace,
  used,
  writePlace,
} from "./access.ts";
import { deep, evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { ANY_KEY, keyOf, type Key } from "./key.ts";
import { extend, placeOf, type Place, type Root } from "./place.ts";
import { derived, mergeReads, UNKNOWN, type Value } from "./value.ts";

const ATOMIC_FIELD =
  /^(?:\$(?:inc|push|addToSet|pull|min|max|mul|pop|setOnInsert|unset)|increment|decrement|multiply|divide|push|connect|connectOrCreate|disconnect)$/;

/** Evaluates a call that reads or writes outside the process. Its arguments are evaluated here, in order. */
export function evaluateStoreCall(
  frame: Frame,
  node: TSESTree.CallExpression,
  call: StoreCall,
): Value {
  const values = new Map<Node, Value>();
  for (const argument of node.arguments) values.set(argument, evaluate(frame, argument));
  const key = rowKey(frame, call.keys, values);
  const isUnnamed = call.kind === "unknown";
  const root: Root = {
    kind: "store",
    // What a name says nothing about is read apart: only a `mark...` of the same module answers to it.
    id: isUnnamed ? `${call.table}~` : call.table,
    name: call.name,
    model: call.model,
  };
  const base = placeOf(root, call.noun === "" ? [] : [field(call.noun)]);
  const row = extend(base, element(key));
  const site = frame.site(node);
  const args = derived(...[...values.values()].map((value) => deep(frame, value)));
  switch (call.kind) {
    case "read":
    case "unknown": {
      if (call.isLocking) return UNKNOWN;
      const read = readPlace(frame, row, node, true);
      return localObject(frame, node, [], new Map(), read);
    }
    case "atomic":
    case "idempotent":
      writePlace(frame, row, {
        verb: "update",
        reads: [],
        site,
        chain: [],
        isIdempotent: call.kind === "idempotent",
      });
      return UNKNOWN;
    case "delete":
      writePlace(frame, row, { verb: "delete", reads: [], site, chain: [], isIdempotent: true });
      return args;
    case "create":
      writeRow(frame, row, call, values, "create", site);
      return UNKNOWN;
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
      if (call.isConditional) {
        writePlace(frame, row, { verb: "update", reads: [], site, chain: [], isIdempotent: true });
        return UNKNOWN;
      }
      writeRow(frame, originRow(frame, call, values) ?? row, call, values, "assign", site);
      return UNKNOWN;
    }
  }
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
    keys.flatMap((key) => [...key.parts]),
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

function writeRow(
  frame: Frame,
  row: Place,
  call: StoreCall,
  values: ReadonlyMap<Node, Value>,
  verb: "create" | "assign",
  site: Site,
): void {
  let isWhole = call.data.length === 0;
  for (const data of call.data) {
    const object = unwrap(data);
    if (object.type !== "ObjectExpression" || verb === "create") {
      const value = values.get(data) ?? evaluate(frame, data);
      if (verb === "assign" && storeRow(frame, row, value, site)) continue;
      writePlace(frame, row, {
        verb,
        reads: used(frame, deepReads(frame, value)),
        constant: value.constant,
        site,
        chain: [],
      });
      continue;
    }
    for (const property of object.properties) {
      if (property.type !== "Property") {
        isWhole = true;
        const value = evaluate(frame, property.argument);
        writePlace(frame, row, {
          verb,
          reads: used(frame, deepReads(frame, value)),
          site,
          chain: [],
        });
        continue;
      }
      const name = propertyName(property);
      if (name === "$set" && property.value.type === "ObjectExpression")
        writeFields(frame, row, property.value, site);
      else writeField(frame, row, name, property.value, site);
    }
  }
  if (isWhole && call.data.length === 0)
    writePlace(frame, row, { verb, reads: [], site, chain: [] });
}

/**
 * A row that is given back as it was read, but for some fields: those decide whether anything is lost. Where
 * the row is the caller's, the caller says which.
 */
function storeRow(frame: Frame, target: Place, value: Value, site: Site): boolean {
  for (const place of value.places) {
    if (place.root.kind === "parameter" && place.path.length === 0) {
      frame.addEvent({ ...eventBase(frame, site), kind: "save", place, target });
      return true;
    }
    const content = contentOf(frame, place);
    if (!content?.origin) continue;
    if (content.fields.size === 0 && content.reads.length === 0) continue;
    saveRow(frame, place, site, site, target);
    return true;
  }
  return false;
}

function writeFields(
  frame: Frame,
  row: Place,
  object: TSESTree.ObjectExpression,
  site: Site,
): void {
  for (const property of object.properties)
    if (property.type === "Property")
      writeField(frame, row, propertyName(property), property.value, site);
}

/** One column: computed by the caller, or changed by the store itself (`{ increment: 1 }`, `$inc`). */
function writeField(frame: Frame, row: Place, name: string | null, node: Node, site: Site): void {
  const inner = unwrap(node);
  if (name !== null && name.startsWith("$")) {
    const names =
      inner.type === "ObjectExpression"
        ? inner.properties.flatMap((property) =>
            property.type === "Property" ? (propertyName(property) ?? []) : [],
          )
        : [];
    for (const each of names)
      writePlace(frame, extend(row, field(each)), { verb: "update", reads: [], site, chain: [] });
    return;
  }
  const isAtomic =
    inner.type === "ObjectExpression" &&
    inner.properties.some(
      (property) => property.type === "Property" && ATOMIC_FIELD.test(propertyName(property) ?? ""),
    );
  const place = name === null ? row : extend(row, field(name));
  if (isAtomic) {
    writePlace(frame, place, { verb: "update", reads: [], site, chain: [] });
    return;
  }
  const value = evaluate(frame, inner);
  writePlace(frame, place, {
    verb: "assign",
    reads: used(frame, deepReads(frame, value)),
    constant: value.constant ?? constantOf(inner),
    site,
    chain: [],
  });
}

/** A method of a row that a read gave: `doc.save()`, `user.update({...})`, `member.roles.set(...)`. Null when it is none. */
export function evaluateRowCall(
  frame: Frame,
  node: TSESTree.CallExpression,
  receiver: Value,
  args: readonly Value[],
): Value | null {
  const callee = unwrap(node.callee);
  if (callee.type !== "MemberExpression") return null;
  const name = propertyName(callee) ?? "";
  const rest = lookup(REST_ROW_OPERATIONS, dottedName(callee).split(".").slice(-2).join("."));
  for (const place of receiver.places) {
    const content = contentOf(frame, place);
    if (!content?.origin) continue;
    const origin = content.origin;
    const site = frame.site(node);
    if (rest) {
      const reads = mergeReads(...args.map((arg) => deepReads(frame, arg)));
      if (rest.kind !== "idempotent")
        writePlace(frame, origin.place, {
          verb: "assign",
          reads: used(frame, reads),
          site,
          chain: [],
        });
      return UNKNOWN;
    }
    const kind =
      origin.place.root.kind === "store"
        ? rowOperation(
            lookup(origin.place.root.model?.rowOperations, name)?.kind,
            name,
            args.length,
          )
        : null;
    if (!kind)
      return {
        ...derived({ ...UNKNOWN, reads: [origin] }, ...args.map((arg) => deep(frame, arg))),
        key: null,
      };
    if (kind === "save") saveRow(frame, place, site, site);
    else if (kind === "delete")
      writePlace(frame, origin.place, {
        verb: "delete",
        reads: [],
        site,
        chain: [],
        isIdempotent: true,
      });
    else {
      const data = node.arguments[0];
      if (data && data.type === "ObjectExpression") {
        for (const property of data.properties)
          if (property.type === "Property")
            writeField(frame, origin.place, propertyName(property), property.value, site);
      } else
        writePlace(frame, origin.place, {
          verb: "assign",
          reads: used(frame, mergeReads(...args.map((arg) => deepReads(frame, arg)))),
          site,
          chain: [],
        });
    }
    return UNKNOWN;
  }
  return null;
}

function rowOperation(
  modelled: string | undefined,
  name: string,
  argumentCount: number,
): "save" | "update" | "delete" | null {
  if (modelled === "delete") return "delete";
  if (modelled === "write") return name === "save" ? "save" : "update";
  const generic = operationOfName(name);
  if (generic.noun !== "") return null;
  if (name === "save") return "save";
  if (generic.kind === "delete") return "delete";
  return generic.kind === "write" && name === "update" && argumentCount > 0 ? "update" : null;
}

/** `doc.save()`: writes back the fields that were assigned since the row was read. */
export function saveRow(
  frame: Frame,
  row: Place,
  reportAt: Site,
  writtenAt: Site,
  target: Place | null = null,
): void {
  const content = contentOf(frame, row);
  const place = target ?? content?.origin?.place;
  if (!content || !place) return;
  const chain = reportAt === writtenAt ? [] : [writtenAt];
  if (!content.origin) {
    const reads = used(frame, deepReads(frame, { ...UNKNOWN, places: [row] }));
    writePlace(frame, place, { verb: "assign", reads, site: reportAt, chain });
    return;
  }
  for (const [name, value] of content.fields)
    writePlace(frame, extendByField(place, name), {
      verb: "assign",
      reads: used(frame, deepReads(frame, value)),
      constant: value.constant,
      site: reportAt,
      chain,
    });
  if (content.reads.length > 0)
    writePlace(frame, place, {
      verb: "assign",
      reads: used(frame, content.reads),
      site: reportAt,
      chain,
    });
}
