import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ANY_KEY,
  atomOf,
  covers,
  FRESH_KEY,
  isConstant,
  keyOf,
  mayMeet,
  memberKey,
  substituteKey,
  type Atom,
} from "../../../src/analysis/flow/key.ts";
import { describeKey } from "../../../src/analysis/flow/place.ts";
import { atom, constantKey, fn, key, knownKey } from "./arbitrary.ts";

const parameter = (index: number, path = ""): Atom =>
  atomOf({ kind: "parameter", fn, index }, path);
const chat = keyOf([parameter(0, ".chat.id")]);
const user = keyOf([parameter(0, ".from.id")]);

describe("mayMeet", () => {
  test("is symmetric", () => {
    fc.assert(fc.property(key, key, (a, b) => mayMeet(a, b) === mayMeet(b, a)));
  });
  test("a key meets itself unless it is new in each activation", () => {
    fc.assert(fc.property(key, (a) => mayMeet(a, a) === !a.isFresh));
  });
  test("two constants meet when they are equal", () => {
    fc.assert(
      fc.property(constantKey, constantKey, (a, b) => mayMeet(a, b) === (a.text === b.text)),
    );
  });
  test("a constant and something computed may be equal", () => {
    fc.assert(fc.property(constantKey, atom, (a, b) => mayMeet(a, keyOf([b]))));
  });
  test("any key meets all but the fresh", () => {
    fc.assert(fc.property(key, (a) => mayMeet(ANY_KEY, a) === !a.isFresh));
  });
  test.each([
    ["user:1 and cart:1", keyOf(["user:", parameter(0)]), keyOf(["cart:", parameter(0)]), false],
    ["user:1 and user:2", keyOf(["user:", parameter(0)]), keyOf(["user:", parameter(1)]), true],
    [
      "(chat, day) and (chat, round)",
      keyOf([parameter(0), "day"]),
      keyOf([parameter(0), "round"]),
      false,
    ],
    ["keys of other lengths", keyOf(["a", parameter(0)]), keyOf([parameter(0)]), true],
  ])("%s", (_name, a, b, expected) => {
    expect(mayMeet(a, b)).toBe(expected);
  });
});

describe("substituteKey", () => {
  test("leaves a key alone that has nothing to replace", () => {
    fc.assert(fc.property(key, (a) => substituteKey(a, () => null) === a));
  });
  test("an atom replaced by itself gives an equal key", () => {
    fc.assert(
      fc.property(
        knownKey,
        (a) => substituteKey(a, (part) => keyOf([atomOf(part.root, "")])).text === a.text,
      ),
    );
  });
  test("puts the argument's path below the parameter's", () => {
    const given = keyOf([parameter(1, ".message")]);
    expect(substituteKey(keyOf(["u:", parameter(0, ".from")]), () => given).text).toBe(
      keyOf(["u:", parameter(1, ".message.from")]).text,
    );
  });
  test("a constant that is passed makes a constant", () => {
    expect(substituteKey(keyOf(["u:", parameter(0)]), () => keyOf(["x"])).parts).toEqual([
      "u:",
      "x",
    ]);
  });
  test("a path below a compound is unknown, though equal to itself", () => {
    const compound = keyOf(["u:", parameter(1)]);
    const below = substituteKey(keyOf([parameter(0, ".id")]), () => compound);
    expect(isConstant(below)).toBe(false);
    expect(below.text).toBe(substituteKey(keyOf([parameter(0, ".id")]), () => compound).text);
    expect(below.text).not.toBe(substituteKey(keyOf([parameter(0, ".key")]), () => compound).text);
  });
  test("what a fresh key is part of is fresh", () => {
    expect(substituteKey(keyOf(["u:", parameter(0)]), () => FRESH_KEY).isFresh).toBe(true);
  });
});

