import type { FunctionShape, WrapperShape } from "../project/shape.ts";
import type { ClassNode, Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { eventBase } from "./access.ts";
import { applySummary } from "./apply.ts";
import type { Call } from "./call.ts";
import { evaluate } from "./expressions.ts";
import { deep } from "./literals.ts";
import type { Frame } from "./frame.ts";
import { sharedInstance } from "./instances.ts";
import type { Place } from "./place.ts";
import { poolOfRunAsync, poolOfWrapper } from "./pool-refs.ts";
import { joinStates } from "./state.ts";
import type { Binding } from "./substitution.ts";
import { derived, handleOf, joinValues, UNKNOWN, type Value } from "./value.ts";

const MOST_CALLEES = 200;
/**
 * A call of so many functions is that of a table: what was tested before it decides whether any command runs, and
 * not what one of them writes.
 */
const LEAST_OF_TABLE = 5;

/** Functions of the project: their summaries are applied, all of them where the call may mean several. */
export function projectCall(
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
  const { checks } = start;
  const isTable = functions.length >= LEAST_OF_TABLE;
  for (const fn of functions.slice(0, MOST_CALLEES)) {
    frame.state = functions.length > 1 ? start.clone() : start;
    if (isTable) frame.state.checks = [];
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
  if (isTable) frame.state.checks = checks;
  return result;
}

/** The object a method runs on: the receiver's own, or the shared instances of its class. */
function receiverOf(frame: Frame, call: Call, fn: FunctionShape): Value | null {
  const cls = fn.file.classOf(fn.node);
  if (!cls) return call.receiver;
  // Its `this` is the method's that it was written in.
  if (fn.node.type === "ArrowFunctionExpression") return call.receiver ?? shared(cls, fn);
  const places = call.receiver?.places ?? [];
  const kept = places.filter(
    (place) =>
      place.root.kind === "local" ||
      place.root.kind === "this" ||
      place.root.kind === "parameter" ||
      place.root.kind === "instance",
  );
  if (kept.length > 0 && !isOfLiteral(frame, call))
    return { reads: [], places: kept, key: call.receiver?.key ?? null };
  // The result of an unknown call is this activation's own, whatever its type.
  if (call.receiver && places.length === 0) return call.receiver;
  return shared(cls, fn);
}

function shared(cls: ClassNode, { file }: FunctionShape): Value {
  return { reads: [], places: [sharedInstance(cls, file)], key: null };
}

/** `ctx.poller = { start: poller.start.bind(poller) }`: the method runs on what it was bound to, not on the literal. */
function isOfLiteral(frame: Frame, { callee, receiver }: Call): boolean {
  if (callee.type !== "MemberExpression") return false;
  if (receiver?.places.some(({ root }) => root.kind !== "parameter")) return false;
  const shapes = frame.world.shapes.of(callee.object, frame.file);
  return (
    shapes.some(({ kind }) => kind === "object") && !shapes.some(({ kind }) => kind === "instance")
  );
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
  const ref = pool
    ? poolOfWrapper(frame.world, { callee: wrapper, site }, pool)
    : poolOfRunAsync(frame.world, site);
  const isWaited = pool !== null && call.isAwaited;
  const id = frame.addEvent({
    ...eventBase(frame, frame.site(call.node)),
    kind: "submit",
    pool: ref,
    isWaited,
    task: summary,
    callee: null,
    slots: 1,
    isMany: false,
    isDrain: false,
    holding: frame.state.slots,
  });
  const value = applySummary(frame, summary, { binding, node: call.node, isAwaited: isWaited });
  return { ...value, tasks: [isRunAsync ? handleOf(id) : id] };
}

/** A call of a parameter: the caller knows what it passed. */
function parameterCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  if (call.callee.type !== "Identifier") return null;
  const value = evaluate(frame, call.callee);
  const place = value.places.find(
    (candidate) =>
      candidate.root.kind === "parameter" &&
      (candidate.path.length === 0 || isOfPattern(candidate, call.callee, frame.file)),
  );
  if (!place) return null;
  frame.addEvent({
    ...eventBase(frame, frame.site(call.node)),
    kind: "call",
    callee: place,
    isAwaited: call.isAwaited,
    isRepeated: false,
  });
  // `next: NextFunction`: the package whose type it has may call back what it is given.
  const isOfPackage = call.shapes.some(
    (shape) => shape.kind === "external" && shape.module !== "global" && !shape.isMissing,
  );
  return isOfPackage ? null : derived(...args.map((arg) => deep(frame, arg)));
}

/** `({ next }) => next()`: the parameter's pattern names what is called. */
function isOfPattern({ path }: Place, callee: Node, file: SourceFile): boolean {
  return path.length === 1 && file.variableOf(callee)?.defs[0]?.type === "Parameter";
}
