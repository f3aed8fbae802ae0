import type { TSESTree } from "@typescript-eslint/types";
import { constructorOf } from "../project/class-shapes.ts";
import type { FunctionShape, Shape, WrapperShape } from "../project/shape.ts";
import { dottedName, isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import {
  contentOf,
  deepReads,
  eventBase,
  localObject,
  readMember,
  used,
  writePlace,
} from "./access.ts";
import { applySummary, type Binding } from "./apply.ts";
import { evaluateContainer, isContainerMethod } from "./containers.ts";
import { asInstance, sharedInstance } from "./instances.ts";
import { deep, evaluate, wholeValue } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { FRESH_KEY, keyOf, type Key } from "./key.ts";
import {
  acquire,
  lockOf,
  lockOfPlace,
  release,
  releasedBy,
  releaseValue,
  replacesTail,
} from "./locking.ts";
import { extend, type Place } from "./place.ts";
import { poolOfRunAsync, poolOfWrap } from "./pool-refs.ts";
import { joinStates } from "./state.ts";
import { ANY_ELEMENT } from "./patterns.ts";
import { evaluateRowCall, markNewRow } from "./row-calls.ts";
import { evaluateStoreCall } from "./store-access.ts";
import {
  derived,
  handleOf,
  joinValues,
  mergeReads,
  resultsOf,
  UNKNOWN,
  type HeldLock,
  type LockRef,
  type Value,
} from "./value.ts";

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
  "sort",
  "mapValues",
]);
const CONVERSIONS = new Set([
  "String",
  "Number",
  "parseInt",
  "parseFloat",
  "BigInt",
  "toString",
  "trim",
  "toLowerCase",
  "toUpperCase",
  "valueOf",
]);
const WHOLE_READERS = new Set([
  "Object.keys",
  "Object.values",
  "Object.entries",
  "JSON.stringify",
  "structuredClone",
  "Array.from",
  "Object.fromEntries",
]);
const FRESH_CALLS = new Set([
  "crypto.randomUUID",
  "randomUUID",
  "Symbol",
  "nanoid",
  "uuid",
  "uuidv4",
  "v4",
  "performance.now",
]);
const COMBINATORS = new Set(["Promise.all", "Promise.allSettled", "Promise.race", "Promise.any"]);
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
const MOST_CALLEES = 32;

/** Everything that is known of one call while it is evaluated. */
interface Call {
  readonly node: TSESTree.CallExpression;
  readonly callee: Node;
  readonly name: string | null;
  readonly dotted: string;
  readonly receiver: Value | null;
  readonly isAwaited: boolean;
  readonly shapes: readonly Shape[];
}

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

/** `.then`, `.catch`, `.finally`: the callback runs after a suspension. */
function promiseCall(frame: Frame, call: Call): Value | null {
  const { node, name, receiver, isAwaited } = call;
  if (!receiver || (name !== "then" && name !== "catch" && name !== "finally")) return null;
  if (call.shapes.some((shape) => shape.kind === "function")) return null;
  const callbacks = node.arguments.map((argument) =>
    argument.type === "SpreadElement" ? null : argument,
  );
  const before = frame.state;
  const now = before.clone();
  frame.state = before.clone();
  frame.suspend(node);
  const tail = chainLockOf(frame, call);
  const held: HeldLock | null = tail && {
    lock: tail,
    acquisition: `${siteId(frame.site(node))}!tail`,
    site: frame.site(node),
  };
  const wasDetached = frame.isDetached;
  frame.isDetached ||= !isAwaited;
  if (held) {
    frame.addEvent({
      ...eventBase(frame, held.site),
      kind: "lock",
      lock: held.lock,
      isOrdered: false,
    });
    frame.state.locks = [...frame.state.locks, held];
  }
  let result: Value = name === "then" ? UNKNOWN : receiver;
  for (const [index, callback] of callbacks.entries()) {
    if (!callback) continue;
    const start = frame.state.clone();
    const value = runCallback(
      frame,
      callback,
      [name === "then" && index === 0 ? receiver : UNKNOWN],
      node,
      true,
    );
    result = index === 0 && name === "then" ? value : joinValues(result, value);
    if (index > 0 || name === "catch") frame.state = joinStates(start, frame.state);
  }
  frame.isDetached = wasDetached;
  if (held) release(frame, (other) => other.acquisition === held.acquisition);
  if (!isAwaited) frame.state = now;
  return {
    ...result,
    reads: mergeReads(result.reads, name === "then" ? [] : receiver.reads),
    tasks: receiver.tasks,
  };
}

