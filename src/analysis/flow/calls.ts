import type { TSESTree } from "@typescript-eslint/types";
import { constructorOf } from "../project/class-shapes.ts";
import type { FunctionShape } from "../project/shape.ts";
import { dottedName, isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { deepReads, localObject } from "./local-objects.ts";
import { eventBase } from "./access.ts";
import { applySummary } from "./apply.ts";
import type { Call } from "./call.ts";
import { callbackMethod, runCallback } from "./callbacks.ts";
import { evaluateContainer, isContainerMethod } from "./containers.ts";
import { handOver } from "./drains.ts";
import { evaluate } from "./expressions.ts";
import { deep } from "./literals.ts";
import type { Frame } from "./frame.ts";
import { asInstance } from "./instances.ts";
import { keyOf } from "./key.ts";
import { lockCall, transactionCall } from "./lock-calls.ts";
import { poolCall } from "./pool-calls.ts";
import { projectCall } from "./project-calls.ts";
import { promiseCall } from "./promise-calls.ts";
import { joinStates } from "./state.ts";
import { evaluateRowCall, markNewRow } from "./row-calls.ts";
import { evaluateStoreCall } from "./store-access.ts";
import { isPathJoin, valueCall } from "./value-calls.ts";
import { derived, mergeReads, UNKNOWN, type Value } from "./value.ts";

const DEFERRING = new Set([
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "nextTick",
  "on",
  "once",
  "addListener",
  "addEventListener",
  "subscribe",
  "schedule",
]);

export function evaluateCall(
  frame: Frame,
  node: TSESTree.CallExpression,
  isAwaited: boolean,
): Value {
  const callee = unwrap(node.callee);
  const store = frame.world.facts.stores.call(node, frame.file);
  const isMember = callee.type === "MemberExpression";
  const shapes = frame.world.shapes.of(node.callee, frame.file);
  // A query that is built by a chain of calls is one step: its inner calls do nothing by themselves.
  const isQuery = store?.model != null && !shapes.some((shape) => shape.kind === "function");
  const receiver = isMember && !isQuery ? evaluate(frame, callee.object) : null;
  if (isMember && callee.computed) evaluate(frame, callee.property);
  if (callee.type === "CallExpression") evaluate(frame, callee);
  const call: Call = {
    node,
    callee,
    name: isMember ? propertyName(callee) : null,
    dotted: dottedName(callee),
    receiver,
    isAwaited,
    shapes,
  };
  const special = promiseCall(frame, call) ?? transactionCall(frame, call);
  if (special) return special;
  if (frame.world.harmless.has(call.name ?? call.dotted))
    return unknownCall(frame, call, evaluateArguments(frame, call));
  const functions = isOwnParameter(frame, callee)
    ? []
    : call.shapes.filter((shape): shape is FunctionShape => shape.kind === "function");
  if (store && functions.length === 0) {
    noteOutside(frame, call);
    return evaluateStoreCall(frame, node, store);
  }
  const args = evaluateArguments(frame, call);
  if (isAwaited) handOver(frame, args, node.arguments);
  noteOutside(frame, call);
  const value =
    lockCall(frame, call, args) ??
    poolCall(frame, call, args) ??
    projectCall(frame, call, functions, args) ??
    rowCall(frame, call, args) ??
    callbackMethod(frame, call, args) ??
    containerCall(frame, call, args) ??
    valueCall(frame, call, args) ??
    unknownCall(frame, call, args);
  return asInstance(frame, node, value);
}

/** What a parameter is called with is the caller's to say: one summary serves all callers. */
function isOwnParameter(frame: Frame, callee: Node): boolean {
  if (callee.type !== "Identifier") return false;
  const variable = frame.file.variableOf(callee);
  return variable?.defs[0]?.type === "Parameter" && frame.owns(variable);
}

/** Calls inside `Promise.all([...])` start one after the other and wait for nothing; its own await does. */
function evaluateArguments(frame: Frame, call: Call): Value[] {
  return call.node.arguments.map((argument) => evaluate(frame, argument));
}

/** Messages are events of their own, whatever else the call is. */
function noteOutside(frame: Frame, call: Call): void {
  const site = frame.site(call.node);
  if (call.name !== null && frame.world.facts.isSend(call.name))
    frame.addEvent({
      ...eventBase(frame, site),
      kind: "effect",
      name: call.dotted,
      isAwaited: call.isAwaited,
    });
}

function rowCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  if (!call.receiver) return null;
  const value = evaluateRowCall(frame, call.node, call.receiver, args);
  if (value) return value;
  if (call.name !== "save") return null;
  const places = call.receiver.places.filter((place) => place.root.kind === "parameter");
  for (const place of places)
    frame.addEvent({
      ...eventBase(frame, frame.site(call.node)),
      kind: "save",
      place,
      target: null,
    });
  return places.length > 0 ? UNKNOWN : null;
}

function containerCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  if (isPathJoin(call.dotted)) return null;
  const { name, receiver, node } = call;
  if (!receiver || name === null || !isContainerMethod(name) || receiver.places.length === 0)
    return null;
  keepTasks(frame, call, args);
  return evaluateContainer(frame, node, name, receiver, args);
}

/** `pending.push(limit(job))`: whoever waits for the list waits for the tasks in it. */
function keepTasks(frame: Frame, { callee }: Call, args: readonly Value[]): void {
  const tasks = args.flatMap((arg) => arg.tasks ?? []);
  const object = callee.type === "MemberExpression" ? unwrap(callee.object) : null;
  const list = object?.type === "Identifier" ? frame.file.variableOf(object) : null;
  if (!list || tasks.length === 0 || !frame.owns(list)) return;
  const value = frame.state.env.get(list) ?? UNKNOWN;
  frame.state.env.set(list, {
    ...value,
    tasks: [...new Set([...(value.tasks ?? []), ...tasks])],
  });
}

/** Timers and listeners call back later, in an activation of their own. */
function isDeferring(call: Call): boolean {
  return DEFERRING.has(call.name ?? call.dotted);
}

/** Methods of strings that call back before they return. */
const REPLACES = new Set(["replace", "replaceAll"]);

/** Nothing is known of the callee: it touches no shared state; its result derives from what it got. */
function unknownCall(frame: Frame, call: Call, args: readonly Value[]): Value {
  const { node, receiver, isAwaited } = call;
  const isAtOnce = call.name !== null && REPLACES.has(call.name);
  if ((isAwaited && !isDeferring(call)) || isAtOnce)
    for (const argument of node.arguments)
      if (isFunction(unwrap(argument))) {
        if (!isAtOnce) frame.suspend(node);
        const skipped = frame.state.clone();
        runCallback(frame, argument, [], node, !isAtOnce);
        frame.state = joinStates(skipped, frame.state);
      }
  frame.mayThrow();
  // Data read outside stays stale data whatever is made of it; an object of this process is only its method's receiver.
  const from = receiver
    ? {
        ...UNKNOWN,
        reads:
          receiver.places.length === 0
            ? receiver.reads
            : mergeReads(deepReads(frame, receiver).filter((read) => read.isExternal)),
      }
    : UNKNOWN;
  const value = derived(from, ...args.map((arg) => deep(frame, arg)));
  // What was just sent has an id that nothing had before.
  const isFresh = call.name !== null && frame.world.facts.isSend(call.name);
  return {
    ...value,
    key: keyOf(
      [
        {
          root: { kind: "site", id: siteId(frame.site(node)) },
          path: "",
          id: `s${siteId(frame.site(node))}`,
        },
      ],
      isFresh,
    ),
    tasks: receiver?.tasks,
  };
}

export function evaluateNew(frame: Frame, node: TSESTree.NewExpression): Value {
  const dotted = dottedName(node.callee);
  if (dotted === "Promise" && node.arguments[0]) {
    runCallback(frame, node.arguments[0], [], node, false);
    return UNKNOWN;
  }
  const args = node.arguments.map((argument) => evaluate(frame, argument));
  const reads = mergeReads(...args.map((arg) => deepReads(frame, arg)));
  const local = localObject(frame, node, reads);
  markNewRow(frame, node, local);
  for (const shape of frame.world.shapes.of(node.callee, frame.file)) {
    const constructor = shape.kind === "class" ? constructorOf(shape) : null;
    if (shape.kind !== "class" || !constructor) continue;
    applySummary(frame, frame.world.summaryOf(constructor, shape.file), {
      binding: {
        args,
        argNodes: node.arguments.map((argument) =>
          argument.type === "SpreadElement" ? null : argument,
        ),
        receiver: local,
      },
      node,
      isAwaited: false,
    });
  }
  return local;
}
