import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { REST_ROW_OPERATIONS } from "../../models/stores/rest.ts";
import { operationOfName } from "../../models/stores/generic.ts";
import type { StoreModel } from "../../models/store-model.ts";
import type { StoreCall } from "../project/stores.ts";
import { dottedName, isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
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
import type { Content } from "./state.ts";
import { derived, mergeReads, UNKNOWN, type HeldLock, type Value } from "./value.ts";

const ATOMIC_FIELD =
  /^(?:\$(?:inc|push|addToSet|pull|min|max|mul|pop|setOnInsert|unset)|increment|decrement|multiply|divide|push|connect|connectOrCreate|disconnect)$/;

/** Values that the store computes itself: `FieldValue.increment(1)`, `sql`x + 1``, `db.raw("x + 1")`, `literal(...)`. */
const COMPUTED_BY_STORE = /(?:^|\.)(?:increment|arrayUnion|arrayRemove|raw|literal|sql)$/;

/** Evaluates a call that reads or writes outside the process. What it takes is evaluated here, in order. */
export function evaluateStoreCall(
  frame: Frame,
  node: TSESTree.CallExpression,
  call: StoreCall,
): Value {
  const values = new Map<Node, Value>();
  for (const input of call.inputs)
    values.set(input, isFunction(unwrap(input)) ? UNKNOWN : evaluate(frame, input));
  const key = rowKey(frame, call.keys, values);
  const isUnnamed = call.kind === "unknown";
  const root = storeRoot(call, isUnnamed);
  const base = placeOf(root, call.noun === "" ? [] : [field(call.noun)]);
  const row = extend(base, element(key));
  const site = frame.site(node);
  const args = derived(...[...values.values()].map((value) => deep(frame, value)));
  switch (call.kind) {
    case "read":
    case "unknown": {
      const read = { ...readPlace(frame, row, node, true), columns: call.columns };
      // A locked row stays as it was read until the transaction ends.
      if (call.isLocking) frame.state.reads.delete(read.id);
      return localObject(frame, node, [], new Map(), read);
    }
    case "atomic":
    case "idempotent":
      writePlace(frame, row, {
        verb: "update",
        reads: [],
        site,
        chain: [],
        isIdempotent: call.kind === "idempotent" || call.model?.isOneTable !== undefined,
      });
      return UNKNOWN;
    case "delete":
      writePlace(frame, row, { verb: "delete", reads: [], site, chain: [], isIdempotent: true });
      return args;
    case "create":
      createRow(frame, node, call, row, values);
      return derived(args);
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
      if (call.keepsExisting)
        writePlace(frame, row, { verb: "create", reads: [], site, chain: [], isIdempotent: true });
      writeRow(frame, originRow(frame, call, values) ?? row, call, values, "assign", site);
      return UNKNOWN;
    }
    case "save":
      return saveEntities(frame, node, call, row, values);
    case "begin":
      frame.state.locks = [...frame.state.locks, manualTransaction(site)];
      return UNKNOWN;
    case "end":
      frame.state.locks = frame.state.locks.filter((held) => held.acquisition !== MANUAL);
      return UNKNOWN;
  }
}

const MANUAL = "transaction!manual";

