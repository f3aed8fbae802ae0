import type { Variable } from "../syntax/scopes.ts";
import type { TSESTree } from "@typescript-eslint/types";
import type { StoreModel } from "../../models/store-model.ts";
import { COMPUTED_VALUES } from "../../models/stores/generic.ts";
import { stores } from "../../models/stores/index.ts";
import type { StoreCall } from "../project/stores.ts";
import { dottedName, namedProperties, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { constantOf } from "./constant.ts";
import { contentOf, deepReads } from "./local-objects.ts";
import { used } from "./access.ts";
import { writePlace } from "./writes.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { ANY_KEY } from "./key.ts";
import { element, extend, field, type Place, type Step } from "./place.ts";
import { isUpdateData } from "./own-values.ts";
import { rowKeysOf } from "./row-keys.ts";
import { storeRow } from "./row-saves.ts";
import { isFailureSwallowed } from "./swallowed.ts";
import { mergeReads, parameterOf, UNKNOWN, type Value } from "./value.ts";

/** What a call writes into a row: its columns one by one where they are named, else the row. */
export function writeRow(
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
      given: parameterOf(value),
      isIdempotent: column.keepsOwn,
      site,
      chain: [],
    });
  }
  for (const data of call.data) {
    const object = writtenObject(frame, data);
    if (object.type !== "ObjectExpression" || verb === "create") {
      const value = values.get(data) ?? evaluate(frame, data);
      if (verb === "assign" && storeRow(frame, row, value, site)) continue;
      if (verb === "assign" && writeContent(frame, row, value, site)) continue;
      // `ref.set(null)` takes the entry away, and twice is once.
      const isRemoval =
        verb === "assign" && /^(?:null|undefined)$/.test(value.constant?.text ?? "");
      writePlace(frame, row, {
        verb: isRemoval ? "delete" : verb,
        reads: used(frame, deepReads(frame, value)),
        constant: value.constant,
        // What is put together from what was read is no scratch file: the others' part of it is wanted.
        isUpdateData:
          isUpdateData(value) &&
          deepReads(frame, value).every(({ place }) => place.root.kind === "parameter"),
        isIdempotent: isRemoval,
        site,
        chain: [],
      });
      continue;
    }
    for (const property of object.properties) {
      if (property.type !== "Property") {
        writeSpread(frame, row, property.argument, site);
        continue;
      }
      const name = propertyName(property);
      if (name === "$set" && property.value.type === "ObjectExpression")
        writeFields(frame, row, property.value, site);
      else writeField(frame, row, name, property.value, site);
    }
  }
  if (call.data.length === 0 && call.fields.length === 0)
    writePlace(frame, row, { verb, reads: [], site, chain: [] });
}

/**
 * `...change` writes the columns that it is seen to bring: `...(isPaid ? { paidAt: now } : {})`, an object that was
 * made here. Else it may be any.
 */
function writeSpread(frame: Frame, row: Place, node: Node, site: Site): void {
  const choices = choicesOf(node);
  if (choices) {
    for (const object of choices) writeFields(frame, row, object, site);
    return;
  }
  const value = evaluate(frame, node);
  if (writeContent(frame, row, value, site)) return;
  const reads = used(frame, deepReads(frame, value));
  writePlace(frame, row, { verb: "assign", reads, site, chain: [] });
}

/** The objects that `isPaid ? { paidAt } : {}` or `isPaid && { paidAt }` may give. */
function choicesOf(node: Node): TSESTree.ObjectExpression[] | null {
  const inner = unwrap(node);
  switch (inner.type) {
    case "ObjectExpression":
      return inner.properties.every((property) => property.type === "Property") ? [inner] : null;
    case "ConditionalExpression": {
      const [whenTrue, whenFalse] = [choicesOf(inner.consequent), choicesOf(inner.alternate)];
      return whenTrue && whenFalse && [...whenTrue, ...whenFalse];
    }
    case "LogicalExpression":
      return inner.operator === "&&" ? choicesOf(inner.right) : null;
    default:
      return null;
  }
}

/**
 * `const update = { $set: { active: true } }; updateOne(filter, update)`: the operators that a constant holds,
 * or the nothing that one stays.
 */
function writtenObject(frame: Frame, data: Node): Node {
  const node = unwrap(data);
  const variable = node.type === "Identifier" ? frame.file.variableOf(node) : null;
  const declarator = variable?.defs[0]?.node;
  const init =
    declarator?.type === "VariableDeclarator" && declarator.init ? unwrap(declarator.init) : null;
  if (init?.type !== "ObjectExpression") return node;
  if (init.properties.length === 0) return isOnlyPassed(variable) ? init : node;
  return init.properties.every(
    (property) =>
      property.type === "Property" && (propertyName(property)?.startsWith("$") ?? false),
  )
    ? init
    : node;
}

/** Declared, and named once more: nobody puts anything into it. */
function isOnlyPassed(variable: Variable | null): boolean {
  return variable?.references.filter(({ init }) => !init).length === 1;
}

