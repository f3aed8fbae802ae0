/** Those who wait for the same moment, for example that nothing runs any more. */
export class Waiters {
  #resolvers: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#resolvers.push(resolve));
  }

  wake(): void {
    if (this.#resolvers.length === 0) return;
    for (const resolve of this.#resolvers.splice(0)) resolve();
  }
}

/** Resolves when `begin` calls back, or when the signal fires; `begin` may return what ends its wait. */
export function untilAborted(
  signal: AbortSignal,
  begin: (done: () => void) => (() => void) | undefined = () => undefined,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      end?.();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const end = begin(done);
    signal.addEventListener("abort", done, { once: true });
  });
}