/** The promise chain that `tail.then(section)` queues on, when the function also puts itself at its end. */
function chainLockOf(frame: Frame, call: Call): LockRef | null {
  if (frame.fn.type === "Program" || call.name === "catch") return null;
  let node: Node | null =
    call.callee.type === "MemberExpression" ? unwrap(call.callee.object) : null;
  while (
    node?.type === "CallExpression" &&
    node.callee.type === "MemberExpression" &&
    (propertyName(node.callee) === "catch" ||
      propertyName(node.callee) === "finally" ||
      propertyName(node.callee) === "then")
  )
    node = unwrap(node.callee.object);
  if (!node) return null;
  const read = call.receiver?.reads.find(
    (candidate) => !candidate.isExternal && candidate.place.root.kind !== "local",
  );
  const place =
    read?.place ?? call.receiver?.places.find((candidate) => candidate.root.kind !== "local");
  if (!place) return null;
  const name =
    [...place.path].reverse().find((step) => step.kind === "field")?.name ??
    (place.root.kind === "variable" ? place.root.variable.name : "");
  return replacesTail(frame.fn, name) ? lockOfPlace(place) : null;
}

/** `db.transaction(async (tx) => ...)`: reads inside are protected when the isolation says so. */
function transactionCall(frame: Frame, call: Call): Value | null {
  const transaction = frame.world.facts.stores.transaction(call.node, frame.file);
  if (!transaction) return null;
  if (!transaction.isSynchronous) frame.suspend(call.node);
  const held: HeldLock = {
    lock: { id: `transaction:${transaction.id}`, name: "the transaction", place: null, keys: [] },
    acquisition: `${siteId(frame.site(call.node))}!tx`,
    site: frame.site(call.node),
  };
  if (transaction.isProtected) frame.state.locks = [...frame.state.locks, held];
  const value = runCallback(frame, transaction.callback, [], call.node, true);
  release(frame, (other) => other.acquisition === held.acquisition);
  return value;
}

function lockCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  const { node, receiver } = call;
  const bound =
    receiver ?? (call.callee.type === "Identifier" ? evaluate(frame, call.callee) : null);
  const releaser =
    call.callee.type === "Identifier" ? releasedBy(frame.localValue(call.callee)) : null;
  if (releaser) {
    release(frame, releaser);
    return UNKNOWN;
  }
  const lock = frame.world.facts.lockCall(call.shapes);
  if (!lock) return null;
  const ref = lockOf(frame, node, lock, bound, args);
  const submitted = lock.method.kind === "section" ? submitEvent(frame, call, args) : null;
  switch (lock.method.kind) {
    case "release":
      if (ref) release(frame, (held) => held.lock.id === ref.id);
      return UNKNOWN;
    case "acquire": {
      if (!call.isAwaited || !ref) return UNKNOWN;
      return releaseValue(acquire(frame, ref, node, false));
    }
    case "section": {
      const callback = node.arguments[lock.method.callback ?? 0] ?? node.arguments.at(-1);
      if (!callback) return UNKNOWN;
      const before = frame.state.clone();
      const isOrdered =
        lock.method.ordered === true && node.arguments[0]?.type === "ArrayExpression";
      const wasDetached = frame.isDetached;
      frame.isDetached ||= !call.isAwaited;
      const held = ref ? acquire(frame, ref, node, isOrdered) : null;
      if (!ref) frame.suspend(node);
      const value = runCallback(frame, callback, [], node, true);
      frame.isDetached = wasDetached;
      if (held) release(frame, (other) => other.acquisition === held.acquisition);
      if (!call.isAwaited) frame.state = before;
      return submitted ? { ...value, tasks: [submitted] } : value;
    }
  }
}

/** A submission to a bounded pool; the task's own accesses happen when it gets its slot. */
function poolCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  const pool = frame.world.facts.poolCall(call.shapes);
  if (!pool) return null;
  const id = submitEvent(frame, call, args);
  const callback = call.node.arguments[pool.callback];
  if (!callback) return UNKNOWN;
  const before = frame.state.clone();
  frame.suspend(call.node);
  const wasDetached = frame.isDetached;
  frame.isDetached ||= !call.isAwaited;
  const value = runCallback(frame, callback, [], call.node, true);
  frame.isDetached = wasDetached;
  if (!call.isAwaited) frame.state = before;
  return { ...value, tasks: id === null ? undefined : [id] };
}

