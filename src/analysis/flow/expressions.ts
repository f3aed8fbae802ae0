import type { TSESTree } from "@typescript-eslint/types";
import { isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Variable } from "../syntax/scopes.ts";
import { constantOf, namedConstantOf } from "./constant.ts";
import { deepReads, isMadeHere } from "./local-objects.ts";
import { keyFor, readMember, readPlace } from "./access.ts";
import { evaluateCall, evaluateNew } from "./calls.ts";
import { asInstance } from "./instances.ts";
import { siteId } from "../syntax/source-file.ts";
import { evaluateCondition } from "./conditions.ts";
import type { Frame } from "./frame.ts";
import { atomOf, beginningOf, choicesOf, isConstant, keyOf, type Key } from "./key.ts";
import { element, field, placeOf } from "./place.ts";
import { joinStates } from "./state.ts";
import {
  derived,
  isHandle,
  joinValues,
  mergeReads,
  resultsOf,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { evaluateStoreCall } from "./store-access.ts";
import { enterPromiseLock } from "./locking.ts";
import { arrayLiteral, deep, objectLiteral, template, wholeValue } from "./literals.ts";
import { assignment, logical, unary, update } from "./operators.ts";

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
      const value = joinChoices(frame, test, consequent, alternate);
      return value.key ? value : { ...value, key: choice(frame, node, consequent, alternate) };
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
  // Constants are no state.
  const isState = owner.type !== "Program" || variable.isReassigned;
  const literal = isState ? null : primitiveOf(variable);
  if (literal)
    return { ...UNKNOWN, key: keyOf([String(literal.value)]), constant: constantOf(literal) };
  // Whether there is an object is the variable's to say; what it holds is all instances' of its class.
  return { reads: isState ? [readPlace(frame, own, node)] : [], places: [place], key };
}

/** `const KEY = "token"`: the text or number that a constant of a module stands for. */
function primitiveOf({ defs }: Variable): TSESTree.Literal | null {
  const [definition] = defs;
  if (definition?.type !== "Variable" || definition.parent.kind !== "const") return null;
  const { id, init } = definition.node;
  const value = id.type === "Identifier" && init ? unwrap(init) : null;
  return value?.type === "Literal" && /^(?:string|number)$/.test(typeof value.value) ? value : null;
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

/** `isDay ? "day" : "night"`: which of the two, nobody knows, but no third one. `null` names nothing. */
function choice(frame: Frame, node: Node, a: Value, b: Value): Key | null {
  const [one, other] = [constantsOf(a), constantsOf(b)];
  if (!one || !other || one.length + other.length === 0) return null;
  const id = siteId(frame.site(node));
  return keyOf([atomOf({ kind: "site", id, among: [...one, ...other] }, "")]);
}

/** The constants that a value may be, as keys; null where it may be something else. */
function constantsOf({ key, constant }: Value): readonly string[] | null {
  if (!key) return constant?.text === "null" ? [] : null;
  const choices = choicesOf(key);
  return choices.every(isConstant) ? choices.map(beginningOf) : null;
}

function thisValue(): Value {
  return {
    reads: [],
    places: [placeOf({ kind: "this" })],
    key: keyOf([atomOf({ kind: "this" }, "")]),
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
