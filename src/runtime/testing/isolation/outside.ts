import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import type { ScheduleRun } from "../stage.ts";
import { conventionalCall, isMessage } from "./conventions.ts";
import { Operation } from "./operation.ts";
import { Registrations } from "./registrations.ts";
import {
  identityOf,
  stemOf,
  stubOf,
  type StubCall,
  type StubHost,
  type StubIdentity,
} from "./stub.ts";

/** What stubs answer, by the name that the code calls: a value, a function of the arguments, an Error to throw. */
export type Answers = Readonly<Record<string, unknown>>;

/** A call that the code made of something that is a stub. */
export interface RecordedCall {
  /** `priceFor('1')`; of an update's own method with the activation's name: `A.reply('Thanks')`. */
  readonly text: string;
  /** It shows something to a person. */
  readonly isMessage: boolean;
}

/** How often one activation may wait for the same timer. */
const MOST_TURNS = 3;

type AnyFunction = (...args: unknown[]) => unknown;

/** Everything outside of the loaded modules, for one schedule: the stubs, what they answer, what was called. */
export class Outside implements StubHost {
  readonly calls: RecordedCall[] = [];
  readonly registrations = new Registrations();
  readonly #io: ScheduleRun["io"];
  readonly #answers: Answers;
  readonly #activation = new AsyncLocalStorage<string>();
  readonly #inFlight = new Map<string, number>();
  readonly #timers = new Map<string, number>();
  #giveUp: () => void = () => undefined;
  /** Resolves when the schedule is followed no further. */
  readonly givenUp = new Promise<void>((resolve) => (this.#giveUp = resolve));
  /** While the modules are loaded functions are registered, and everything else answers at once. */
  #isLoading = true;

  constructor(io: ScheduleRun["io"], answers: Answers) {
    this.#io = io;
    this.#answers = answers;
  }

  get isLoading(): boolean {
    return this.#isLoading;
  }

  endLoading(): void {
    this.#isLoading = false;
  }

  stub(label: string, identity: Partial<StubIdentity> = {}): AnyFunction {
    return stubOf(this, { label, kind: "module", owner: null, ...identity });
  }

  /** Runs `fn` so that what it calls is known to be the activation's. */
  runAs<R>(activation: string, fn: () => R): R {
    return this.#activation.run(activation, fn);
  }

  inFlight(label: string): number {
    return this.#inFlight.get(label) ?? 0;
  }

  /** Records what an activation did other than by a call. */
  record(text: string): void {
    this.calls.push({ text, isMessage: false });
  }

  valueOf(label: string): unknown {
    const value = this.#given(label)?.value;
    return typeof value === "object" || typeof value === "function" ? undefined : value;
  }

  call({ identity, receiver, args, isConstruction }: StubCall): unknown {
    const { owner, operation, module } = identity;
    // A module that is called goes by its name; of a handler's arguments the one that is called is `next`.
    const label = identity.label || (module === undefined ? "next" : stemOf(module));
    if (this.#isLoading) {
      this.registrations.add(label, args);
      if (isConstruction) return this.stub(label);
      const settled = new Operation(label, args, () => this.stub(label));
      return this.stub(label, { operation: settled });
    }
    const made: Partial<StubIdentity> = { kind: "result", owner };
    if (isConstruction) return this.stub(label, made);
    const name = label.split(".").at(-1) ?? label;
    const element = (): unknown => this.stub(label, made);
    const conventional = conventionalCall(name, args, identity.kind, element);
    if (conventional) return conventional.value;
    const fn = args.find((arg) => typeof arg === "function" && !identityOf(arg));
    if (fn !== undefined && /transaction/i.test(name))
      return (fn as AnyFunction)(receiver ?? this.stub(label, made));
    if (operation?.hasBegun === false) {
      operation.goOn(label, args);
      return this.stub(label, { ...made, operation });
    }
    const begun = new Operation(label, args, (one, isWaitedFor) =>
      isWaitedFor ? this.#wait(one, identity) : this.#end(one, identity),
    );
    return this.stub(label, { ...made, operation: begun });
  }

  /** A timer that the code starts while it runs: it goes off when the explorer says so. */
  async timer<R>(delay: unknown, fn: () => R | PromiseLike<R>): Promise<R> {
    const label = `${this.#who()} timer of ${String(Number(delay ?? 0))} ms`;
    const count = (this.#timers.get(label) ?? 0) + 1;
    this.#timers.set(label, count);
    // There is no end to the schedules of a loop that polls: a few turns of it stand for all.
    if (count > MOST_TURNS) {
      this.#giveUp();
      return new Promise(() => undefined);
    }
    return this.#io(label, fn);
  }

  /** Somebody waits: the moment of the completion is the explorer's. */
  #wait(operation: Operation, identity: StubIdentity): Promise<unknown> {
    const { label } = operation;
    const who = this.#who();
    const { owner } = identity;
    const whose = owner === null || owner === who ? "" : `${owner}'s `;
    this.#inFlight.set(label, this.inFlight(label) + 1);
    return this.#io(`${who} ${whose}${label}`, () => {
      this.#inFlight.set(label, this.inFlight(label) - 1);
      return this.#end(operation, identity);
    });
  }

  #end({ label, args }: Operation, identity: StubIdentity): unknown {
    const whose = identity.owner === null ? "" : `${identity.owner}.`;
    const given = args.map((arg) =>
      inspect(arg, { depth: 3, sorted: true, breakLength: Infinity }),
    );
    const text = `${whose}${label}(${given.join(", ")})`;
    this.calls.push({ text, isMessage: isMessage(label, identity.kind) });
    const known = this.#given(label);
    if (!known) return this.stub(label, { kind: "result" });
    const answer: unknown =
      typeof known.value === "function"
        ? Reflect.apply(known.value, known.receiver, args)
        : known.value;
    if (answer instanceof Error) throw answer;
    return this.#asRow(answer, label);
  }

  /** The methods of an object that was answered (`row.save()`) are I/O as well. */
  #asRow(answer: unknown, label: string): unknown {
    if (typeof answer !== "object" || answer === null) return answer;
    for (const [name, { value, ...rest }] of Object.entries(
      Object.getOwnPropertyDescriptors(answer),
    )) {
      if (typeof value !== "function") continue;
      const method = value as AnyFunction;
      const call = (...args: unknown[]): Promise<unknown> =>
        this.#io(`${this.#who()} ${label}.${name}`, () => {
          this.record(`${label}.${name}()`);
          return method.apply(answer, args);
        });
      Object.defineProperty(answer, name, { ...rest, value: call });
    }
    return answer;
  }

  /** What the test gives for a label: an entry of its own, or a member of the entry of what it hangs on. */
  #given(label: string): { value: unknown; receiver: unknown } | null {
    const steps = label.split(".");
    for (let length = steps.length; length > 0; length -= 1) {
      const name = steps.slice(0, length).join(".");
      if (!Object.hasOwn(this.#answers, name)) continue;
      let value = this.#answers[name];
      let receiver: unknown = undefined;
      for (const step of steps.slice(length)) {
        receiver = value;
        value = (value as Record<string, unknown> | null | undefined)?.[step];
      }
      if (length === steps.length || value !== undefined) return { value, receiver };
    }
    return null;
  }

  #who(): string {
    return this.#activation.getStore() ?? "later";
  }
}
