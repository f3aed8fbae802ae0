import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANY_KEY, atomOf, keyOf } from "../../../src/analysis/flow/key.ts";
import {
  describePlace,
  element,
  extend,
  field,
  includes,
  keysOf,
  meets,
  placeOf,
  type Place,
} from "../../../src/analysis/flow/place.ts";
import { FILES } from "../../../src/analysis/project/store-call.ts";
import { stores } from "../../../src/models/stores/index.ts";
import { fn, knownPlace, pathStep, place } from "./arbitrary.ts";

const id = (text: string): ReturnType<typeof element> => element(keyOf([text]));
const computed = element(keyOf([atomOf({ kind: "parameter", fn, index: 0 }, ".id")]));
const state = (...path: Place["path"][number][]): Place => placeOf({ kind: "this" }, path);

describe("meets", () => {
  test("is symmetric", () => {
    fc.assert(fc.property(place, place, (a, b) => meets(a, b) === meets(b, a)));
  });
  test("a place meets itself and what lies inside it", () => {
    fc.assert(
      fc.property(knownPlace, fc.array(pathStep), (a, steps) => {
        expect(meets(a, a)).toBe(true);
        expect(meets(a, extend(a, ...steps))).toBe(true);
      }),
    );
  });
  test("places of other roots are apart", () => {
    fc.assert(
      fc.property(place, (a) => !meets(a, placeOf({ kind: "local", id: "elsewhere" }, a.path))),
    );
  });
  test.each([
    ["two fields", state(field("a")), state(field("b")), false],
    ["a field and the whole", state(field("a")), state(), true],
    ["two constant keys", state(id("1")), state(id("2")), false],
    ["a constant and a computed key", state(id("1")), state(computed), true],
    ["a field and a computed name", state(field("a")), state(computed), false],
    ["a field and the same name in brackets", state(field("a")), state(id("a")), true],
    ["a field and another name in brackets", state(field("a")), state(id("b")), false],
    ["fields below keys", state(computed, field("a")), state(id("1"), field("b")), false],
  ])("%s", (_name, a, b, expected) => {
    expect(meets(a, b)).toBe(expected);
  });
  test("paths that are put together in two ways are two files", () => {
    const root = { kind: "store", id: FILES, name: "files", model: null } as const;
    const path = (folder: string): Place =>
      placeOf(root, [element(keyOf([folder, atomOf({ kind: "parameter", fn, index: 0 }, ".id")]))]);
    expect(meets(path("carts/"), path("carts/"))).toBe(true);
    expect(meets(path("carts/"), path("users/"))).toBe(false);
    expect(meets(path("carts/"), placeOf(root, [computed]))).toBe(false);
  });
  test("a column and an element of a store's row are not told apart", () => {
    const root = { kind: "store", id: "kv", name: "kv", model: null } as const;
    expect(meets(placeOf(root, [field("a")]), placeOf(root, [computed]))).toBe(true);
  });
});

describe("includes", () => {
  test("is a partial order", () => {
    fc.assert(
      fc.property(place, place, place, (a, b, c) => {
        expect(includes(a, a)).toBe(true);
        if (includes(a, b) && includes(b, a)) expect(a.id).toBe(b.id);
        if (includes(a, b) && includes(b, c)) expect(includes(a, c)).toBe(true);
      }),
    );
  });
  test("what includes another meets it", () => {
    fc.assert(fc.property(knownPlace, knownPlace, (a, b) => !includes(a, b) || meets(a, b)));
  });
  test("holds for every extension", () => {
    fc.assert(fc.property(place, pathStep, (a, step) => includes(a, extend(a, step))));
  });
  test("compares whole names", () => {
    expect(includes(state(field("user")), state(field("username")))).toBe(false);
    expect(includes(state(field("user")), state(field("user"), field("name")))).toBe(true);
  });
});

describe("extend", () => {
  test("a path is cut, so that loops end", () => {
    let deep = state();
    for (let round = 0; round < 100; round += 1) deep = extend(deep, field("next"));
    expect(extend(deep, field("next")).id).toBe(deep.id);
  });
  test("an element of a list of rows is a row of the table", () => {
    const [model = null] = stores;
    const rows = placeOf({ kind: "store", id: "User", name: "User", model }, [element(ANY_KEY)]);
    expect(extend(rows, id("0")).path).toEqual(rows.path);
    expect(extend(rows, field("rows"), id("0"), field("name")).path).toEqual([
      ...rows.path,
      field("name"),
    ]);
    expect(extend(rows, computed).path).toEqual([computed]);
  });
  test("keys of a path, outermost first", () => {
    expect(keysOf(state(id("a"), field("b"), computed)).map((one) => one.text)).toEqual([
      '"a"',
      computed.kind === "element" ? computed.key.text : "",
    ]);
  });
});

test("a place in words", () => {
  expect(describePlace(state(field("carts"), computed))).toBe("this.carts[id]");
  expect(describePlace(placeOf({ kind: "parameter", fn, index: 0 }, [field("x")]))).toBe("a.x");
  expect(describePlace(placeOf({ kind: "parameter", fn, index: 7 }))).toBe("argument 8");
  expect(describePlace(placeOf({ kind: "local", id: "1" }))).toBe("a local object");
});