function submitEvent(frame: Frame, call: Call, args: readonly Value[]): string | null {
  const pool = frame.world.facts.poolCall(call.shapes);
  if (!pool) return null;
  const callback = call.node.arguments[pool.callback];
  const place = poolPlace(frame, call);
  if (!callback || !place) return null;
  const tasks = frame.world.shapes
    .of(callback, frame.file)
    .filter((shape) => shape.kind === "function");
  const parameter =
    args[pool.callback]?.places.find((candidate) => candidate.root.kind === "parameter") ?? null;
  const ref: LockRef = {
    id: place.id,
    name: dottedName(call.callee.type === "MemberExpression" ? call.callee.object : call.callee),
    place,
    keys: [],
  };
  const [task] = tasks;
  return frame.addEvent({
    ...eventBase(frame, frame.site(call.node)),
    kind: "submit",
    pool: ref,
    isWaited: call.isAwaited,
    task: task ? frame.world.summaryOf(task.node, task.file) : null,
    callee: tasks.length === 0 ? parameter : null,
  });
}

function poolPlace(frame: Frame, call: Call): Place | null {
  const value = call.receiver ?? evaluate(frame, call.callee);
  return value.places.find((place) => place.root.kind !== "local") ?? null;
}

/** Functions of the project: their summaries are applied, all of them where the call may mean several. */
function projectCall(
  frame: Frame,
  call: Call,
  functions: readonly FunctionShape[],
  args: readonly Value[],
): Value | null {
  if (functions.length === 0) return parameterCall(frame, call, args);
  const { node } = call;
  const isBound = call.name === "bind";
  if (isBound) return UNKNOWN;
  const isCall = call.name === "call";
  const argNodes = node.arguments.map((argument) =>
    argument.type === "SpreadElement" ? null : argument,
  );
  const start = frame.state;
  let end = null;
  let result: Value | null = null;
  for (const fn of functions.slice(0, MOST_CALLEES)) {
    frame.state = functions.length > 1 ? start.clone() : start;
    const wrapper = fn.wrappers?.at(-1);
    const binding: Binding = {
      args: isCall ? args.slice(1) : args,
      argNodes: isCall ? argNodes.slice(1) : argNodes,
      receiver: receiverOf(frame, call, fn),
    };
    const value = wrapper
      ? wrappedCall(frame, call, fn, wrapper, binding)
      : applySummary(frame, frame.world.summaryOf(fn.node, fn.file), {
          binding,
          node,
          isAwaited: call.isAwaited,
        });
    result = result ? joinValues(result, value) : value;
    end = end ? joinStates(end, frame.state) : frame.state;
  }
  frame.state = end ?? start;
  return result;
}

/** The object a method runs on: the receiver's own, or the shared instances of its class. */
function receiverOf(frame: Frame, call: Call, fn: FunctionShape): Value | null {
  const cls = fn.file.classOf(fn.node);
  if (!cls || fn.node.type === "ArrowFunctionExpression") return call.receiver;
  const places = call.receiver?.places ?? [];
  const kept = places.filter(
    (place) =>
      place.root.kind === "local" ||
      place.root.kind === "this" ||
      place.root.kind === "parameter" ||
      place.root.kind === "instance",
  );
  if (kept.length > 0) return { reads: [], places: kept, key: call.receiver?.key ?? null };
  // The result of an unknown call is this activation's own, whatever its type.
  if (call.receiver && places.length === 0) return call.receiver;
  return {
    reads: [],
    places: [sharedInstance(cls, fn.file)],
    key: null,
  };
}

/** `runAsync(fn)` and `pool.wrap(fn)`: the call submits; unknown wrappers run the function as it is. */
function wrappedCall(
  frame: Frame,
  call: Call,
  fn: FunctionShape,
  { callee: wrapper, site }: WrapperShape,
  binding: Binding,
): Value {
  const { facts } = frame.world;
  const summary = frame.world.summaryOf(fn.node, fn.file);
  const isRunAsync = facts.isRunAsync(wrapper);
  const pool = facts.poolOfWrapper(wrapper);
  if (!isRunAsync && !pool)
    return applySummary(frame, summary, { binding, node: call.node, isAwaited: call.isAwaited });
  const ref = isRunAsync
    ? poolOfRunAsync(frame.world.shapes, site)
    : poolOfWrap(frame.world.shapes, site);
  const isWaited = pool !== null && call.isAwaited;
  const id = frame.addEvent({
    ...eventBase(frame, frame.site(call.node)),
    kind: "submit",
    pool: ref,
    isWaited,
    task: summary,
    callee: null,
  });
  const value = applySummary(frame, summary, { binding, node: call.node, isAwaited: isWaited });
  return { ...value, tasks: [isRunAsync ? handleOf(id) : id] };
}

