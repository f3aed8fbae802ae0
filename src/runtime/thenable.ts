export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** A native promise of the outcome: the promise itself where it is one. */
export function asPromise(outcome: unknown): Promise<unknown> {
  return outcome instanceof Promise ? (outcome as Promise<unknown>) : Promise.resolve(outcome);
}
