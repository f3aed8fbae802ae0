/**
 * The testing kit.
 *
 * `explore(program, options)` runs a program in every order in which its I/O can complete. In one
 * Node process that order is the only thing that is not determined: code between two suspension
 * points runs to completion, and microtasks run in a fixed order.
 *
 * ```ts
 * const report = await explore(async ({ io, invariant }) => {
 *   let balance = 0;
 *   const deposit = async (name: string, amount: number) => {
 *     const read = await io(`${name} reads`, () => balance);
 *     await io(`${name} writes`, () => { balance = read + amount; });
 *   };
 *   await Promise.all([deposit("A", 10), deposit("B", 100)]);
 *   if (balance !== 110) throw new Error(`money lost: ${balance}`);
 *   return balance;
 * }, { maxSchedules: 1000, seed: 1 });
 *
 * report.verdicts;     // { ok: 2, error: 4, ... }
 * report.failures[0];  // { verdict, message, error, trace: ["A reads", "B reads", ...], replay: "0.1.0" }
 * report.outcomes;     // [{ value, schedules, trace, replay }], one for each value returned
 * await explore(program, { replay: report.failures[0].replay });   // exactly that schedule again
 * ```
 *
 * Every timer, request and file of the program must go through `io(label, effect)`, or through
 * `run.bot`, a Bot API whose calls do. A wait that does not is a verdict of its own
 * (`"uninstrumented"`), never `"deadlock"`. Calls of `runAsync` functions go to `run.pool`, which is
 * new for each schedule, as are the keys of `sequential`; state of the program must be made inside
 * it. Not covered: worker threads, and the order of two completions that one poll of the event loop
 * delivers together.
 */
export {
  explore,
  type ExploreOptions,
  type ExploreReport,
  type Failure,
  type Outcome,
  type Verdict,
} from "./explore.ts";
export { FakeBotApi, type BotApiCall, type FakeBotApiOptions, type Fault } from "./fake-bot-api.ts";
export { FakeClock } from "./fake-clock.ts";
export { isolate, type IsolatedBot, type IsolateOptions } from "./isolation/isolate.ts";
export type { BotRun, HandlerName, UpdateParts } from "./isolation/bot-run.ts";
export type { Compile } from "./isolation/compile.ts";
export type { Answers, RecordedCall } from "./isolation/outside.ts";
export {
  memoryTable,
  type MemoryTable,
  type MemoryTableOptions,
} from "./isolation/memory-table.ts";
export {
  assertSerializable,
  type ActivationOptions,
  type Ending,
  type SerializableOptions,
} from "./serializable.ts";
export type { ScheduleRun } from "./stage.ts";
export { messageUpdate, rawMessage, type MessageParts } from "./updates.ts";
