import type { FunctionShape } from "../project/shape.ts";
import { isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { contentOf, deepReads } from "./local-objects.ts";
import { eventBase, readMember } from "./access.ts";
import { applySummary } from "./apply.ts";
import type { Call } from "./call.ts";
import { evaluate } from "./expressions.ts";
import { wholeValue } from "./literals.ts";
import type { Frame } from "./frame.ts";
import { sharedInstance } from "./instances.ts";
import { ANY_ELEMENT } from "./patterns.ts";
import { extend } from "./place.ts";
import { joinStates } from "./state.ts";
import { derived, joinValues, mergeReads, resultsOf, UNKNOWN, type Value } from "./value.ts";

const CALLBACK_METHODS = new Set([
  "map",
  "forEach",
  "filter",
  "find",
  "findIndex",
  "some",
  "every",
  "flatMap",
  "reduce",
  "each",
  "findLast",
  "findLastIndex",
  "sort",
  "toSorted",
  "mapValues",
]);

/** `items.map(callback)`: the callback runs now, once for each element; async callbacks overlap each other. */
export function callbackMethod(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  const { name, node, receiver } = call;
  const callback = node.arguments[0];
  if (
    !receiver ||
    name === null ||
    !CALLBACK_METHODS.has(name) ||
    !callback ||
    callback.type === "SpreadElement"
  )
    return null;
  const functions = frame.world.shapes
    .of(callback, frame.file)
    .filter((shape) => shape.kind === "function");
  const parameter = args[0]?.places.find(
    (place) => place.root.kind === "parameter" && place.path.length === 0,
  );
  if (functions.length === 0 && !parameter) return null;
  const whole = wholeValue(frame, receiver, node);
  const item: Value = {
    reads: whole.reads,
    places: receiver.places.flatMap((place) => {
      if (place.root.kind !== "local") return [extend(place, ANY_ELEMENT)];
      // An element of a list of rows is a row.
      return contentOf(frame, place)?.origin
        ? readMember(frame, receiver, ANY_ELEMENT, node).places
        : [];
    }),
    key: null,
  };
  if (parameter)
    frame.addEvent({
      ...eventBase(frame, frame.site(node)),
      kind: "call",
      callee: parameter,
      isAwaited: false,
      isRepeated: true,
    });
  const skipped = frame.state.clone();
  const value = runCallback(
    frame,
    callback,
    name === "reduce" ? [UNKNOWN, item] : [item],
    node,
    false,
    true,
  );
  // What the callback read, it read now: the last round of a loop around is over.
  for (const read of value.reads)
    if (frame.state.reads.get(read.id) === null) skipped.reads.set(read.id, null);
  frame.state = joinStates(skipped, frame.state);
  if (name === "find" || name === "findLast")
    return { reads: whole.reads, places: item.places, key: null };
  const tasks = receiver.tasks && takesResult(callback) ? resultsOf(receiver.tasks) : value.tasks;
  // `list.map((item) => ({ ...item, n }))`: what is put into the new elements is in the list.
  const added = deepReads(frame, value).filter(({ id }) =>
    whole.reads.every((own) => own.id !== id),
  );
  return { reads: mergeReads(whole.reads, value.reads, added), places: [], key: null, tasks };
}

/** `(task) => task.result`. */
function takesResult(callback: Node): boolean {
  const body = isFunction(callback) ? callback.body : null;
  return body?.type === "MemberExpression" && propertyName(body) === "result";
}

/** Runs a callback that is at hand here: a literal, a named function, or one that came as a parameter. */
export function runCallback(
  frame: Frame,
  callback: Node,
  args: readonly Value[],
  node: Node,
  isAwaited: boolean,
  isRepeated = false,
): Value {
  const functions = frame.world.shapes
    .of(callback, frame.file)
    .filter((shape): shape is FunctionShape => shape.kind === "function");
  let result: Value = UNKNOWN;
  for (const fn of functions.slice(0, 8)) {
    const summary = frame.world.summaryOf(fn.node, fn.file);
    const receiver = fn.file.classOf(fn.node) ? receiverOfCallback(frame, callback, fn) : null;
    result = joinValues(
      result,
      applySummary(frame, summary, {
        binding: { args, argNodes: [], receiver },
        node,
        isAwaited,
        isParallel: isRepeated && summary.suspends !== null,
      }),
    );
  }
  if (functions.length > 0) return result;
  const value = evaluate(frame, callback);
  for (const place of value.places)
    if (place.root.kind === "parameter" && place.path.length === 0)
      frame.addEvent({
        ...eventBase(frame, frame.site(node)),
        kind: "call",
        callee: place,
        isAwaited,
        isRepeated,
      });
  return derived(...args);
}

function receiverOfCallback(frame: Frame, callback: Node, fn: FunctionShape): Value | null {
  const inner = unwrap(callback);
  const target =
    inner.type === "CallExpression" && inner.callee.type === "MemberExpression"
      ? inner.callee.object
      : inner;
  const object = target.type === "MemberExpression" ? evaluate(frame, target.object) : null;
  const cls = fn.file.classOf(fn.node);
  if (!object || !cls) return object;
  if (object.places.some((place) => place.root.kind === "this" || place.root.kind === "local"))
    return object;
  return {
    reads: [],
    places: [sharedInstance(cls, fn.file)],
    key: null,
  };
}