describe("memberKey", () => {
  test("names a member of a key that is one atom", () => {
    expect(memberKey(keyOf([parameter(0, ".from")]), "id")?.text).toBe(user.text);
  });
  test("constants and compounds have no members", () => {
    expect(memberKey(keyOf(["a"]), "id")).toBeNull();
    expect(memberKey(keyOf(["a", parameter(0)]), "id")).toBeNull();
    expect(memberKey(keyOf([]), "id")).toBeNull();
  });
  test("an update's own id is new in each activation", () => {
    expect(memberKey(keyOf([parameter(0, ".update")]), "update_id")?.isFresh).toBe(true);
    expect(memberKey(keyOf([parameter(0, ".update")]), "id")?.isFresh).toBe(false);
  });
  test("ends, also for a member of itself", () => {
    let deep = memberKey(keyOf([parameter(0)]), "next");
    let depth = 1;
    for (; deep && depth < 1_000; depth += 1) deep = memberKey(deep, "next");
    expect(deep).toBeNull();
    expect(depth).toBeLessThan(100);
  });
});

describe("covers: equal location keys imply equal lock keys", () => {
  const lock = (prefix: string, part: Atom) => keyOf([prefix, part]);
  const chatAtom = parameter(0, ".chat.id");
  const userAtom = parameter(0, ".from.id");

  test.each([
    ["the location's own key", lock("c:", chatAtom), lock("c:", chatAtom), true],
    ["one constant", keyOf(["all"]), keyOf(["all"]), true],
    ["two constants", keyOf(["a"]), keyOf(["b"]), false],
    ["a key that the location does not have", lock("u:", userAtom), lock("u:", userAtom), false],
    ["built in two ways", lock("c:", chatAtom), lock("chat:", chatAtom), false],
    [
      "more than the location's key",
      keyOf([chatAtom, userAtom]),
      keyOf([chatAtom, userAtom]),
      false,
    ],
  ])("%s", (_name, a, b, expected) => {
    expect(covers(a, [chat], b, [chat])).toBe(expected);
  });

  test("each activation names its keys in its own way", () => {
    const other = parameter(1, ".channel");
    expect(covers(lock("c:", chatAtom), [chat], lock("c:", other), [keyOf([other])])).toBe(true);
    expect(
      covers(lock("c:", chatAtom), [chat, user], lock("c:", other), [
        keyOf([userAtom]),
        keyOf([other]),
      ]),
    ).toBe(false);
  });

  test("is symmetric", () => {
    const keys = fc.array(knownKey, { maxLength: 3 });
    fc.assert(
      fc.property(knownKey, keys, knownKey, keys, (a, placeA, b, placeB) => {
        expect(covers(a, placeA, b, placeB)).toBe(covers(b, placeB, a, placeA));
      }),
    );
  });

  test("a covering lock has equal values wherever the location's have", () => {
    // Activation B names everything by another function's parameter; the values are the same.
    const renamed = (part: Atom): Atom => atomOf({ kind: "site", id: part.id }, "");
    fc.assert(
      fc.property(knownKey, fc.array(knownKey, { maxLength: 3 }), (a, placeA) => {
        const b = keyOf(a.parts.map((part) => (typeof part === "string" ? part : renamed(part))));
        const placeB = placeA.map((one) =>
          keyOf(one.parts.map((part) => (typeof part === "string" ? part : renamed(part)))),
        );
        const named = new Set(
          placeA.flatMap((one) => one.parts.map((p) => (typeof p === "string" ? "" : p.id))),
        );
        const isBuiltFromPlace = a.parts.every(
          (part) => typeof part === "string" || named.has(part.id),
        );
        expect(covers(a, placeA, b, placeB)).toBe(isBuiltFromPlace);
      }),
    );
  });
});

test("a key in words", () => {
  expect(describeKey(chat)).toBe("chat.id");
  expect(describeKey(keyOf(["cart:", parameter(0, ".message.from.id")]))).toBe("cart:from.id");
  expect(describeKey(keyOf([parameter(1)]))).toBe("b");
  expect(describeKey(ANY_KEY)).toBe("…");
});
