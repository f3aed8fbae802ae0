/**
 * Resolves with the first of `signals`, or when `ended` does. From then on until the returned
 * function is called, one more signal exits the process at once: a drain that takes too long can
 * be cut short from the terminal.
 */
export function untilSignal(
  signals: readonly NodeJS.Signals[],
  ended: Promise<unknown> | undefined,
): Promise<() => void> {
  return new Promise((resolve) => {
    const exit = (): void => {
      process.exit(1);
    };
    const release = (): void => {
      for (const signal of signals) process.removeListener(signal, exit);
    };
    const first = (): void => {
      for (const signal of signals) {
        process.removeListener(signal, first);
        process.on(signal, exit);
      }
      resolve(release);
    };
    for (const signal of signals) process.on(signal, first);
    void ended?.then(first);
  });
}