function manualTransaction(site: Site): HeldLock {
  return {
    lock: { id: "transaction:manual", name: "the transaction", place: null, keys: [] },
    acquisition: MANUAL,
    site,
  };
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

function createRow(
  frame: Frame,
  node: TSESTree.CallExpression,
  call: StoreCall,
  row: Place,
  values: ReadonlyMap<Node, Value>,
): void {
  const reads = mergeReads(
    ...call.data.map((data) => deepReads(frame, values.get(data) ?? evaluate(frame, data))),
  );
  writePlace(frame, row, {
    verb: "create",
    reads: used(frame, reads),
    site: frame.site(node),
    chain: [],
    // A create that finds the row leaves it or changes it: two of them make one.
    isIdempotent: call.keepsExisting,
    failsSilently: isFailureSwallowed(frame, node),
  });
}

/** `repository.save(entity)`, `db.put(doc)`: rows that were read are written back, others are made. */
function saveEntities(
  frame: Frame,
  node: TSESTree.CallExpression,
  call: StoreCall,
  row: Place,
  values: ReadonlyMap<Node, Value>,
): Value {
  const site = frame.site(node);
  let result: Value = UNKNOWN;
  for (const data of call.data) {
    const value = values.get(data) ?? evaluate(frame, data);
    result = value;
    const places = entitiesIn(frame, value);
    let isKnown = false;
    for (const place of places) {
      if (place.root.kind === "parameter") {
        frame.addEvent({ ...eventBase(frame, site), kind: "save", place, target: row });
        isKnown = true;
      } else if (rowContent(frame, place)) {
        isKnown = true;
        // A store with revisions refuses a row that changed: the caller hears of it.
        if (!call.model?.isVersioned) saveRow(frame, place, site, site);
      }
    }
    const origins = deepReads(frame, value).filter(
      (read) =>
        read.isExternal && read.place.root.kind === "store" && read.place.root.id === call.table,
    );
    if (isKnown || (origins.length > 0 && call.model?.isVersioned)) continue;
    if (origins.length > 0)
      writePlace(frame, row, {
        verb: "assign",
        reads: used(frame, deepReads(frame, value)),
        site,
        chain: [],
      });
    else
      writePlace(frame, row, {
        verb: "create",
        reads: used(frame, deepReads(frame, value)),
        site,
        chain: [],
        failsSilently: isFailureSwallowed(frame, node),
      });
  }
  return result;
}

/** The rows in a value: itself, or the elements of an array that is written out. */
function entitiesIn(frame: Frame, value: Value): readonly Place[] {
  return value.places.flatMap((place) => [place, ...(contentOf(frame, place)?.items ?? [])]);
}

/** What is known of a row: an object that a read gave. */
function rowContent(frame: Frame, place: Place): Content | null {
  const content = contentOf(frame, place);
  return content?.origin && content.origin.place.root.kind === "store" ? content : null;
}

/** The statement stands in a `try` whose handler ends as if nothing had happened, or has a `.catch` that does. */
function isFailureSwallowed(frame: Frame, node: Node): boolean {
  for (let inner: Node = node; inner !== frame.fn;) {
    const outer = frame.file.parentOf(inner);
    if (!outer) return false;
    if (outer.type === "TryStatement" && outer.block === inner && outer.handler)
      return returnsNothing(outer.handler.body);
    inner = outer;
  }
  return false;
}

/** The handler gives back `null` or nothing, and tells nobody. */
function returnsNothing(body: TSESTree.BlockStatement): boolean {
  const [only, ...rest] = body.body;
  if (!only) return true;
  if (rest.length > 0 || only.type !== "ReturnStatement") return false;
  const constant = only.argument ? constantOf(only.argument)?.text : "undefined";
  return constant === "null" || constant === "undefined";
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
  for (const column of call.fields) {
    const place = extend(row, field(column.name));
    const value = column.value ? evaluate(frame, column.value) : UNKNOWN;
    writePlace(frame, place, {
      verb: column.isAtomic ? "update" : "assign",
      reads: column.isAtomic ? [] : used(frame, deepReads(frame, value)),
      constant: value.constant,
      site,
      chain: [],
    });
  }
  let isWhole = call.data.length === 0 && call.fields.length === 0;
  for (const data of call.data) {
    const object = unwrap(data);
    if (object.type !== "ObjectExpression" || verb === "create") {
      const value = values.get(data) ?? evaluate(frame, data);
      if (verb === "assign" && storeRow(frame, row, value, site)) continue;
      if (verb === "assign" && writeContent(frame, row, value, site)) continue;
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
  if (isWhole && call.data.length === 0 && call.fields.length === 0)
    writePlace(frame, row, { verb, reads: [], site, chain: [] });
}

/** `const change = { name }; update(id, change)`: an object made here writes its own fields. */
function writeContent(frame: Frame, row: Place, value: Value, site: Site): boolean {
  const contents = value.places.map((place) => contentOf(frame, place));
  const [only] = contents;
  if (
    !only ||
    contents.length > 1 ||
    only.origin ||
    only.reads.length > 0 ||
    only.fields.size === 0
  )
    return false;
  if (row.root.kind !== "store" || !row.root.model) return false;
  if ([...only.fields.keys()].some((name) => name.startsWith("$"))) return false;
  for (const [name, inner] of only.fields)
    writePlace(frame, extendByField(row, name), {
      verb: "assign",
      reads: used(frame, deepReads(frame, inner)),
      constant: inner.constant,
      site,
      chain: [],
    });
  return true;
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
    (inner.type === "ObjectExpression" &&
      inner.properties.some(
        (property) =>
          property.type === "Property" && ATOMIC_FIELD.test(propertyName(property) ?? ""),
      )) ||
    isComputedByStore(inner);
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

function isComputedByStore(node: Node): boolean {
  if (node.type === "TaggedTemplateExpression") return COMPUTED_BY_STORE.test(dottedName(node.tag));
  return node.type === "CallExpression" && COMPUTED_BY_STORE.test(dottedName(node.callee));
}

/** `new User(...)`: an object that becomes a row of its table when it is saved. */
export function markNewRow(frame: Frame, node: TSESTree.NewExpression, value: Value): void {
  const { stores } = frame.world.facts;
  const row = stores.rowClass(node.callee, frame.file);
  const [place] = value.places;
  const content = place && contentOf(frame, place);
  if (!row || !content || place.root.kind !== "local") return;
  const uniqueKeys = stores.schemas.uniqueKeys(row.model, row.table);
  const root: Root = { kind: "store", id: row.table, name: row.name, model: row.model, uniqueKeys };
  const made = extend(placeOf(root), element(ANY_KEY));
  frame.state.contents.set(place.root.id, { ...content, made });
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
    if (content?.made && name === "save") {
      saveRow(frame, place, frame.site(node), frame.site(node));
      return UNKNOWN;
    }
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
  if (modelled === "delete" || modelled === "save") return modelled;
  if (modelled === "write") return "update";
  if (modelled !== undefined) return null;
  const generic = operationOfName(name);
  if (generic.noun !== "") return null;
  if (name === "save") return "save";
  if (generic.kind === "delete") return "delete";
  return generic.kind === "write" && name === "update" && argumentCount > 0 ? "update" : null;
}

/**
 * `doc.save()`: writes back what was assigned since the row was read. Where the store writes every column in
 * which the row differs from the stored one, the untouched columns are carried back as well.
 */
export function saveRow(
  frame: Frame,
  row: Place,
  reportAt: Site,
  writtenAt: Site,
  target: Place | null = null,
): void {
  const content = contentOf(frame, row);
  const place = rowOf(content, target);
  if (!content || !place) return;
  const chain = reportAt === writtenAt ? [] : [writtenAt];
  if (!content.origin) {
    const reads = used(frame, deepReads(frame, { ...UNKNOWN, places: [row] }));
    const verb = content.made || modelOf(place)?.saveWrites ? "create" : "assign";
    writePlace(frame, place, { verb, reads, site: reportAt, chain });
    return;
  }
  const fields = changedFields(frame, row);
  for (const { path, value } of fields)
    writePlace(
      frame,
      path.reduce((inner, name) => extendByField(inner, name), place),
      {
        verb: "assign",
        reads: used(frame, deepReads(frame, value)),
        constant: value.constant,
        site: reportAt,
        chain,
      },
    );
  if (content.reads.length > 0)
    writePlace(frame, place, {
      verb: "assign",
      reads: used(frame, content.reads),
      site: reportAt,
      chain,
    });
  if (modelOf(place)?.saveWrites === "all")
    writePlace(frame, place, {
      verb: "assign",
      reads: used(frame, [content.origin]),
      site: reportAt,
      chain,
      carries: fields.map(({ path }) => path[0] ?? ""),
    });
}

/** The row that is written: the one named by the call, unless the object was read from the same table. */
function rowOf(content: Content | null, target: Place | null): Place | null {
  const origin = content?.origin?.place ?? content?.made ?? null;
  if (!target || !origin) return target ?? origin;
  const isSameTable =
    origin.root.kind === "store" &&
    target.root.kind === "store" &&
    origin.root.model !== null &&
    origin.root.id === target.root.id;
  return isSameTable ? origin : target;
}

function modelOf(place: Place): StoreModel | null {
  return place.root.kind === "store" ? place.root.model : null;
}

/** Fields assigned since the read, those of objects inside the row by their path. */
function changedFields(
  frame: Frame,
  row: Place,
): { readonly path: readonly string[]; readonly value: Value }[] {
  if (row.root.kind !== "local") return [];
  const prefix = `${row.root.id}/`;
  const changed = [...(contentOf(frame, row)?.fields ?? [])].map(([name, value]) => ({
    path: [name],
    value,
  }));
  for (const [id, content] of frame.state.contents) {
    if (!id.startsWith(prefix) || content.fields.size === 0) continue;
    const path = id.slice(prefix.length).split("/");
    if (path.includes("[]")) continue;
    for (const [name, value] of content.fields) changed.push({ path: [...path, name], value });
  }
  return changed;
}
