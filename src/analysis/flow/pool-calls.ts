import type { SubmissionModel } from "../../models/model.ts";
import type { PoolCall } from "../project/facts.ts";
import type { FunctionShape } from "../project/shape.ts";
import { childrenOf, isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { eventBase } from "./access.ts";
import { applySummary } from "./apply.ts";
import type { Call } from "./call.ts";
import { runCallback } from "./callbacks.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { release, releaseValue } from "./locking.ts";
import { poolAt, type PoolRef } from "./pool-refs.ts";
import { UNKNOWN, type HeldLock, type Value } from "./value.ts";

/** A submission to a bounded pool, or slots of it taken and given back. */
export function poolCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  const pool = frame.world.facts.poolCall(call.shapes);
  switch (pool?.kind) {
    case "submit":
      return submission(frame, call, pool, args);
    case "acquire":
      return acquisition(frame, call, pool);
    case "release":
      giveBack(frame, refOf(frame, call, pool));
      return UNKNOWN;
    case "drain":
      return drain(frame, call, pool);
    default:
      return null;
  }
}

/** The task's own accesses happen when it gets its slot. */
function submission(
  frame: Frame,
  call: Call,
  pool: PoolCall & { readonly kind: "submit" },
  args: readonly Value[],
): Value {
  const id = submitEvent(frame, call, args);
  const callback = taskArgument(frame, call, pool.submission);
  const worker = workerOf(frame, pool);
  const run = callback
    ? (): Value => runCallback(frame, callback, [], call.node, true, pool.submission.isMany)
    : worker &&
      ((): Value =>
        applySummary(frame, frame.world.summaryOf(worker.node, worker.file), {
          binding: { args: args.slice(0, 1), argNodes: [], receiver: null },
          node: call.node,
          isAwaited: true,
        }));
  if (!run) return UNKNOWN;
  const before = frame.state.clone();
  frame.suspend(call.node);
  const wasDetached = frame.isDetached;
  frame.isDetached ||= !call.isAwaited;
  if (!call.isAwaited) frame.state.slots = [];
  const turn = worker && turnOf(frame, call, pool);
  if (turn) frame.state.locks = [...frame.state.locks, turn];
  const value = run();
  frame.isDetached = wasDetached;
  if (turn) release(frame, (held) => held.acquisition === turn.acquisition);
  if (!call.isAwaited) frame.state = before;
  return { ...value, tasks: id === null ? undefined : [id] };
}

/** The worker of a queue of one, `fastq.promise(worker, 1)`, has one job at a time. */
function turnOf(
  frame: Frame,
  call: Call,
  pool: PoolCall & { readonly kind: "submit" },
): HeldLock | null {
  const { size } = pool.model;
  const ref = refOf(frame, call, pool);
  if (!ref) return null;
  const slots = frame.world.facts.numbers.ofGiven(pool.shape, size.argument, size.option);
  if (slots !== 1) return null;
  const site = frame.site(call.node);
  return {
    lock: { id: `turn:${ref.id}`, name: ref.name, place: null, keys: [] },
    acquisition: `${siteId(site)}!turn`,
    site,
  };
}

/** Notes that a call submits, also where the pool is a lock as well; the id of the event, to wait for. */
export function submitEvent(frame: Frame, call: Call, args: readonly Value[]): string | null {
  const pool = frame.world.facts.poolCall(call.shapes);
  const ref = pool && refOf(frame, call, pool);
  if (pool?.kind !== "submit" || !ref) return null;
  const { submission: how } = pool;
  const callback = taskArgument(frame, call, how);
  const worker = workerOf(frame, pool);
  const tasks = callback ? tasksIn(frame, callback, how.isMany === true) : [];
  const task = worker ?? tasks[0];
  const parameter =
    callback &&
    args[call.node.arguments.indexOf(callback as never)]?.places.find(
      (candidate) => candidate.root.kind === "parameter",
    );
  return frame.addEvent({
    ...eventBase(frame, frame.site(call.node)),
    kind: "submit",
    pool: ref,
    isWaited: call.isAwaited,
    task: task ? frame.world.summaryOf(task.node, task.file) : null,
    callee: task ? null : (parameter ?? null),
    slots: slotsOf(frame, call, how.slots),
    isMany: how.isMany === true,
    isDrain: false,
    holding: frame.state.slots,
  });
}

/** `await sema.acquire()`: the slots are held until they are given back in the same function. */
function acquisition(
  frame: Frame,
  call: Call,
  pool: PoolCall & { readonly kind: "acquire" },
): Value {
  const ref = refOf(frame, call, pool);
  if (!ref) return UNKNOWN;
  const site = frame.site(call.node);
  const slots = slotsOf(
    frame,
    call,
    pool.slots === undefined ? undefined : { argument: pool.slots },
  );
  const held = { pool: ref, slots, acquisition: siteId(site), site };
  // Asked for again in a loop: what the last round took has been handed on.
  const others = frame.state.slots.filter((other) => other.acquisition !== held.acquisition);
  frame.addEvent({
    ...eventBase(frame, site),
    kind: "submit",
    pool: ref,
    isWaited: call.isAwaited,
    task: null,
    callee: null,
    slots,
    isMany: false,
    isDrain: false,
    holding: others,
  });
  if (!call.isAwaited) return UNKNOWN;
  frame.suspend(call.node);
  if (givesBack(frame, call)) frame.state.slots = [...others, held];
  return releaseValue(held);
}

