/**
 * A call of a stub whose result may be waited for. It begins when somebody waits, or at the end of the segment:
 * until then a chain may go on (`db.from("users").select()`), which is one operation.
 */
export class Operation {
  label: string;
  readonly args: unknown[];
  readonly #begin: (operation: Operation, isWaitedFor: boolean) => unknown;
  #promise: Promise<unknown> | undefined;
  #hasBegun = false;

  /** @param begin does the work; its result is the operation's */
  constructor(
    label: string,
    args: readonly unknown[],
    begin: (operation: Operation, isWaitedFor: boolean) => unknown,
  ) {
    this.label = label;
    this.args = [...args];
    this.#begin = begin;
    queueMicrotask(() => {
      if (this.#hasBegun) return;
      this.#hasBegun = true;
      begin(this, false);
    });
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The chain goes on: the same operation, with more of its name and arguments. */
  goOn(label: string, args: readonly unknown[]): void {
    this.label = label;
    this.args.push(...args);
  }

  /** A method of the promise. Asking for it is waiting: `await` looks for `then` at once. */
  method(name: "then" | "catch" | "finally"): unknown {
    this.#hasBegun = true;
    const promise = (this.#promise ??= Promise.resolve(this.#begin(this, true)));
    return promise[name].bind(promise);
  }
}
