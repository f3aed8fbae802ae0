import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  BoundedPool,
  JobQueue,
  runAsync,
  Updater,
  type JobCallback,
} from "../../src/runtime/index.ts";
import { FakeClock } from "../../src/runtime/testing/index.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
let clock: FakeClock;
let updater: Updater;
let errors: unknown[];

beforeEach(() => {
  clock = new FakeClock("2026-03-01T12:00:00Z");
  updater = new Updater({ source: (async function* () {})() });
  errors = [];
  updater.dispatcher.addErrorHandler((update, context) => {
    errors.push([update, context.error]);
  });
});
afterEach(async () => {
  await updater.stop({ deadline: 100 });
});

/** A job whose runs end when told to. */
function slowJob(): { callback: JobCallback; runs: { end: () => void; signal: AbortSignal }[] } {
  const runs: { end: () => void; signal: AbortSignal }[] = [];
  const callback: JobCallback = ({ signal }) =>
    new Promise<void>((end) => {
      runs.push({ end, signal });
    });
  return { callback, runs };
}

test("runOnce: seconds from now, or a moment; then it is gone", async () => {
  const jobs = new JobQueue(updater, { clock });
  const log: string[] = [];
  jobs.runOnce(() => log.push("in 5 s"), 5, { name: "five" });
  jobs.runOnce(() => log.push("at noon and 2 s"), new Date("2026-03-01T12:00:02Z"));
  jobs.runOnce(() => log.push("past"), new Date("2020-01-01"));
  expect(jobs.jobsByName("five")[0]?.nextRun).toBe(clock.now() + 5 * SECOND);
  await clock.advance(0);
  expect(log).toEqual(["past"]);
  await clock.advance(10 * SECOND);
  expect(log).toEqual(["past", "at noon and 2 s", "in 5 s"]);
  expect(jobs.jobs).toEqual([]);
});

test("runOnce further away than a timer reaches", async () => {
  const jobs = new JobQueue(updater, { clock });
  let runs = 0;
  jobs.runOnce(() => (runs += 1), 60 * 24 * 3600);
  await clock.advance(59 * 24 * HOUR);
  expect(runs).toBe(0);
  await clock.advance(2 * 24 * HOUR);
  expect(runs).toBe(1);
});

test("runRepeating: first, then every interval, until it is removed", async () => {
  const jobs = new JobQueue(updater, { clock });
  const at: number[] = [];
  const job = jobs.runRepeating(() => at.push(clock.monotonic() / SECOND), {
    interval: 10,
    first: 1,
  });
  await clock.advance(25 * SECOND);
  expect(at).toEqual([1, 11, 21]);
  job.remove();
  await clock.advance(60 * SECOND);
  expect(at).toHaveLength(3);
  expect(jobs.jobs).toEqual([]);
});

test("a job may remove itself; its signal tells a running one", async () => {
  const jobs = new JobQueue(updater, { clock });
  let runs = 0;
  let wasAborted: boolean | undefined;
  jobs.runRepeating(
    ({ job, signal }) => {
      runs += 1;
      job.remove();
      wasAborted = signal.aborted;
    },
    { interval: 1 },
  );
  await clock.advance(5 * SECOND);
  expect(runs).toBe(1);
  expect(wasAborted).toBe(true);
});

describe("overlap", () => {
  test("skip: due times during a run are left out", async () => {
    const jobs = new JobQueue(updater, { clock });
    const { callback, runs } = slowJob();
    jobs.runRepeating(callback, { interval: 1 });
    await clock.advance(3 * SECOND);
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await clock.advance(1 * SECOND);
    expect(runs).toHaveLength(2);
    runs[1]?.end();
  });

  test("queue: they follow one after another", async () => {
    const jobs = new JobQueue(updater, { clock });
    const { callback, runs } = slowJob();
    const job = jobs.runRepeating(callback, { interval: 1, overlap: "queue" });
    await clock.advance(3 * SECOND);
    expect(runs).toHaveLength(1);
    for (let i = 0; i < 2; i++) {
      runs[i]?.end();
      await clock.advance(0);
      expect(runs).toHaveLength(i + 2);
    }
    job.remove();
    runs[2]?.end();
  });

  test("abort: the running one is told, the next starts when it has settled", async () => {
    const jobs = new JobQueue(updater, { clock });
    const { callback, runs } = slowJob();
    const job = jobs.runRepeating(callback, { interval: 1, overlap: "abort" });
    await clock.advance(3 * SECOND);
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true]);
    runs[0]?.end();
    await clock.advance(0);
    expect(runs.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    job.remove();
    runs[1]?.end();
  });
});

