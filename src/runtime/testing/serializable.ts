import { inspect } from "node:util";
import { explore, type ExploreReport } from "./explore.ts";
import type { BotRun, HandlerName, UpdateParts } from "./isolation/bot-run.ts";
import type { IsolatedBot } from "./isolation/isolate.ts";
import type { ScheduleRun } from "./stage.ts";

/** One call of a handler. */
export interface ActivationOptions {
  readonly handler: HandlerName;
  readonly update?: UpdateParts;
}

export interface SerializableOptions {
  /** One or two activations; in traces they are A and B. */
  activations: readonly [ActivationOptions] | readonly [ActivationOptions, ActivationOptions];
  /** Prepares the state that the activations meet. */
  given?: (bot: BotRun) => void;
  /** What must be as after some sequential order. It is compared as `util.inspect` shows it. */
  state?: (bot: BotRun) => unknown;
  /** Also compare what was sent to people. Default: only where there is no `state`. */
  comparesMessages?: boolean;
  /** Calls by their name that must never be in flight twice at once. */
  exclusive?: readonly string[];
  /** Most schedules to run. Default 1000. */
  maxSchedules?: number;
}

/** What one schedule came to. */
export interface Ending {
  readonly state: string;
  readonly calls: readonly string[];
}

const NAMES = ["A", "B"] as const;
const LONGEST_CALL = 80;

/** A race was found, or the activations could not be run at all: the message says which. */
class RaceError extends Error {
  override name = "RaceError";
}

/**
 * Runs the activations in every order in which their I/O can complete, and asks that each end as a sequential order
 * does: with the same state, and with no call made more often. A single activation must end the same whatever the
 * order of its own I/O. (Serializability: Papadimitriou, "The serializability of concurrent database updates",
 * Journal of the ACM 26, 1979.)
 *
 * @returns the report of the concurrent schedules
 * @throws RaceError with the schedule and how it ended; also when the activations do nothing or fail on their
 *   own, because then the test would show nothing
 */
export async function assertSerializable(
  bot: IsolatedBot,
  options: SerializableOptions,
): Promise<ExploreReport<Ending>> {
  const orders = await sequentialEndings(bot, options);
  const allowed = orders.flatMap(({ endings }) => endings);
  const { maxSchedules = 1000 } = options;
  const program =
    (isStaggered: boolean) =>
    async (run: ScheduleRun): Promise<Ending> => {
      const started = await start(bot, run, options);
      for (const label of options.exclusive ?? [])
        run.invariant(
          () => started.inFlight(label) < 2 || `${label} is in flight twice at once.`,
          label,
        );
      const end = Promise.all(
        options.activations.map(async ({ handler, update }, index) => {
          const name = NAMES[index] ?? "";
          if (isStaggered) await run.io(`${name} arrives`);
          await started.activate(name, handler, update);
        }),
      );
      const isPolling = await Promise.race([
        end.then(() => false),
        started.givenUp.then(() => true),
      ]);
      const ending = endingOf(started, options);
      if (!isPolling && !allowed.some((one) => isWithin(ending, one)))
        throw new RaceError(describe(ending, orders));
      return ending;
    };
  // Updates of one batch arrive together, which microtasks alone can tell from arriving one after the other.
  const limits = { maxSchedules, stopsAtFailure: true };
  let report = await explore(program(false), limits);
  if (report.failures.length === 0 && options.activations.length > 1)
    report = await explore(program(true), limits);
  const [failure] = report.failures;
  if (failure)
    throw new RaceError(
      `${failure.message}\nSchedule ${String(report.schedules)}: ${failure.trace.join(", ")}`,
      { cause: failure.error instanceof RaceError ? failure.error.cause : failure.error },
    );
  return report;
}

async function start(
  bot: IsolatedBot,
  run: ScheduleRun,
  { given }: SerializableOptions,
): Promise<BotRun> {
  const started = await bot.start(run);
  given?.(started);
  return started;
}

