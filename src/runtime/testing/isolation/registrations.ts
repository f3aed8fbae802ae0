import { identityOf } from "./stub.ts";

type Handler = (...args: unknown[]) => unknown;

/** The functions that the bot gave to its framework while it was loaded, by how they were registered. */
export class Registrations {
  readonly #handlers = new Map<string, Handler>();

  /** Takes the last function among the arguments: those before it are middleware. */
  add(label: string, args: readonly unknown[]): void {
    const fn = args.findLast((arg) => typeof arg === "function" && !identityOf(arg));
    if (fn === undefined) return;
    const method = label.split(".").at(-1) ?? label;
    const event = eventOf(args[0]);
    const name = event === null ? method : `${method}(${event})`;
    let unique = name;
    for (let count = 2; this.#handlers.has(unique); count += 1) unique = `${name}#${String(count)}`;
    this.#handlers.set(unique, fn as Handler);
  }

  /** @param name `command("start")`, `action(/page-\d/)`, `setInterval`; `#2` after it for the second such */
  find(name: string): Handler | undefined {
    return this.#handlers.get(name);
  }

  names(): readonly string[] {
    return [...this.#handlers.keys()];
  }
}

function eventOf(argument: unknown): string | null {
  const identity = identityOf(argument);
  if (identity) return JSON.stringify(identity.label.split(".").at(-1));
  if (typeof argument === "string") return JSON.stringify(argument);
  if (Array.isArray(argument)) return eventOf(argument[0]);
  // A bot's modules are compiled in Node's own context, which a test runner's may not be.
  return Object.prototype.toString.call(argument) === "[object RegExp]" ? String(argument) : null;
}
