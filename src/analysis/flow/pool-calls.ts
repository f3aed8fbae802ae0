import { dottedName } from "../syntax/ast.ts";
import { eventBase } from "./access.ts";
import type { Call } from "./call.ts";
import { runCallback } from "./callbacks.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import type { Place } from "./place.ts";
import { UNKNOWN, type LockRef, type Value } from "./value.ts";

/** A submission to a bounded pool; the task's own accesses happen when it gets its slot. */
export function poolCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
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

export function submitEvent(frame: Frame, call: Call, args: readonly Value[]): string | null {
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
