import type { Globals } from "./modules.ts";
import type { Outside } from "./outside.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** The time at which every schedule stands: two schedules differ by their order and by nothing else. */
const NOW = Date.UTC(2025, 0, 1, 12);

/** The globals that would make a schedule depend on the clock, on chance, on the network or on the process. */
export function scheduledGlobals(outside: Outside): Globals {
  let uuids = 0;
  const randomUUID = (): string =>
    `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, "0")}`;
  const cancelled = new Set<unknown>();
  const start = (name: string, fn: AnyFunction, delay: unknown, args: unknown[]): object => {
    const timer = { unref: () => timer, ref: () => timer, hasRef: () => true };
    // While the bot is loaded it is a registration like others; an interval of an activation never goes off.
    if (outside.isLoading) outside.registrations.add(name, [fn]);
    else if (name !== "setInterval")
      void outside.timer(delay, () => (cancelled.has(timer) ? undefined : fn(...args)));
    return timer;
  };
  const starter =
    (name: string): AnyFunction =>
    (fn, delay, ...args) =>
      start(name, fn as AnyFunction, delay, args);
  const cancel = (timer: unknown): void => {
    cancelled.add(timer);
  };
  return {
    process: quietProcess(),
    console: new Proxy({}, { get: () => (): void => undefined }),
    fetch: outside.stub("fetch"),
    crypto: withMembers(crypto, { randomUUID }),
    Date: class extends Date {
      constructor(...args: unknown[]) {
        if (args.length === 0) super(NOW);
        else super(...(args as [string]));
      }
      static override now(): number {
        return NOW;
      }
    },
    Math: withMembers(Math, { random: () => 0.5 }),
    setTimeout: starter("setTimeout"),
    setInterval: starter("setInterval"),
    setImmediate: (fn: AnyFunction, ...args: unknown[]) => start("setImmediate", fn, 0, args),
    clearTimeout: cancel,
    clearInterval: cancel,
  };
}

/** `node:timers/promises`: timers as well, and no calls to be compared. */
export function scheduledTimers(outside: Outside): object {
  return {
    __esModule: true,
    setTimeout: (delay: unknown, value: unknown) => outside.timer(delay, () => value),
    setImmediate: (value: unknown) => outside.timer(0, () => value),
    setInterval: outside.stub("setInterval"),
    scheduler: { wait: (delay: unknown) => outside.timer(delay, () => undefined) },
  };
}

/** The object with some members replaced; methods still find their own receiver. */
function withMembers(object: object, members: Readonly<Record<string, unknown>>): object {
  return new Proxy(object, {
    get(target, key) {
      if (typeof key === "string" && Object.hasOwn(members, key)) return members[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Listeners are not registered and nothing ends the process; a variable that is not set is "1". */
function quietProcess(): object {
  const env = new Proxy(process.env, {
    get: (target, key) => (Reflect.get(target, key) as string | undefined) ?? "1",
  });
  const ignored = (): undefined => undefined;
  return withMembers(process, {
    env,
    on: ignored,
    once: ignored,
    exit: ignored,
    off: ignored,
    kill: ignored,
  });
}
