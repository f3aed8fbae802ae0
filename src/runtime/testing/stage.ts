import type { BotApi } from "../bot-api.ts";
import type { BoundedPool } from "../pool.ts";

/** What a program is given for one schedule. */
export interface ScheduleRun {
  /**
   * An I/O operation whose completion the explorer controls. `effect` runs at the completion, and
   * its value or error is the outcome.
   *
   * @param label shown in traces: name the actor and the operation
   */
  readonly io: <T = undefined>(label: string, effect?: () => T | PromiseLike<T>) => Promise<T>;
  /**
   * Checked after every completion and at the end. It fails by returning false or a text, or by
   * throwing.
   */
  readonly invariant: (check: () => unknown, description?: string) => void;
  /** The pool that `runAsync` functions of this schedule run in. */
  readonly pool: BoundedPool;
  /** A bot whose calls complete when the explorer says so; `calls` lists them as they complete. */
  readonly bot: BotApi;
  readonly calls: readonly { readonly method: string; readonly args: readonly unknown[] }[];
}

/** Pending completions and invariants of one schedule. */
export class Stage {
  readonly trace: string[] = [];
  readonly run: ScheduleRun;
  readonly #pending: { readonly label: string; readonly complete: () => void }[] = [];
  readonly #invariants: { readonly check: () => unknown; readonly description: string }[] = [];
  #hasEnded = false;

  constructor(pool: BoundedPool) {
    const calls: { method: string; args: readonly unknown[] }[] = [];
    const io: ScheduleRun["io"] = (label, effect) => this.#io(label, effect);
    const invariant: ScheduleRun["invariant"] = (check, description = "invariant") => {
      this.#invariants.push({ check, description });
    };
    this.run = { io, invariant, pool, bot: scheduledBot(io, calls), calls };
  }

  get pending(): number {
    return this.#pending.length;
  }

  complete(index: number): void {
    const [operation] = this.#pending.splice(index, 1);
    if (operation === undefined)
      throw new RangeError(`There is no pending completion ${String(index)}.`);
    this.trace.push(operation.label);
    operation.complete();
  }

  brokenInvariant(): string | undefined {
    for (const { check, description } of this.#invariants) {
      try {
        const outcome = check();
        if (outcome === false) return `${description} does not hold`;
        if (typeof outcome === "string") return outcome;
      } catch (error) {
        return `${description}: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    return undefined;
  }

  /** Operations of a program that was given up never complete. */
  end(): void {
    this.#hasEnded = true;
    this.#pending.length = 0;
  }

  #io<T>(label: string, effect: (() => T | PromiseLike<T>) | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#hasEnded) return;
      const complete = (): void => {
        try {
          resolve(effect?.() as T);
        } catch (error) {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as it was thrown
          reject(error);
        }
      };
      this.#pending.push({ label, complete });
    });
  }
}

function scheduledBot(
  io: ScheduleRun["io"],
  calls: { method: string; args: readonly unknown[] }[],
): BotApi {
  const method = (name: string): unknown => {
    return (...args: readonly unknown[]) => {
      const shown = args.slice(0, 2).filter((arg) => typeof arg !== "object");
      return io([name, ...shown.map((arg) => JSON.stringify(arg))].join(" "), () => {
        calls.push({ method: name, args });
        return {};
      });
    };
  };
  const raw = new Proxy(
    {},
    { get: (_target, name) => (name === "then" ? undefined : method(String(name))) },
  );
  return new Proxy({} as BotApi, {
    get(_target, name) {
      if (name === "then" || typeof name === "symbol") return undefined;
      return name === "raw" ? raw : method(name);
    },
  });
}