/** A call of a parameter: the caller knows what it passed. */
function parameterCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  if (
    call.callee.type !== "Identifier" ||
    call.shapes.some(
      (shape) => shape.kind === "external" && shape.module !== "global" && !shape.isMissing,
    )
  )
    return null;
  const value = evaluate(frame, call.callee);
  const place = value.places.find(
    (candidate) => candidate.root.kind === "parameter" && candidate.path.length === 0,
  );
  if (!place) return null;
  frame.addEvent({
    ...eventBase(frame, frame.site(call.node)),
    kind: "call",
    callee: place,
    isAwaited: call.isAwaited,
    isRepeated: false,
  });
  return derived(...args.map((arg) => deep(frame, arg)));
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

/** `items.map(callback)`: the callback runs now, once for each element; async callbacks overlap each other. */
function callbackMethod(frame: Frame, call: Call, args: readonly Value[]): Value | null {
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
  frame.state = joinStates(skipped, frame.state);
  if (name === "find" || name === "findLast")
    return { reads: whole.reads, places: item.places, key: null };
  const tasks = receiver.tasks && takesResult(callback) ? resultsOf(receiver.tasks) : value.tasks;
  return { reads: mergeReads(whole.reads, value.reads), places: [], key: null, tasks };
}

/** `(task) => task.result`. */
function takesResult(callback: Node): boolean {
  const body = isFunction(callback) ? callback.body : null;
  return body?.type === "MemberExpression" && propertyName(body) === "result";
}

/** Runs a callback that is at hand here: a literal, a named function, or one that came as a parameter. */
function runCallback(
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

function containerCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  if (isPathJoin(call.dotted)) return null;
  const { name, receiver, node } = call;
  if (!receiver || name === null || !isContainerMethod(name) || receiver.places.length === 0)
    return null;
  return evaluateContainer(frame, node, name, receiver, args);
}

/** Calls of the language that say something about values and keys. */
function valueCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  const { dotted, name, node } = call;
  if (FRESH_CALLS.has(dotted)) return { ...UNKNOWN, key: FRESH_KEY };
  if (WHOLE_READERS.has(dotted))
    return { ...wholeValue(frame, args[0] ?? UNKNOWN, node), places: [] };
  if (COMBINATORS.has(dotted)) return mergedValues(frame, args);
  if (dotted === "Object.assign" && args[0]) {
    const target = args[0];
    const reads = mergeReads(...args.slice(1).map((arg) => deepReads(frame, arg)));
    for (const place of target.places)
      writePlace(frame, place, {
        verb: "assign",
        reads: used(frame, reads),
        site: frame.site(node),
        chain: [],
      });
    return target;
  }
  if (isPathJoin(dotted) && args.length > 0) return { ...derived(...args), key: joinedPath(args) };
  if (CONVERSIONS.has(name ?? dotted)) {
    const source = name !== null && call.receiver ? call.receiver : (args[0] ?? UNKNOWN);
    return { ...derived(deep(frame, source)), key: source.key };
  }
  return null;
}

function isPathJoin(dotted: string): boolean {
  return /^(?:path\.)?(?:join|resolve)$/.test(dotted);
}

/** `path.join(folder, file)`: the parts in order, where all are known. */
function joinedPath(args: readonly Value[]): Key | null {
  const keys = args.map((arg) => arg.key);
  if (keys.some((key) => key === null)) return null;
  return keyOf(
    keys.flatMap((key, index) => [...(index > 0 ? ["/"] : []), ...(key?.parts ?? [])]),
    keys.some((key) => key?.isFresh),
  );
}

function mergedValues(frame: Frame, args: readonly Value[]): Value {
  const tasks = args.flatMap((arg) => arg.tasks ?? []);
  const [only] = args;
  return {
    reads: mergeReads(...args.map((arg) => deepReads(frame, arg))),
    places: only?.places ?? [],
    key: null,
    tasks: tasks.length > 0 ? tasks : undefined,
  };
}

/** Timers and listeners call back later, in an activation of their own. */
function isDeferring(call: Call): boolean {
  return DEFERRING.has(call.name ?? call.dotted);
}

/** Nothing is known of the callee: it touches no shared state; its result derives from what it got. */
function unknownCall(frame: Frame, call: Call, args: readonly Value[]): Value {
  const { node, receiver, isAwaited } = call;
  if (isAwaited && !isDeferring(call))
    for (const argument of node.arguments)
      if (isFunction(unwrap(argument))) {
        frame.suspend(node);
        const skipped = frame.state.clone();
        runCallback(frame, argument, [], node, true);
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
