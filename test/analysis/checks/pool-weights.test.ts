// Tasks that take several slots: the static verdict, against what async-mutex's Semaphore does.
import { Semaphore } from "async-mutex";
import { expect, test } from "vitest";
import { explorePools, type PoolSystem } from "../../../src/analysis/checks/pool-states.ts";

/** An outer task that waits for an inner one of the same pool. */
function nested(size: number, outer: number, inner: number): PoolSystem {
  return {
    pools: [{ size, overflow: "queue", nested: "queue" }],
    tasks: [
      { pool: 0, slots: inner, steps: [] },
      { pool: 0, slots: outer, steps: [{ children: [0], isWaited: true }] },
    ],
  };
}

async function ends(
  size: number,
  outer: number,
  inner: number,
  arrivals: number,
): Promise<boolean> {
  const slots = new Semaphore(size);
  let ended = 0;
  for (let update = 0; update < arrivals; update += 1)
    void slots
      .runExclusive(async () => {
        await Promise.resolve();
        await slots.runExclusive(() => Promise.resolve(), inner);
      }, outer)
      .then(() => (ended += 1));
  // Nothing in it waits for anything but microtasks: after a turn of the event loop all that can end has ended.
  await new Promise((resolve) => setImmediate(resolve));
  return ended === arrivals;
}

test.each([
  { size: 3, outer: 1, inner: 3, arrivals: 1, verdict: "deadlock" },
  { size: 3, outer: 2, inner: 1, arrivals: 1, verdict: "free" },
  // One slot is free, but the second outer task, which wants two, stands in line before the inner one.
  { size: 3, outer: 2, inner: 1, arrivals: 2, verdict: "deadlock" },
  { size: 4, outer: 2, inner: 2, arrivals: 1, verdict: "free" },
  { size: 4, outer: 2, inner: 2, arrivals: 2, verdict: "deadlock" },
  { size: 5, outer: 2, inner: 1, arrivals: 2, verdict: "free" },
])(
  "$size slots, $outer around $inner, $arrivals at once: $verdict",
  async ({ size, outer, inner, arrivals, verdict }) => {
    const all = Array.from({ length: arrivals }, () => 1);
    expect(explorePools(nested(size, outer, inner), all)).toBe(verdict);
    expect(await ends(size, outer, inner, arrivals)).toBe(verdict === "free");
  },
);