function drain(frame: Frame, call: Call, pool: PoolCall): Value {
  const ref = refOf(frame, call, pool);
  if (ref)
    frame.addEvent({
      ...eventBase(frame, frame.site(call.node)),
      kind: "submit",
      pool: ref,
      isWaited: call.isAwaited,
      task: null,
      callee: null,
      slots: 0,
      isMany: false,
      isDrain: true,
      holding: frame.state.slots,
    });
  if (call.isAwaited) frame.suspend(call.node);
  return UNKNOWN;
}

/** The slots that were taken last. */
function giveBack(frame: Frame, pool: PoolRef | null): void {
  const last = frame.state.slots.findLast((held) => held.pool.id === pool?.id);
  frame.state.slots = frame.state.slots.filter((held) => held !== last);
}

/**
 * Whether the function itself, and no function inside it, gives back what the call takes: slots that somebody
 * else gives back are not this activation's to hold.
 */
function givesBack(frame: Frame, { node, callee }: Call): boolean {
  const owner = frame.file.enclosing(node);
  const object = callee.type === "MemberExpression" ? frame.file.textOf(callee.object) : "";
  const parent = frame.file.parentOf(node);
  const names = namesOf(parent && frame.file.parentOf(parent));
  const releases = { own: false, inner: false };
  const visit = (inner: Node): void => {
    if (inner.type === "CallExpression") {
      const target = unwrap(inner.callee);
      const isRelease =
        (target.type === "MemberExpression" &&
          propertyName(target) === "release" &&
          frame.file.textOf(target.object) === object) ||
        (target.type === "Identifier" && names.includes(target.name));
      if (isRelease) releases[frame.file.enclosing(inner) === owner ? "own" : "inner"] = true;
    }
    for (const child of childrenOf(inner)) visit(child);
  };
  visit(owner);
  return releases.own && !releases.inner;
}

/** The names that a declaration gives: `const [value, release] = ...`. */
function namesOf(declarator: Node | null): string[] {
  if (declarator?.type !== "VariableDeclarator") return [];
  const names: string[] = [];
  const visit = (node: Node): void => {
    if (node.type === "Identifier") names.push(node.name);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(declarator.id);
  return names;
}

function refOf(frame: Frame, call: Call, pool: PoolCall): PoolRef | null {
  const { callee } = call;
  const node = !pool.isPoolCalled && callee.type === "MemberExpression" ? callee.object : callee;
  const isReceiver = callee.type === "MemberExpression" && node === callee.object;
  const value = isReceiver && call.receiver ? call.receiver : evaluate(frame, node);
  const place = value.places.find((candidate) => candidate.root.kind !== "local") ?? null;
  return poolAt(frame.world, frame.site(node), place);
}

function taskArgument(frame: Frame, { node }: Call, how: SubmissionModel): Node | undefined {
  if (how.callback === undefined) return undefined;
  const given = node.arguments[how.callback];
  const isOptions =
    how.optionsFirst === true &&
    given !== undefined &&
    !isFunction(given) &&
    !frame.world.shapes.of(given, frame.file).some((shape) => shape.kind === "function");
  return isOptions ? (node.arguments[how.callback + 1] ?? given) : given;
}

/** The functions that a task argument stands for: itself, the elements of a list, or what a `map` makes. */
function tasksIn(frame: Frame, argument: Node, isMany: boolean): FunctionShape[] {
  const { shapes } = frame.world;
  const functions = shapes
    .of(argument, frame.file)
    .filter((shape): shape is FunctionShape => shape.kind === "function");
  if (functions.length > 0 || !isMany) return functions;
  const inner = unwrap(argument);
  if (inner.type === "ArrayExpression")
    return inner.elements.flatMap((element) => (element ? tasksIn(frame, element, false) : []));
  const [mapped] = inner.type === "CallExpression" ? inner.arguments : [];
  const body = isFunction(mapped) ? mapped.body : null;
  return body && isFunction(body) ? [{ kind: "function", file: frame.file, node: body }] : [];
}

/** The function that the pool was made with, which a context may stand in front of. */
function workerOf(frame: Frame, { model, shape: { site } }: PoolCall): FunctionShape | null {
  const made = site?.file.calls.find((call) => call === site.node);
  if (model.worker === undefined || !site || !made) return null;
  return (
    made.arguments
      .slice(model.worker, model.worker + 2)
      .flatMap((argument) => frame.world.shapes.of(argument, site.file))
      .find((candidate) => candidate.kind === "function") ?? null
  );
}

function slotsOf(frame: Frame, { node }: Call, how: SubmissionModel["slots"]): number {
  const given = how && node.arguments[how.argument];
  if (!given || given.type === "SpreadElement") return 1;
  const { numbers } = frame.world.facts;
  const site =
    how.option === undefined ? frame.site(given) : numbers.option(given, frame.file, how.option);
  return (site && numbers.of(site.node, site.file)) ?? 1;
}