/** The columns that a call names among what it writes; the row where it does not say, and none for `{}`. */
export function writtenColumns(row: Place, call: StoreCall): readonly Place[] {
  if (call.data.length + call.fields.length === 0) return [row];
  const names = call.fields.map(({ name }) => name);
  for (const data of call.data) {
    const object = unwrap(data);
    if (object.type !== "ObjectExpression") return [row];
    for (const property of object.properties) {
      const name = property.type === "Property" ? propertyName(property) : null;
      if (name === null || property.type !== "Property") return [row];
      const value = unwrap(property.value);
      if (!name.startsWith("$")) names.push(name);
      else if (value.type === "ObjectExpression")
        names.push(...namedProperties(value).map((column) => column.name));
      else return [row];
    }
  }
  return names.map((name) => columnOf(row, name));
}

/** The columns that get another value, and not a step from their own: whoever asks for the old value finds it gone. */
export function replacedColumns(row: Place, call: StoreCall): readonly Place[] {
  return call.data.flatMap((data) => {
    const object = unwrap(data);
    return object.type === "ObjectExpression" ? replacedIn(row, object) : [];
  });
}

function replacedIn(row: Place, object: TSESTree.ObjectExpression): Place[] {
  return namedProperties(object).flatMap(({ name, value }) => {
    const inner = unwrap(value);
    if (name === "$set" && inner.type === "ObjectExpression") return replacedIn(row, inner);
    return name.startsWith("$") || operatorIn(row, inner) !== null ? [] : [columnOf(row, name)];
  });
}

/** `const change = { name }; update(id, change)`: an object made here writes its own fields. */
export function writeContent(
  frame: Frame,
  row: Place,
  value: Value,
  site: Site,
  chain: readonly Site[] = [],
): boolean {
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
    writePlace(frame, extend(row, field(name)), {
      verb: "assign",
      reads: used(frame, deepReads(frame, inner)),
      constant: inner.constant,
      given: parameterOf(inner),
      isFlipped: inner.isFlipped,
      site,
      chain,
    });
  return true;
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

/** MongoDB names what lies inside a column by its path: `"cooldowns.daily"`, `"items.$.count"`. */
function columnOf(row: Place, name: string): Place {
  return extend(
    row,
    ...name.split(".").map((part) => (/^(?:\$.*|\d+)$/.test(part) ? ANY_ELEMENT : field(part))),
  );
}

const ANY_ELEMENT: Step = element(ANY_KEY);

/** One column: computed by the caller, or changed by the store itself (`{ increment: 1 }`, `$inc`). */
export function writeField(
  frame: Frame,
  row: Place,
  name: string | null,
  node: Node,
  site: Site,
): void {
  const inner = unwrap(node);
  if (name !== null && name.startsWith("$")) {
    const columns = inner.type === "ObjectExpression" ? namedProperties(inner) : [];
    for (const column of columns) changeAtomically(frame, columnOf(row, column.name), name, site);
    return;
  }
  const place = name === null ? row : columnOf(row, name);
  const operator = operatorIn(row, inner);
  if (operator !== null) {
    changeAtomically(frame, place, operator, site);
    return;
  }
  const value = evaluate(frame, inner);
  writePlace(frame, place, {
    verb: "assign",
    reads: used(frame, deepReads(frame, value)),
    constant: value.constant ?? constantOf(inner),
    given: parameterOf(value),
    isFlipped: value.isFlipped,
    site,
    chain: [],
  });
}

function changeAtomically(frame: Frame, place: Place, operator: string, site: Site): void {
  writePlace(frame, place, {
    verb: "update",
    reads: [],
    site,
    chain: [],
    isIdempotent: modelsOf(place).some((model) => model.idempotentFields?.includes(operator)),
  });
}

/** The operator by which the store changes the column itself: `{ increment: 1 }`, `FieldValue.increment(1)`, `raw("n + 1")`. */
function operatorIn(row: Place, node: Node): string | null {
  const operators = modelsOf(row).flatMap((model) => [
    ...(model.atomicFields ?? []),
    ...(model.idempotentFields ?? []),
  ]);
  if (node.type === "ObjectExpression")
    return namedProperties(node).find(({ name }) => operators.includes(name))?.name ?? null;
  const callee =
    node.type === "TaggedTemplateExpression"
      ? node.tag
      : node.type === "CallExpression"
        ? node.callee
        : null;
  const name = callee && (dottedName(callee).split(".").at(-1) ?? null);
  return name !== null && [...operators, ...COMPUTED_VALUES].includes(name) ? name : null;
}

/** A store whose code is not seen may be any of them. */
function modelsOf({ root }: Place): readonly StoreModel[] {
  return root.kind === "store" && root.model ? [root.model] : stores;
}

/** A new row: what two of them make, says the schema. */

export function createRow(
  frame: Frame,
  node: Node,
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
    rowKeys: rowKeysOf(frame, call),
  });
}
