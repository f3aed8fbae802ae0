import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeOf, type Place } from "../../../src/analysis/flow/place.ts";
import {
  isSameState,
  joinStates,
  State,
  type Check,
  type Suspension,
} from "../../../src/analysis/flow/state.ts";
import type { HeldLock, Read } from "../../../src/analysis/flow/value.ts";
import { file } from "./arbitrary.ts";

const site = { file, node: file.ast };
const pauses: Suspension[] = [{ site }, { site }];
const NAMES = ["a", "b", "c"] as const;
const location = (name: string): Place => placeOf({ kind: "this" }, [{ kind: "field", name }]);
const read = (name: string): Read => ({
  id: name,
  place: location(name),
  site,
  chain: [],
  locks: [],
  isExternal: false,
});
const held = (name: string): HeldLock => ({
  lock: { id: name, name, place: null, keys: [] },
  acquisition: name,
  site,
});

const staleness = fc.constantFrom(null, ...pauses);
const check: fc.Arbitrary<Check> = fc
  .tuple(fc.constantFrom(...NAMES), fc.boolean())
  .map(([name, side]) => ({
    read: read(name),
    outcome: side ? "present" : "absent",
    site,
    id: name,
    side,
    isIteration: false,
  }));

const liveState: fc.Arbitrary<State> = fc
  .record({
    reads: fc.dictionary(fc.constantFrom(...NAMES), staleness),
    checks: fc.uniqueArray(check, { selector: ({ id, side }) => `${id}${String(side)}` }),
    claims: fc.subarray([...NAMES]),
    locks: fc.subarray([...NAMES]),
    stored: fc.dictionary(fc.constantFrom(...NAMES), staleness),
    suspended: staleness,
  })
  .map(({ reads, checks, claims, locks, stored, suspended }) => {
    const state = new State();
    for (const [name, stale] of Object.entries(reads)) state.reads.set(name, stale);
    state.checks = checks;
    state.claims = claims.map((name) => ({ place: location(name), site, isRemoval: false }));
    state.locks = locks.map(held);
    for (const [name, since] of Object.entries(stored))
      state.stored.set(name, { place: location(name), site, suspended: since, isUpdateData: true });
    state.suspended = suspended;
    return state;
  });
const anyState = fc.oneof(
  { arbitrary: liveState, weight: 9 },
  { arbitrary: fc.constant(State.dead()), weight: 1 },
);

/** What holds in a state, whichever of several suspensions is named as the reason. */
function facts(state: State): unknown {
  return {
    isDead: state.isDead,
    reads: [...state.reads].map(([name, stale]) => `${name} ${stale ? "stale" : "fresh"}`).sort(),
    checks: state.checks.map(({ id, side }) => `${id} ${String(side)}`).sort(),
    claims: state.claims.map(({ place }) => place.id).sort(),
    locks: state.locks.map(({ acquisition }) => acquisition).sort(),
    stored: [...state.stored]
      .map(([name, own]) => `${name} ${own.suspended ? "old" : "new"}`)
      .sort(),
    hasSuspended: state.suspended !== null,
  };
}

describe("where two paths meet", () => {
  test("joining is idempotent", () => {
    fc.assert(
      fc.property(anyState, (a) => {
        expect(facts(joinStates(a, a.clone()))).toEqual(facts(a));
      }),
    );
  });
  test("joining is commutative", () => {
    fc.assert(
      fc.property(anyState, anyState, (a, b) => {
        expect(facts(joinStates(a, b))).toEqual(facts(joinStates(b, a)));
      }),
    );
  });
  test("joining is associative", () => {
    fc.assert(
      fc.property(anyState, anyState, anyState, (a, b, c) => {
        expect(facts(joinStates(joinStates(a, b), c))).toEqual(
          facts(joinStates(a, joinStates(b, c))),
        );
      }),
    );
  });
  test("a path that does not arrive says nothing", () => {
    fc.assert(
      fc.property(liveState, (a) => {
        expect(facts(joinStates(a, State.dead()))).toEqual(facts(a));
        expect(facts(joinStates(State.dead(), a))).toEqual(facts(a));
      }),
    );
  });
  test("stale on any path is stale; a check, claim or lock holds only on both", () => {
    fc.assert(
      fc.property(liveState, liveState, (a, b) => {
        const joined = joinStates(a, b);
        for (const name of NAMES) {
          const isStale = [a, b].some((state) => state.staleness(read(name)));
          expect(joined.staleness(read(name)) !== null).toBe(isStale);
        }
        for (const list of ["claims", "locks", "checks"] as const)
          expect(joined[list].length).toBeLessThanOrEqual(Math.min(a[list].length, b[list].length));
      }),
    );
  });
  test("the two outcomes of one test cancel each other", () => {
    const [whenTrue, whenFalse] = [true, false].map((side) => {
      const state = new State();
      state.checks = [
        { read: read("a"), outcome: "other", site, id: "t", side, isIteration: false },
      ];
      return state;
    }) as [State, State];
    expect(joinStates(whenTrue, whenFalse).checks).toEqual([]);
  });
  test("the originals stay as they are", () => {
    fc.assert(
      fc.property(liveState, liveState, (a, b) => {
        const before = [facts(a), facts(b)];
        joinStates(a, b).suspend({ site });
        expect([facts(a), facts(b)]).toEqual(before);
      }),
    );
  });
});

describe("a loop ends", () => {
  test("when joining its end to its entry adds nothing", () => {
    fc.assert(fc.property(liveState, (a) => isSameState(a, joinStates(a, a.clone()))));
  });
  test("and not before", () => {
    fc.assert(
      fc.property(liveState, liveState, (entry, end) => {
        const joined = joinStates(entry, end);
        if (isSameState(entry, joined))
          expect((facts(joined) as { reads: unknown }).reads).toEqual(
            (facts(entry) as { reads: unknown }).reads,
          );
      }),
    );
  });
});

test("a suspension makes every read stale, and keeps the first reason", () => {
  const state = new State();
  state.reads.set("a", null);
  const [first, second] = pauses as [Suspension, Suspension];
  state.suspend(first);
  state.reads.set("b", null);
  state.suspend(second);
  expect(state.staleness(read("a"))).toBe(first);
  expect(state.staleness(read("b"))).toBe(second);
  expect(state.suspended).toBe(first);
  expect(state.staleness(read("never made"))).toBeNull();
});