interface Order {
  readonly name: string;
  readonly endings: readonly Ending[];
}

/** How one activation after the other ends, in both orders. */
async function sequentialEndings(
  bot: IsolatedBot,
  options: SerializableOptions,
): Promise<readonly Order[]> {
  const { activations } = options;
  const forward = activations.map((_activation, index) => index);
  const orders = activations.length === 1 ? [forward] : [forward, forward.toReversed()];
  // The first schedule completes I/O in the order of the calls.
  const maxSchedules = activations.length === 1 ? 1 : 200;
  let effects = 0;
  const result: Order[] = [];
  for (const order of orders) {
    const report = await explore(
      async (run) => {
        const started = await start(bot, run, options);
        const before = endingOf(started, options);
        for (const index of order) {
          const { handler, update } = activations[index] ?? { handler: "" };
          await started.activate(NAMES[index] ?? "", handler, update);
        }
        const ending = endingOf(started, options);
        if (ending.state !== before.state || started.calls.length > 0) effects += 1;
        return ending;
      },
      { maxSchedules },
    );
    const [failure] = report.failures;
    if (failure) throw new RaceError(`Not even one after the other: ${failure.message}`);
    const endings = report.outcomes.map(({ value }) => value);
    const thrown = endings[0]?.calls.find((call) => THROWN.test(call));
    if (
      thrown !== undefined &&
      endings.every(({ calls }) => calls.some((call) => THROWN.test(call)))
    )
      throw new RaceError(`Not even one after the other: ${thrown}. What do the stubs answer?`);
    result.push({ name: order.map((index) => NAMES[index]).join(" then "), endings });
  }
  if (effects === 0)
    throw new RaceError(
      "The activations call nothing and change no state: does the update lead to the code in question?",
    );
  return result;
}

const THROWN = /^[AB] throws /;

function endingOf(
  bot: BotRun,
  { state, comparesMessages = state === undefined }: SerializableOptions,
): Ending {
  return {
    state: state === undefined ? "" : inspect(state(bot), { depth: 8, sorted: true }),
    calls: bot.calls
      .filter(({ isMessage }) => comparesMessages || !isMessage)
      .map(({ text }) => text)
      .sort(),
  };
}

/** The same state, and no call more often: who is turned away calls less, and that is right. */
function isWithin(ending: Ending, order: Ending): boolean {
  if (ending.state !== order.state) return false;
  const left = [...order.calls];
  return ending.calls.every((call) => {
    const index = left.indexOf(call);
    if (index < 0) return false;
    left.splice(index, 1);
    return true;
  });
}

/** The endings side by side, without the calls that they have in common. */
function describe(ending: Ending, orders: readonly Order[]): string {
  const first = orders.map(({ name, endings: [one] }) => ({ name, ...(one ?? ending) }));
  const shown = [{ name: "at once", ...ending }, ...first];
  const width = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map(({ name, state, calls }) => {
    const own = differing(calls, shown).map(short);
    const parts = [...(state === "" ? [] : [state]), ...(own.length === 0 ? [] : [own.join(", ")])];
    return `  ${name.padEnd(width)}  ${parts.length === 0 ? "nothing else" : parts.join("; ")}`;
  });
  const claim =
    orders.length === 1
      ? "The end depends on the order in which I/O completes."
      : "Two activations at once end as no sequential order does.";
  return [claim, ...lines].join("\n");
}

/** Arguments may be whole objects: the name and the beginning tell calls apart for a reader. */
function short(call: string): string {
  return call.length <= LONGEST_CALL ? call : `${call.slice(0, LONGEST_CALL)}...)`;
}

function differing(calls: readonly string[], all: readonly Ending[]): string[] {
  const count = (list: readonly string[], call: string): number =>
    list.filter((one) => one === call).length;
  return calls.filter((call) => all.some((one) => count(one.calls, call) !== count(calls, call)));
}
