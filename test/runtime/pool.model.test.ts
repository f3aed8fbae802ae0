/** Random programs against a reference model, and small ones in every interleaving. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BoundedPool, type PoolOptions } from "../../src/runtime/index.ts";
import { explore } from "../../src/runtime/testing/index.ts";

/** A pool as an array and a set: what starts when, and with what outcome. */
interface Model {
  readonly workers: number;
  readonly maxQueue: number;
  line: number[];
  running: Set<number>;
  started: number[];
  outcomes: Map<number, string>;
}

interface Real {
  readonly pool: BoundedPool;
  readonly started: number[];
  readonly outcomes: Map<number, string>;
  readonly settlers: Map<number, (isFailure: boolean) => void>;
  readonly aborts: Map<number, AbortController>;
  count: number;
  most: number;
}

async function quiesce(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function startNext(model: Model): void {
  while (model.running.size < model.workers) {
    const next = model.line.shift();
    if (next === undefined) return;
    model.running.add(next);
    model.started.push(next);
  }
}

function expectEqual(model: Model, real: Real): void {
  expect(real.started).toEqual(model.started);
  expect(Object.fromEntries(real.outcomes)).toEqual(Object.fromEntries(model.outcomes));
  expect(real.pool.stats()).toMatchObject({
    running: model.running.size,
    queued: model.line.length,
  });
  expect(real.most).toBeLessThanOrEqual(model.workers);
}

type Command = fc.AsyncCommand<Model, Real>;

class Submit implements Command {
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const id = (real.count += 1);
    if (model.running.size >= model.workers && model.line.length >= model.maxQueue) {
      model.outcomes.set(id, "QueueFullError");
    } else {
      model.line.push(id);
      startNext(model);
    }
    const abort = new AbortController();
    real.aborts.set(id, abort);
    const body = () =>
      new Promise<string>((resolve, reject) => {
        real.started.push(id);
        real.most = Math.max(real.most, real.pool.stats().running);
        real.settlers.set(id, (isFailure) => {
          if (isFailure) reject(new Error("failed"));
          else resolve("done");
        });
      });
    real.pool.run(body, { signal: abort.signal }).then(
      (value) => real.outcomes.set(id, value),
      (error: unknown) => real.outcomes.set(id, (error as Error).name),
    );
    await quiesce();
    expectEqual(model, real);
  }
  toString = () => "submit";
}

class Settle implements Command {
  readonly index: number;
  readonly isFailure: boolean;
  constructor(index: number, isFailure: boolean) {
    this.index = index;
    this.isFailure = isFailure;
  }
  check = (model: Readonly<Model>) => model.running.size > 0;
  async run(model: Model, real: Real): Promise<void> {
    const id = [...model.running][this.index % model.running.size] ?? 0;
    model.running.delete(id);
    if (!model.outcomes.has(id)) model.outcomes.set(id, this.isFailure ? "Error" : "done");
    startNext(model);
    real.settlers.get(id)?.(this.isFailure);
    await quiesce();
    expectEqual(model, real);
  }
  toString = () => `settle ${String(this.index)} ${this.isFailure ? "with an error" : ""}`;
}

/** In line: the task leaves. Running: its waiter is answered, its slot stays taken. */
class Abort implements Command {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
  check = (model: Readonly<Model>) => model.line.length + model.running.size > 0;
  async run(model: Model, real: Real): Promise<void> {
    const candidates = [...model.running, ...model.line];
    const id = candidates[this.index % candidates.length] ?? 0;
    model.line = model.line.filter((other) => other !== id);
    if (!model.outcomes.has(id)) model.outcomes.set(id, "TaskAbortedError");
    real.aborts.get(id)?.abort();
    await quiesce();
    expectEqual(model, real);
  }
  toString = () => `abort ${String(this.index)}`;
}

test.each<PoolOptions>([
  { detectDeadlocks: "off" },
  { detectDeadlocks: "report" },
  { nested: "inherit", overflow: "block" },
])(
  "random commands agree with the model (%o)",
  async (options) => {
    const commands = fc.commands(
      [
        fc.constant(new Submit()),
        fc
          .tuple(fc.nat(20), fc.boolean())
          .map(([index, isFailure]) => new Settle(index, isFailure)),
        fc.nat(20).map((index) => new Abort(index)),
      ],
      { maxCommands: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 6 }),
        commands,
        async (workers, maxQueue, run) => {
          const setup = () => ({
            model: {
              workers,
              maxQueue,
              line: [],
              running: new Set<number>(),
              started: [],
              outcomes: new Map<number, string>(),
            },
            real: {
              pool: new BoundedPool({ workers, maxQueue, ...options }),
              started: [],
              outcomes: new Map<number, string>(),
              settlers: new Map<number, (isFailure: boolean) => void>(),
              aborts: new Map<number, AbortController>(),
              count: 0,
              most: 0,
            },
          });
          await fc.asyncModelRun(setup, run);
        },
      ),
      { numRuns: 60 },
    );
  },
  20_000,
);

