import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeOf, type Place } from "../../../src/analysis/flow/place.ts";
import {
  joinValues,
  mergePlaces,
  mergeReads,
  UNKNOWN,
  type Read,
  type Value,
} from "../../../src/analysis/flow/value.ts";
import { file } from "./arbitrary.ts";

const NAMES = ["a", "b", "c"] as const;
const site = { file, node: file.ast };
const location = (name: string): Place => placeOf({ kind: "this" }, [{ kind: "field", name }]);

/** Few evaluations of few places, several objects of each: as a loop makes them that goes round. */
const read: fc.Arbitrary<Read> = fc
  .record({ id: fc.constantFrom("1", "2"), name: fc.constantFrom(...NAMES), decides: fc.boolean() })
  .map(({ id, name, decides }) => ({
    id,
    place: location(name),
    site,
    chain: [],
    locks: [],
    isExternal: false,
    ...(decides ? { decides: "some" as const } : {}),
  }));
const reads = fc.array(read, { maxLength: 5 });
const places = fc
  .uniqueArray(fc.constantFrom(...NAMES), { maxLength: 3 })
  .map((names) => names.map(location));

/** What merging means: by evaluation and place, the last one that does not merely decide. */
function mergedByKey(lists: readonly (readonly Read[])[]): Read[] {
  const byKey = new Map<string, Read>();
  for (const item of lists.flat()) {
    const key = `${item.id} ${item.place.id}`;
    if (!byKey.has(key) || !item.decides) byKey.set(key, item);
  }
  return [...byKey.values()];
}

describe("merging reads", () => {
  test("each is there once, the last in the place of the first", () => {
    fc.assert(
      fc.property(reads, reads, reads, (a, b, c) => {
        fc.pre([a, b, c].filter((list) => list.length > 0).length > 1);
        const merged = mergeReads(a, b, c);
        const expected = mergedByKey([a, b, c]);
        expect(merged).toHaveLength(expected.length);
        for (const [index, item] of expected.entries()) expect(merged[index]).toBe(item);
      }),
    );
  });

  test("what has it all already is given back as it is", () => {
    fc.assert(
      fc.property(fc.uniqueArray(read, { selector: ({ id, place }) => id + place.id }), (list) => {
        fc.pre(list.length > 0);
        expect(mergeReads(list, [...list].reverse(), list.slice(1))).toBe(list);
      }),
    );
  });

  test("24 reads are kept of any number", () => {
    const many = Array.from({ length: 30 }, (_unused, index) => ({
      ...(fc.sample(read, 1)[0] as Read),
      id: String(index),
    }));
    expect(mergeReads(many.slice(0, 20), many.slice(15))).toEqual(many.slice(0, 24));
  });
});

const value: fc.Arbitrary<Value> = fc.record({
  reads: reads.map((list) => mergedByKey([list])),
  places,
  key: fc.constant(null),
  constant: fc.constantFrom(
    undefined,
    { text: "0", isTruthy: false },
    { text: "1", isTruthy: true },
  ),
});

describe("joining values", () => {
  test("a value joined with what adds nothing is the same object", () => {
    fc.assert(
      fc.property(value, (a) => {
        const again = { ...a, places: a.places.map(({ path, root }) => placeOf(root, path)) };
        expect(joinValues(a, again)).toBe(a);
      }),
    );
  });

  test("what either may be is all there", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const joined = joinValues(a, b);
        expect(joined.reads).toEqual(mergeReads(a.reads, b.reads));
        expect(new Set(joined.places.map(({ id }) => id))).toEqual(
          new Set([...a.places, ...b.places].map(({ id }) => id)),
        );
        expect(joined.constant).toEqual(
          a.constant?.text === b.constant?.text ? a.constant : undefined,
        );
      }),
    );
  });

  test("the opposite of a value is not what the two have in common", () => {
    const flipped: Value = { ...UNKNOWN, isFlipped: true };
    expect(joinValues(flipped, UNKNOWN).isFlipped).toBeUndefined();
  });
});

test("two lists of places that are not the same have each place once", () => {
  const [a, b, c] = NAMES.map(location) as [Place, Place, Place];
  expect(mergePlaces([a, b], [location("b"), c]).map(({ id }) => id)).toEqual([a.id, b.id, c.id]);
});
