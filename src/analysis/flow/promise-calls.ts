import { propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { eventBase } from "./access.ts";
import { runCallback } from "./callbacks.ts";
import type { Call } from "./call.ts";
import type { Frame } from "./frame.ts";
import { lockOfPlace, release, replacesTail } from "./locking.ts";
import { joinStates } from "./state.ts";
import {
  joinValues,
  mergeReads,
  UNKNOWN,
  type HeldLock,
  type LockRef,
  type Value,
} from "./value.ts";

/** `.then`, `.catch`, `.finally`: the callback runs after a suspension. */
export function promiseCall(frame: Frame, call: Call): Value | null {
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
  if (!isAwaited) {
    frame.state = now;
    now.started = [...now.started, frame.site(node)];
  }
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
