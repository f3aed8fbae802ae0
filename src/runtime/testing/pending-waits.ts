import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { isCreatingOwnTimer } from "../late-check.ts";

/** Resources that exist without anybody waiting for them. */
const HANDLES: ReadonlySet<string> = new Set([
  "PROMISE",
  "FILEHANDLE",
  "TCPSERVERWRAP",
  "PIPESERVERWRAP",
  "ELDHISTOGRAM",
]);

/** Node names its own requests in capitals; timers are the exception. */
function isWait(type: string): boolean {
  return type === "Timeout" || (/^[A-Z0-9]+$/.test(type) && !HANDLES.has(type));
}

/**
 * Knows which timers and requests the code of one schedule has started and not seen the end of,
 * whatever else runs in the process (a test runner, other schedules that were given up).
 */
export class PendingWaits {
  readonly #scope = new AsyncLocalStorage<object>();
  readonly #open = new Map<number, string>();
  readonly #hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (!isWait(type) || isCreatingOwnTimer() || this.#scope.getStore() !== this.#schedule)
        return;
      const delay = (resource as { _idleTimeout?: number })._idleTimeout;
      this.#open.set(
        id,
        type === "Timeout" ? `a timer of ${String(delay)} ms` : `${type} (Node's name for it)`,
      );
    },
    destroy: (id) => {
      this.#open.delete(id);
    },
  });
  #schedule: object = {};

  start(): void {
    this.#hook.enable();
  }

  stop(): void {
    this.#hook.disable();
  }

  /** Runs the program of a new schedule. */
  run<R>(program: () => R): R {
    this.#schedule = {};
    this.#open.clear();
    return this.#scope.run(this.#schedule, program);
  }

  get names(): readonly string[] {
    return [...new Set(this.#open.values())];
  }
}
