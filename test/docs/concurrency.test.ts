// What the guide on concurrency says of the deadlock, in every order in which the messages can complete.
import { describe, expect, test } from "vitest";
import { runAsync, type PoolOptions } from "../../src/runtime/index.ts";
import { explore, type ExploreReport } from "../../src/runtime/testing/index.ts";

/** `parent` submits two children, each child a grandchild; nobody asks for a result. */
const submitFamily = (
  overflow: NonNullable<PoolOptions["overflow"]>,
): Promise<ExploreReport<void>> =>
  explore(
    async ({ io, pool }) => {
      const grandchild = runAsync(() => io("grandchild"), { name: "grandchild" });
      const child = runAsync(async () => {
        await io("child");
        grandchild();
      });
      const parent = runAsync(() => {
        child();
        child();
      });
      parent();
      await pool.onIdle();
    },
    { pool: { workers: 2, overflow } },
  );

describe("tasks that submit tasks and wait for none of them", () => {
  test("end when a submission does not wait for a slot", async () => {
    const { verdicts, schedules, isExhaustive } = await submitFamily("queue");
    expect(isExhaustive).toBe(true);
    expect(verdicts.ok).toBe(schedules);
  });

  test("deadlock when it does", async () => {
    const { verdicts, schedules, failures } = await submitFamily("block");
    expect(verdicts.deadlock).toBe(schedules);
    expect(failures[0]?.message).toMatch(/waits for a slot for grandchild/);
  });
});
