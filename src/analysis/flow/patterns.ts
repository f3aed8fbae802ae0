import type { TSESTree } from "@typescript-eslint/types";
import type { Node } from "../syntax/ast.ts";
import { propertyName, unwrap } from "../syntax/ast.ts";
import { deepReads } from "./local-objects.ts";
import { keyFor, readMember, used } from "./access.ts";
import type { WriteDetails } from "./write-details.ts";
import { writeMember, writePlace } from "./writes.ts";
import { evaluate } from "./expressions.ts";
import { wholeValue } from "./literals.ts";
import type { Frame } from "./frame.ts";
import { ANY_KEY, atomOf, keyOf } from "./key.ts";
import { releasedBy } from "./locking.ts";
import { isObjectOfUpdate, isUpdateData } from "./own-values.ts";
import { element, field, placeOf, type Place, type Step } from "./place.ts";
import { derived, joinValues, UNKNOWN, type Value } from "./value.ts";
import type { WriteVerb } from "./summary.ts";

/** Binds a declaration's pattern to a value: names, defaults, rests, nested patterns. */
export function bindPattern(frame: Frame, pattern: Node, value: Value): void {
  switch (pattern.type) {
    case "Identifier": {
      const variable = frame.file.variableOf(pattern);
      if (variable) frame.state.env.set(variable, named(variable, value));
      return;
    }
    case "AssignmentPattern": {
      const fallback = evaluate(frame, pattern.right);
      bindPattern(frame, pattern.left, joinValues(value, fallback));
      return;
    }
    case "TSParameterProperty":
      bindPattern(frame, pattern.parameter, value);
      return;
    case "RestElement":
      bindPattern(frame, pattern.argument, value);
      return;
    default:
      destructure(frame, pattern, value, (inner, part) => {
        bindPattern(frame, inner, part);
      });
  }
}

/** A local name is a key of its own where nothing better is known, so that two uses of it are equal. */
function named(variable: Parameters<Frame["owns"]>[0], value: Value): Value {
  return value.key ? value : { ...value, key: keyOf([atomOf({ kind: "variable", variable }, "")]) };
}

function destructure(
  frame: Frame,
  pattern: Node,
  value: Value,
  bind: (inner: Node, part: Value) => void,
): void {
  if (pattern.type === "ObjectPattern") {
    for (const property of pattern.properties) {
      if (property.type === "RestElement") {
        bind(property.argument, copyOf(frame, value, property));
        continue;
      }
      const name = propertyName(property);
      const step = name === null ? elementAt(frame, property.key) : field(name);
      bind(property.value, readMember(frame, value, step, property.value));
    }
  } else if (pattern.type === "ArrayPattern")
    pattern.elements.forEach((item, index) => {
      if (!item) return;
      if (item.type === "RestElement") bind(item.argument, copyOf(frame, value, item));
      else if (releasedBy(value)) bind(item, value);
      else bind(item, readMember(frame, value, element(keyOf([String(index)])), item));
    });
}

/** `{ a, ...rest }`: what the rest holds was read here, and is a copy. */
function copyOf(frame: Frame, value: Value, node: Node): Value {
  return { ...derived(wholeValue(frame, value, node)), key: null };
}

function elementAt(frame: Frame, key: Node): Step {
  return element(keyFor(frame, evaluate(frame, key), key));
}

/** What an assignment writes to, evaluated before its right side as the language does. */
export type Target =
  | { readonly kind: "own"; readonly node: Node }
  | { readonly kind: "shared"; readonly place: Place }
  | {
      readonly kind: "member";
      readonly object: Value;
      readonly step: Step;
      readonly node: TSESTree.MemberExpression;
    }
  | { readonly kind: "pattern"; readonly node: Node }
  | { readonly kind: "none" };

export function evaluateTarget(frame: Frame, left: Node): Target {
  const node = unwrap(left);
  if (node.type === "Identifier") {
    const home = frame.world.shapes.variableHome(node, frame.file);
    if (!home) return { kind: "none" };
    if (frame.owns(home.variable)) return { kind: "own", node };
    return {
      kind: "shared",
      place: placeOf({
        kind: "variable",
        variable: home.variable,
        file: home.file,
        owner: home.file.ownerOf(home.variable),
      }),
    };
  }
  if (node.type === "MemberExpression") {
    const object = evaluate(frame, node.object);
    const name = propertyName(node);
    if (name !== null) return { kind: "member", object, step: field(name), node };
    return { kind: "member", object, step: elementAt(frame, node.property), node };
  }
  return { kind: "pattern", node };
}

/** Assigns a value to an evaluated target. */
export function assign(
  frame: Frame,
  target: Target,
  value: Value,
  node: Node,
  verb: WriteVerb = "assign",
): void {
  const details = (): WriteDetails => ({
    verb,
    reads: used(frame, deepReads(frame, value)),
    constant: value.constant,
    isFlipped: value.isFlipped,
    isUpdateData: isUpdateData(value) || isObjectOfUpdate(frame, value),
    valueText: writtenText(frame, node),
    site: frame.site(node),
    chain: [],
  });
  switch (target.kind) {
    case "own": {
      const variable = frame.file.variableOf(target.node);
      if (variable) frame.state.env.set(variable, named(variable, value));
      return;
    }
    case "shared":
      writePlace(frame, target.place, details());
      return;
    case "member":
      if (
        target.step.kind === "field" &&
        frame.world.setter(frame, target.node, target.object, target.step.name, value)
      )
        return;
      writeMember(frame, target.object, target.step, details());
      rememberField(frame, target.object, target.step, value);
      return;
    case "pattern":
      destructure(frame, target.node, value, (inner, part) => {
        assign(
          frame,
          evaluateTarget(frame, inner.type === "AssignmentPattern" ? inner.left : inner),
          part,
          node,
        );
      });
      return;
    case "none":
  }
}

/** An object of this activation keeps what its field refers to, so that aliases through it are followed. */
function rememberField(frame: Frame, object: Value, step: Step, value: Value): void {
  if (step.kind !== "field" || value.places.length === 0) return;
  for (const place of object.places) {
    if (place.root.kind !== "local" || place.path.length > 0) continue;
    const content = frame.state.contents.get(place.root.id);
    const known = content?.fields.get(step.name);
    if (!content || !known) continue;
    frame.state.contents.set(place.root.id, {
      ...content,
      fields: new Map(content.fields).set(step.name, { ...known, places: value.places }),
    });
  }
}

function writtenText(frame: Frame, node: Node): string | undefined {
  return node.type === "AssignmentExpression" ? frame.file.textOf(node.right) : undefined;
}

export function readTarget(frame: Frame, target: Target, node: Node): Value {
  switch (target.kind) {
    case "own":
      return evaluate(frame, target.node);
    case "member":
      return (
        (target.step.kind === "field"
          ? frame.world.getter(frame, target.node, target.object, target.step.name)
          : null) ?? readMember(frame, target.object, target.step, node)
      );
    case "shared":
      return evaluate(frame, node);
    default:
      return UNKNOWN;
  }
}

export const ANY_ELEMENT: Step = element(ANY_KEY);
