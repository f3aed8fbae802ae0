import type { TSESTree } from "@typescript-eslint/types";
import { propertyName, type Node } from "../syntax/ast.ts";
import { contentOf, deepReads, localObject } from "./local-objects.ts";
import { readPlace } from "./access.ts";
import type { Frame } from "./frame.ts";
import { keyOf, type Atom } from "./key.ts";
import { derived, mergeReads, type Read, type Value } from "./value.ts";
import { evaluate } from "./expressions.ts";

/** The value with everything inside the objects it refers to, as data. */
export function deep(frame: Frame, value: Value): Value {
  const reads = deepReads(frame, value);
  return reads === value.reads ? value : { ...value, reads };
}

export function template(frame: Frame, node: TSESTree.TemplateLiteral): Value {
  const parts: (string | Atom)[] = [];
  let isFresh = false;
  const values = node.expressions.map((expression, index) => {
    const value = evaluate(frame, expression);
    const text = node.quasis[index]?.value.raw ?? "";
    if (text !== "") parts.push(text);
    if (value.key) {
      parts.push(...value.key.parts);
      isFresh ||= value.key.isFresh;
    }
    return value;
  });
  const isKnown = values.every((value) => value.key !== null);
  const tail = node.quasis.at(-1)?.value.raw ?? "";
  if (tail !== "") parts.push(tail);
  return {
    ...derived(...values.map((value) => deep(frame, value))),
    key: isKnown ? keyOf(parts, isFresh) : null,
  };
}

export function objectLiteral(frame: Frame, node: TSESTree.ObjectExpression): Value {
  let reads: readonly Read[] = [];
  const fields = new Map<string, Value>();
  for (const property of node.properties) {
    if (property.type === "SpreadElement") {
      const value = evaluate(frame, property);
      reads = mergeReads(reads, value.reads);
      for (const place of value.places) {
        const content = contentOf(frame, place);
        for (const [name, inner] of content?.fields ?? []) fields.set(name, inner);
        reads = mergeReads(reads, content?.reads ?? []);
      }
      continue;
    }
    if (property.computed) evaluate(frame, property.key);
    const value = evaluate(frame, property.value);
    const name = propertyName(property);
    if (name === null) reads = mergeReads(reads, deepReads(frame, value));
    else fields.set(name, value);
  }
  return localObject(frame, node, reads, fields);
}

export function arrayLiteral(
  frame: Frame,
  node: TSESTree.ArrayExpression,
  isAwaited: boolean,
): Value {
  const values = node.elements.map((item) => deep(frame, evaluate(frame, item, isAwaited)));
  const tasks = values.flatMap((value) => value.tasks ?? []);
  const local = localObject(frame, node, mergeReads(...values.map((value) => value.reads)));
  const items = values.flatMap((value) => value.places);
  const [place] = local.places;
  const content = place && contentOf(frame, place);
  if (content && place.root.kind === "local" && items.length > 0)
    frame.state.contents.set(place.root.id, { ...content, items });
  return tasks.length > 0 ? { ...local, tasks } : local;
}

/** The whole of a container as data, read here: `...list`, `Object.keys(table)`, `JSON.stringify(state)`. */
export function wholeValue(frame: Frame, value: Value, node: Node): Value {
  const shared = value.places.filter((place) => place.root.kind !== "local");
  const reads = mergeReads(
    deepReads(frame, value),
    shared.map((place) => readPlace(frame, place, node)),
  );
  return {
    reads,
    places: value.places.filter((place) => place.root.kind === "local"),
    key: null,
    tasks: value.tasks,
  };
}