test("errors go to the error handlers, with no update, and the job goes on", async () => {
  const jobs = new JobQueue(updater, { clock });
  let runs = 0;
  jobs.runRepeating(
    () => {
      runs += 1;
      throw new Error(`run ${String(runs)}`);
    },
    { interval: 1 },
  );
  await clock.advance(2 * SECOND);
  expect(errors).toEqual([
    [undefined, new Error("run 1")],
    [undefined, new Error("run 2")],
  ]);
});

test("jobs run on a pool of their own, unless they share one; runAsync calls go to the Updater's", async () => {
  let settled = 0;
  const work = runAsync(() => (settled += 1));
  const own = new JobQueue(updater, { clock });
  own.runOnce(async () => {
    await work().result;
  }, 1);
  await clock.advance(1 * SECOND);
  expect(settled).toBe(1);
  expect(updater.pool.stats().settled).toBe(1);
  const pool = new BoundedPool();
  new JobQueue(updater, { clock, pool }).runOnce(() => undefined, 1);
  await clock.advance(1 * SECOND);
  expect(pool.stats().settled).toBe(1);
});

test("stop of the Updater removes the jobs and waits for a running one", async () => {
  const jobs = new JobQueue(updater, { clock });
  const { callback, runs } = slowJob();
  jobs.runRepeating(callback, { interval: 1 });
  await clock.advance(1 * SECOND);
  const stopped = updater.stop();
  let hasStopped = false;
  void stopped.then(() => (hasStopped = true));
  await vi.waitFor(() => {
    expect(runs[0]?.signal.aborted).toBe(true);
  });
  expect(hasStopped).toBe(false);
  runs[0]?.end();
  await stopped;
  expect(clock.pending).toBe(0);
});

describe("runDaily", () => {
  test("at the time of a zone, on the days asked for", async () => {
    const jobs = new JobQueue(updater, { clock });
    const at: string[] = [];
    const note = () => at.push(new Date(clock.now()).toISOString());
    // 2026-03-01 is a Sunday
    jobs.runDaily(note, { time: "09:30", days: [1, 3], timeZone: "Europe/Vienna" });
    await clock.advance(8 * 24 * HOUR);
    expect(at).toEqual([
      "2026-03-02T08:30:00.000Z",
      "2026-03-04T08:30:00.000Z",
      "2026-03-09T08:30:00.000Z",
    ]);
  });

  test("a wall clock that is set back does not run a day twice; set forward, it runs late", async () => {
    const jobs = new JobQueue(updater, { clock });
    let runs = 0;
    jobs.runDaily(() => (runs += 1), { time: "12:30", timeZone: "UTC" });
    await clock.advance(31 * 60 * SECOND);
    expect(runs).toBe(1);
    clock.jump("2026-03-01T12:10:00Z");
    await clock.advance(60 * 60 * SECOND);
    expect(runs).toBe(1);
    clock.jump("2026-03-02T18:00:00Z");
    await clock.advance(2 * 60 * SECOND);
    expect(runs).toBe(2);
  });

  test.each(["24:00", "9", "12:60", "noon"])("refuses the time %s", (time) => {
    const jobs = new JobQueue(updater, { clock });
    expect(() => jobs.runDaily(() => undefined, { time })).toThrow(RangeError);
  });

  test("refuses wrong days, zones and intervals", () => {
    const jobs = new JobQueue(updater, { clock });
    const nothing = () => undefined;
    expect(() => jobs.runDaily(nothing, { time: "12:00", days: [7] })).toThrow(RangeError);
    expect(() => jobs.runDaily(nothing, { time: "12:00", timeZone: "Mars/Olympus" })).toThrow(
      RangeError,
    );
    expect(() => jobs.runRepeating(nothing, { interval: 0 })).toThrow(RangeError);
    expect(() => jobs.runOnce(nothing, new Date("never"))).toThrow(RangeError);
  });
});
