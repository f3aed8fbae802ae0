import { RELEASES } from "../../models/locks/index.ts";
import type { LockModel } from "../../models/model.ts";
import { optionOf } from "../project/stores.ts";
import { stringValue, type Node } from "../syntax/ast.ts";
import type { Call } from "./call.ts";
import { runCallback } from "./callbacks.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { acquire, lockOf, release, releasedBy, releaseValue } from "./locking.ts";
import { submitEvent } from "./pool-calls.ts";
import { transactionLock, unlockRows, waitFor } from "./transactions.ts";
import { UNKNOWN, type Value } from "./value.ts";

/** `db.transaction(async (tx) => ...)`: reads inside are protected when the isolation says so. */
export function transactionCall(frame: Frame, call: Call): Value | null {
  const transaction = frame.world.facts.stores.transaction(call.node, frame.file);
  if (!transaction) return null;
  if (!transaction.isSynchronous) frame.suspend(call.node);
  const held = transactionLock(frame.site(call.node), transaction.id);
  if (transaction.isProtected) frame.state.locks = [...frame.state.locks, held];
  const value = runCallback(frame, transaction.callback, [], call.node, true);
  release(frame, (other) => other.acquisition === held.acquisition);
  // What the callback gave away is locked no more.
  return unlockRows(frame, call.node, { site: frame.site(waitFor(call.node, frame.file)) })(value);
}

export function lockCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  const { node, receiver } = call;
  const bound =
    receiver ?? (call.callee.type === "Identifier" ? evaluate(frame, call.callee) : null);
  const releaser = releasedBy(releasing(frame, call));
  if (releaser) {
    release(frame, releaser);
    frame.state.slots = frame.state.slots.filter((held) => !releaser(held));
    return UNKNOWN;
  }
  const lock = frame.world.facts.lockCall(call.shapes);
  if (!lock) return null;
  const ref = isShared(call, lock.model) ? null : lockOf(frame, node, lock, bound, args);
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
      const callback = sectionOf(call, lock.method.callback ?? 0);
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

/** What is called, or asked to give itself back: `release()`, `lock.release()`. */
function releasing(frame: Frame, { callee, name, receiver }: Call): Value {
  if (callee.type === "Identifier") return frame.localValue(callee);
  return receiver && name !== null && RELEASES.includes(name) ? receiver : UNKNOWN;
}

/** The callback of a section, behind options where there are some. */
function sectionOf({ node }: Call, index: number): Node | undefined {
  const given = node.arguments[index];
  return given && given.type !== "ObjectExpression" ? given : node.arguments.at(-1);
}

/** `navigator.locks.request(name, { mode: "shared" }, fn)` keeps nobody out who asks the same way. */
function isShared({ node }: Call, { sharedWhen }: LockModel): boolean {
  if (!sharedWhen) return false;
  const option = optionOf(node.arguments[sharedWhen.argument], sharedWhen.option);
  return option !== null && stringValue(option) === sharedWhen.equals;
}
