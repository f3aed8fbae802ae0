import type { TSESTree } from "@typescript-eslint/types";
import { isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { constantOf, namedConstantOf } from "./constant.ts";
import { contentOf, deepReads, isMadeHere, localObject } from "./local-objects.ts";
import { keyFor, readMember, readPlace } from "./access.ts";
import { writeMember } from "./writes.ts";
import { evaluateCall, evaluateNew } from "./calls.ts";
import { asInstance } from "./instances.ts";
import { addChecks, evaluateCondition } from "./conditions.ts";
import type { Frame } from "./frame.ts";
import { atomOf, keyOf, type Atom } from "./key.ts";
import { assign, evaluateTarget, readTarget, type Target } from "./patterns.ts";
import { element, field, placeOf } from "./place.ts";
import { siteId } from "../syntax/source-file.ts";
import { joinStates, type State } from "./state.ts";
import {
  derived,
  isHandle,
  joinValues,
  mergeReads,
  resultsOf,
  UNKNOWN,
  type Read,
  type Value,
} from "./value.ts";
import { evaluateStoreCall } from "./store-access.ts";
import { enterPromiseLock } from "./locking.ts";

/**
 * Evaluates an expression in the order the language does, so that what is read left of an `await` is stale to
 * the right of it. `isAwaited`: the caller waits for the value (operand of `await`, `return`, `Promise.all`).
 */
export function evaluate(
  frame: Frame,
  expression: Node | null | undefined,
  isAwaited = false,
): Value {
  if (!expression) return UNKNOWN;
  const node = unwrap(expression);
  switch (node.type) {
    case "Identifier":
      return identifier(frame, node);
    case "ThisExpression":
    case "Super":
      return thisValue();
    case "Literal":
      return { ...UNKNOWN, key: keyOf([String(node.value)]), constant: constantOf(node) };
    case "TemplateLiteral":
      return template(frame, node);
    case "AwaitExpression": {
      const value = evaluate(frame, node.argument, true);
      frame.suspend(node);
      frame.waitForTasks(value);
      enterPromiseLock(frame, value, node);
      return value.tasks ? { ...value, tasks: value.tasks.filter(isHandle) } : value;
    }
    case "CallExpression":
      return evaluateCall(frame, node, isAwaited);
    case "NewExpression":
      return evaluateNew(frame, node);
    case "MemberExpression":
      return member(frame, node);
    case "AssignmentExpression":
      return assignment(frame, node, isAwaited);
    case "UpdateExpression":
      return update(frame, node);
    case "BinaryExpression": {
      const left = node.left.type === "PrivateIdentifier" ? UNKNOWN : evaluate(frame, node.left);
      const right = evaluate(frame, node.right);
      // `id in users` asks for the element.
      if (node.operator === "in" && left.key && right.places.length > 0)
        return readMember(
          frame,
          right,
          { kind: "element", key: keyFor(frame, left, node.left) },
          node,
        );
      return {
        ...derived(deep(frame, left), deep(frame, right)),
        key:
          node.operator === "+" && left.key && right.key
            ? keyOf([...left.key.parts, ...right.key.parts])
            : null,
      };
    }
    case "UnaryExpression":
      return unary(frame, node);
    case "LogicalExpression":
      return logical(frame, node, isAwaited);
    case "ConditionalExpression": {
      const { whenTrue, whenFalse, value: test } = evaluateCondition(frame, node.test);
      frame.state = whenTrue;
      const consequent = evaluate(frame, node.consequent, isAwaited);
      const afterTrue = frame.state;
      frame.state = whenFalse;
      const alternate = evaluate(frame, node.alternate, isAwaited);
      frame.state = joinStates(afterTrue, frame.state);
      return joinChoices(frame, test, consequent, alternate);
    }
    case "ObjectExpression":
      return objectLiteral(frame, node);
    case "ArrayExpression":
      return arrayLiteral(frame, node, isAwaited);
    case "SpreadElement":
      return wholeValue(frame, evaluate(frame, node.argument), node);
    case "SequenceExpression": {
      let value: Value = UNKNOWN;
      for (const part of node.expressions) value = evaluate(frame, part);
      return value;
    }
    case "YieldExpression": {
      evaluate(frame, node.argument);
      if (frame.fn.type !== "Program" && frame.fn.async) frame.suspend(node);
      return UNKNOWN;
    }
    case "TaggedTemplateExpression": {
      const store = frame.world.facts.stores.tagged(node, frame.file);
      if (store) return evaluateStoreCall(frame, node, store);
      evaluate(frame, node.tag);
      return derived(...node.quasi.expressions.map((part) => deep(frame, evaluate(frame, part))));
    }
    case "ImportExpression":
      evaluate(frame, node.source);
      return UNKNOWN;
    default:
      return isFunction(node) ? { ...UNKNOWN, constant: constantOf(node) } : UNKNOWN;
  }
}

/** The value with everything inside the objects it refers to, as data. */
export function deep(frame: Frame, value: Value): Value {
  const reads = deepReads(frame, value);
  return reads === value.reads ? value : { ...value, reads };
}

function identifier(frame: Frame, node: TSESTree.Identifier): Value {
  if (node.name === "undefined")
    return { ...UNKNOWN, constant: constantOf(node), key: keyOf(["undefined"]) };
  const home = frame.world.shapes.variableHome(node, frame.file);
  if (!home) return UNKNOWN;
  const { variable, file } = home;
  const key = keyOf([atomOf({ kind: "variable", variable }, "")]);
  if (frame.owns(variable)) {
    const value = frame.state.env.get(variable) ?? UNKNOWN;
    // One of several values: the name stands for whichever it is.
    return value.key ? value : { ...value, key };
  }
  const owner = file.ownerOf(variable);
  const own = placeOf({ kind: "variable", variable, file, owner });
  const place = frame.world.placeOfVariable(variable, file) ?? own;
  const isState = owner.type !== "Program" || isReassigned(variable);
  // Whether there is an object is the variable's to say; what it holds is all instances' of its class.
  return { reads: isState ? [readPlace(frame, own, node)] : [], places: [place], key };
}

/** `row ? new User(row) : null`: whether there is an object says what was tested. */
function joinChoices(frame: Frame, test: Value, consequent: Value, alternate: Value): Value {
  const value = joinValues(consequent, alternate);
  const isObjectOrNothing =
    (isMadeHere(frame, consequent) && alternate.constant?.isTruthy === false) ||
    (isMadeHere(frame, alternate) && consequent.constant?.isTruthy === false);
  return isObjectOrNothing
    ? { ...value, reads: mergeReads(value.reads, deepReads(frame, test)) }
    : value;
}

/** Whether a variable ever changes after its declaration: constants are no state. */
function isReassigned(variable: {
  references: readonly { isWrite(): boolean; init?: boolean | null }[];
}): boolean {
  return variable.references.some((reference) => reference.isWrite() && !reference.init);
}

function thisValue(): Value {
  return {
    reads: [],
    places: [placeOf({ kind: "this" })],
    key: keyOf([atomOf({ kind: "this" }, "")]),
  };
}

function template(frame: Frame, node: TSESTree.TemplateLiteral): Value {
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

function member(frame: Frame, node: TSESTree.MemberExpression): Value {
  const object = evaluate(frame, node.object);
  const name = propertyName(node);
  if (name === null) {
    const property = node.property as Node;
    const step = element(keyFor(frame, evaluate(frame, property), property));
    return asInstance(frame, node, readMember(frame, object, step, node));
  }
  if (name === "result" && object.tasks) return { ...object, tasks: resultsOf(object.tasks) };
  const value =
    frame.world.getter(frame, node, object, name) ?? readMember(frame, object, field(name), node);
  const constant = namedConstantOf(node);
  return asInstance(frame, node, constant ? { ...value, constant } : value);
}

function assignment(frame: Frame, node: TSESTree.AssignmentExpression, isAwaited: boolean): Value {
  const target = evaluateTarget(frame, node.left);
  switch (node.operator) {
    case "=": {
      const value = evaluate(frame, node.right, isAwaited);
      assign(frame, target, value, node);
      return value;
    }
    case "??=":
    case "||=":
    case "&&=": {
      const before = readTarget(frame, target, node.left);
      const skipped = frame.state.clone();
      addChecks(
        frame,
        frame.state,
        node.left,
        deepReads(frame, before),
        node.operator === "&&=" ? "present" : "absent",
        true,
      );
      const value = evaluate(frame, node.right);
      assign(frame, target, value, node);
      frame.state = joinStates(frame.state, skipped);
      return joinValues(before, value);
    }
    default: {
      const before = readTarget(frame, target, node.left);
      const right = evaluate(frame, node.right);
      const value = derived(deep(frame, before), deep(frame, right));
      assign(frame, target, value, node, "update");
      return isDrawn(target) ? derived(deep(frame, right)) : value;
    }
  }
}

/**
 * `const turn = (count += 1)`, `const id = next++`: a number drawn from a counter of the module is the drawer's
 * own, and stays what it is when others draw theirs. To rely on it later is not to rely on the counter.
 */
function isDrawn(target: Target): boolean {
  return target.kind === "shared";
}

function update(frame: Frame, node: TSESTree.UpdateExpression): Value {
  const target = evaluateTarget(frame, node.argument);
  const before = readTarget(frame, target, node.argument);
  const value = derived(before);
  assign(frame, target, value, node, "update");
  return isDrawn(target) ? UNKNOWN : { ...value, key: null };
}

function unary(frame: Frame, node: TSESTree.UnaryExpression): Value {
  if (node.operator === "delete" && node.argument.type === "MemberExpression") {
    const target = evaluateTarget(frame, node.argument);
    if (target.kind === "member")
      writeMember(frame, target.object, target.step, {
        verb: "delete",
        reads: [],
        site: frame.site(node),
        chain: [],
      });
    return UNKNOWN;
  }
  const value = evaluate(frame, node.argument);
  return {
    ...derived(deep(frame, value)),
    constant: constantOf(node) ?? negated(node, value),
    ...(node.operator === "!" ? { isFlipped: true } : {}),
  };
}

function negated(node: TSESTree.UnaryExpression, value: Value): Value["constant"] {
  if (node.operator !== "!" || typeof value.constant?.isTruthy !== "boolean") return undefined;
  return { text: String(!value.constant.isTruthy), isTruthy: !value.constant.isTruthy };
}

function logical(frame: Frame, node: TSESTree.LogicalExpression, isAwaited: boolean): Value {
  if (node.operator !== "??") {
    const { whenTrue, whenFalse, value: left } = evaluateCondition(frame, node.left);
    const isAnd = node.operator === "&&";
    const skipped = isAnd ? whenFalse : whenTrue;
    frame.state = isAnd ? whenTrue : whenFalse;
    const right = evaluate(frame, node.right, isAwaited);
    const kept = isAnd ? left.reads : keptReads(frame, left.reads, skipped);
    frame.state = joinStates(frame.state, skipped);
    expectEmpty(frame, node, left.reads, kept);
    return joinValues({ ...left, reads: kept }, right);
  }
  const left = evaluate(frame, node.left, isAwaited);
  const skipped = frame.state.clone();
  addChecks(frame, frame.state, node.left, deepReads(frame, left), "absent", false);
  addChecks(frame, skipped, node.left, deepReads(frame, left), "present", true);
  const right = evaluate(frame, node.right, isAwaited);
  const kept = keptReads(frame, left.reads, skipped);
  frame.state = joinStates(frame.state, skipped);
  expectEmpty(frame, node, left.reads, kept);
  // The default does not rename the row: `m.get(k) ?? {}` is still the element of `k`.
  return { ...joinValues({ ...left, reads: kept }, right), key: left.key };
}

/**
 * `cache.get(k) ?? (await load(k))`: where the value is the left one nothing was awaited, so that its read is as
 * fresh as it was. It goes on under another identity than the read that led to the wait.
 */
function keptReads(frame: Frame, reads: readonly Read[], skipped: State): readonly Read[] {
  return reads.map((read) => {
    if (skipped.staleness(read) || !frame.state.staleness(read)) return read;
    const kept = { ...read, id: `${read.id}!kept` };
    skipped.reads.set(kept.id, null);
    return kept;
  });
}

/** Storing what was loaded goes on as if the place were still empty. */
function expectEmpty(
  frame: Frame,
  node: TSESTree.LogicalExpression,
  reads: readonly Read[],
  kept: readonly Read[],
): void {
  const site = frame.site(node.left);
  const checks = reads
    .filter((read) => !kept.includes(read))
    .map((read) => ({
      read,
      outcome: "absent" as const,
      site,
      id: `${siteId(site)}!empty`,
      side: true,
      isIteration: false,
      isExpected: true,
    }));
  if (checks.length > 0) frame.state.checks = [...frame.state.checks, ...checks].slice(-24);
}

function objectLiteral(frame: Frame, node: TSESTree.ObjectExpression): Value {
  let reads: readonly Read[] = [];
  const fields = new Map<string, Value>();
  for (const property of node.properties) {
    if (property.type === "SpreadElement") {
      const value = evaluate(frame, property);
      for (const place of value.places)
        for (const [name, inner] of contentOf(frame, place)?.fields ?? []) fields.set(name, inner);
      reads = mergeReads(reads, deepReads(frame, value));
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

function arrayLiteral(frame: Frame, node: TSESTree.ArrayExpression, isAwaited: boolean): Value {
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
