import type { ActivationRoot } from "../project/roots.ts";

/**
 * Whether an activation of `b` may run while one of `a` is suspended. Locks are judged apart: this is about
 * what the dispatchers, timers and pools do.
 */
export function mayOverlap(a: ActivationRoot, b: ActivationRoot): boolean {
  if (isOnce(a) || isOnce(b)) return false;
  if (a === b) return a.concurrency === "concurrent" || a.concurrency === "keyed";
  if (
    a.fn.node === b.fn.node &&
    a.concurrency === "sequential" &&
    b.concurrency === "sequential" &&
    a.dispatcher === b.dispatcher
  )
    return false;
  const isSameDispatcher = a.dispatcher === b.dispatcher && isUpdate(a) && isUpdate(b);
  return !(isSameDispatcher && a.concurrency === "sequential" && b.concurrency === "sequential");
}

function isOnce(root: ActivationRoot): boolean {
  return root.concurrency === "exclusive";
}

function isUpdate(root: ActivationRoot): boolean {
  return root.trigger === "update" || root.trigger === "event";
}
