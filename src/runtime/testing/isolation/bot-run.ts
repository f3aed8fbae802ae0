import { inspect } from "node:util";
import type { ScheduleRun } from "../stage.ts";
import { scheduledGlobals, scheduledTimers } from "./globals.ts";
import type { Found, ModuleInstances, ProjectModules } from "./modules.ts";
import { Outside, type Answers, type RecordedCall } from "./outside.ts";
import { runtimeModule } from "./runtime-module.ts";
import { stubOf } from "./stub.ts";

/** A handler by its registration, as in `command("start")`, by the name of its function, or got by hand. */
export type HandlerName = string | ((bot: BotRun) => unknown);

/** The parts of an update that matter to the code. Every other property is a stub. */
export type UpdateParts = Readonly<Record<string, unknown>>;

/** Microtasks that start-up code may take. */
const START_UP_TURNS = 100;

/** A bot in one schedule: its modules loaded anew, and everything outside of them replaced by stubs. */
export class BotRun {
  readonly #outside: Outside;
  readonly #modules: ModuleInstances;
  readonly #files: readonly string[];

  /** @internal */
  private constructor(outside: Outside, modules: ModuleInstances, files: readonly string[]) {
    this.#outside = outside;
    this.#modules = modules;
    this.#files = files;
  }

  /** @internal Loads the files one after the other. */
  static async start(
    { io }: ScheduleRun,
    modules: ProjectModules,
    files: readonly string[],
    { answers, register }: { answers: Answers; register: ((bot: BotRun) => unknown) | undefined },
  ): Promise<BotRun> {
    const outside = new Outside(io, answers);
    const module = (specifier: string): unknown => {
      if (specifier === "eslint-plugin-run-async/runtime")
        return runtimeModule((name) => outside.stub(name));
      if (/^(?:node:)?timers\/promises$/.test(specifier)) return scheduledTimers(outside);
      return outside.stub("", { module: specifier });
    };
    const instances = modules.instance(module, scheduledGlobals(outside));
    for (const file of files) await instances.load(file);
    const bot = new BotRun(outside, instances, files);
    await register?.(bot);
    // What a file started without waiting for it (`main()`) goes on here: at this time nothing takes time.
    for (let turn = 0; turn < START_UP_TURNS; turn += 1) await Promise.resolve();
    outside.endLoading();
    return bot;
  }

  /** What the code called outside of its modules so far, in the order of the completions. */
  get calls(): readonly RecordedCall[] {
    return this.#outside.calls;
  }

  /** @internal Resolves when a loop of the code polls, so that the schedule would not end. */
  get givenUp(): Promise<void> {
    return this.#outside.givenUp;
  }

  /**
   * A variable of the files by its name, also one that is not exported.
   *
   * @param name `jar`, or `state.round` for a member
   * @throws Error when no file has such a variable
   */
  read(name: string): unknown {
    const found = this.#find(name);
    if (!found) throw missing(name);
    return found.value;
  }

  /**
   * Sets a variable of the files.
   *
   * @throws Error when no file has such a variable; TypeError for a constant
   */
  write(name: string, value: unknown): void {
    if (!this.#files.some((file) => this.#modules.write(file, name, value))) throw missing(name);
  }

  /**
   * Calls a function of the files by its name.
   *
   * @throws Error when there is none
   */
  call(name: string, ...args: readonly unknown[]): unknown {
    const fn = this.#find(name)?.value;
    if (typeof fn !== "function") throw new Error(`The files have no function ${name}.`);
    return (fn as (...given: readonly unknown[]) => unknown)(...args);
  }

  /** Something that has every property, for functions that want to be given a bot or a client. */
  stub(label: string): unknown {
    return this.#outside.stub(label);
  }

  /** How many calls of a stub have begun and not ended. */
  inFlight(label: string): number {
    return this.#outside.inFlight(label);
  }

  /**
   * Calls a handler with an update as one activation, and waits for its end. An error that it throws is recorded as
   * one of its calls.
   *
   * @param activation its name in traces
   * @throws Error when there is no such handler
   */
  async activate(
    activation: string,
    handler: HandlerName,
    update: UpdateParts = {},
  ): Promise<void> {
    const fn = this.#handler(handler);
    const argument = (parts: UpdateParts): unknown =>
      stubOf(this.#outside, { label: "", kind: "update", owner: activation, parts });
    await this.#outside.runAs(activation, async () => {
      try {
        const result = fn(argument(update), argument(update), argument({}));
        // A task of the runtime is not thenable: its result is.
        await ((result as { result?: unknown } | undefined)?.result ?? result);
      } catch (error) {
        const message = error instanceof Error ? error.message : inspect(error);
        this.#outside.record(`${activation} throws ${message}`);
      }
    });
  }

  #find(name: string): Found {
    for (const file of this.#files) {
      const found = this.#modules.read(file, name);
      if (found) return found;
    }
    return null;
  }

  #handler(handler: HandlerName): (...args: unknown[]) => unknown {
    const { registrations } = this.#outside;
    const fn =
      typeof handler === "function"
        ? handler(this)
        : (registrations.find(handler) ?? this.#find(handler)?.value);
    if (typeof fn === "function") return fn as (...args: unknown[]) => unknown;
    const known = registrations.names();
    throw new Error(
      `There is no handler ${typeof handler === "string" ? handler : "as given"}: ` +
        (known.length === 0
          ? "the files register none."
          : `the files register ${known.join(", ")}.`),
    );
  }
}

function missing(name: string): Error {
  return new Error(`The files have no variable ${name}: has it another name now?`);
}