/** A task that does some steps, submits children, waits for them in a way, and does some more. */
interface Node {
  readonly before: number;
  readonly waits: "all" | "allSettled" | "race" | "one by one";
  readonly children: readonly Node[];
  readonly after: number;
}

function tree(depth: number): fc.Arbitrary<Node> {
  return fc.record({
    before: fc.nat(2),
    waits: fc.constantFrom(
      "all" as const,
      "allSettled" as const,
      "race" as const,
      "one by one" as const,
    ),
    children: depth === 0 ? fc.constant([]) : fc.array(tree(depth - 1), { maxLength: 3 }),
    after: fc.nat(2),
  });
}

interface Census {
  active: number;
  most: number;
  finished: number;
}

/** Active is who runs code or I/O of its own; a parent that waits for its children is not. */
async function perform(
  node: Node,
  pool: BoundedPool,
  step: () => Promise<unknown>,
  census: Census,
): Promise<void> {
  const enter = (): void => {
    census.active += 1;
    census.most = Math.max(census.most, census.active);
  };
  enter();
  for (let i = 0; i < node.before; i++) await step();
  if (node.children.length > 0) {
    const children = node.children.map((child) =>
      pool.run(() => perform(child, pool, step, census)),
    );
    census.active -= 1;
    if (node.waits === "race") await Promise.race(children);
    else if (node.waits === "all") await Promise.all(children);
    else if (node.waits === "allSettled") await Promise.allSettled(children);
    else for (const child of children) await child;
    enter();
  }
  for (let i = 0; i < node.after; i++) await step();
  census.active -= 1;
  census.finished += 1;
}

function size(node: Node): number {
  return 1 + node.children.reduce((sum, child) => sum + size(child), 0);
}

describe('nested: "inherit"', () => {
  test("random trees with all and race end, and the bound holds", async () => {
    const programs = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.array(tree(3), { minLength: 1, maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(programs, fc.scheduler(), async ([workers, roots], scheduler) => {
        const pool = new BoundedPool({ workers, nested: "inherit" });
        const census = { active: 0, most: 0, finished: 0 };
        const step = () => scheduler.schedule(Promise.resolve());
        for (const root of roots) void pool.run(() => perform(root, pool, step, census));
        await scheduler.waitFor(pool.onIdle()); // fails when it hangs
        expect(census.finished).toBe(roots.reduce((sum, root) => sum + size(root), 0));
        expect(census.most).toBeLessThanOrEqual(workers);
        expect(pool.stats()).toMatchObject({ running: 0, queued: 0 });
      }),
      { numRuns: 300 },
    );
  }, 20_000);

  test.each<[string, number, Node[]]>([
    ["a race of three on one worker", 1, [branch("race", leaf(1), leaf(2), leaf(1))]],
    [
      "two races on two workers",
      2,
      [branch("race", leaf(1), leaf(1)), branch("race", leaf(1), leaf(1))],
    ],
    ["all over races", 2, [branch("all", branch("race", leaf(1), leaf(1)), leaf(1)), leaf(1)]],
  ])("%s: in every interleaving", async (_name, workers, roots) => {
    const report = await explore(
      async ({ io, invariant, pool }) => {
        const census = { active: 0, most: 0, finished: 0 };
        invariant(() => census.most <= workers, "the bound");
        for (const root of roots)
          void pool.run(() => perform(root, pool, () => io("step"), census));
        await pool.onIdle();
        return census.finished;
      },
      { pool: { workers, nested: "inherit" }, maxSchedules: 3000 },
    );
    expect(report.verdicts).toEqual({
      ok: report.schedules,
      violation: 0,
      error: 0,
      deadlock: 0,
      uninstrumented: 0,
    });
    expect(report.outcomes).toHaveLength(1);
  });
});

function leaf(steps: number): Node {
  return { before: steps, waits: "all", children: [], after: 0 };
}

function branch(waits: Node["waits"], ...children: Node[]): Node {
  return { before: 1, waits, children, after: 1 };
}
