// Random keys and places over a handful of names, so that they often meet.
import * as fc from "fast-check";
import { atomOf, FRESH_KEY, keyOf, type Atom, type Key } from "../../../src/analysis/flow/key.ts";
import {
  element,
  field,
  placeOf,
  type Place,
  type Root,
  type Step,
} from "../../../src/analysis/flow/place.ts";
import { parseFile } from "../../../src/analysis/project/parser.ts";
import type { FunctionNode } from "../../../src/analysis/syntax/ast.ts";
import type { SourceFile } from "../../../src/analysis/syntax/source-file.ts";

/** Fourteen variables: their numbers are prefixes of one another. */
const NAMES = Array.from({ length: 14 }, (_unused, index) => `v${String(index)}`);

export const file = parseFile(
  "/project/names.ts",
  `function f(a, b) {}\nlet ${NAMES.join(", ")};`,
) as SourceFile;
export const fn = file.functions[0] as FunctionNode;

const variables = file.scopes.scopes.flatMap((scope) =>
  scope.variables.filter(({ name }) => NAMES.includes(name)),
);

const atomRoot: fc.Arbitrary<Atom["root"]> = fc.oneof(
  fc.nat(1).map((index) => ({ kind: "parameter", fn, index }) as const),
  fc.constantFrom(...variables).map((variable) => ({ kind: "variable", variable }) as const),
  fc.constantFrom("1", "12").map((id) => ({ kind: "site", id }) as const),
  fc.constant({ kind: "this" } as const),
);

export const atom: fc.Arbitrary<Atom> = fc
  .tuple(atomRoot, fc.constantFrom("", ".id", ".from.id"))
  .map(([root, path]) => atomOf(root, path));

export const constantKey: fc.Arbitrary<Key> = fc
  .constantFrom("a", "b", "ab")
  .map((text) => keyOf([text]));

export const knownKey: fc.Arbitrary<Key> = fc.oneof(
  constantKey,
  fc
    .array(fc.oneof(fc.constantFrom("a", "b"), atom), { minLength: 1, maxLength: 3 })
    .map((parts) => keyOf(parts)),
);

export const key: fc.Arbitrary<Key> = fc.oneof(
  { arbitrary: knownKey, weight: 9 },
  { arbitrary: fc.constant(FRESH_KEY), weight: 1 },
);

const step = (inner: fc.Arbitrary<Key>): fc.Arbitrary<Step> =>
  fc.oneof(fc.constantFrom("a", "ab", "b").map(field), inner.map(element));

const root: fc.Arbitrary<Root> = fc.oneof(
  fc
    .constantFrom(...variables)
    .map((variable) => ({ kind: "variable", variable, file, owner: file.ast }) as const),
  fc
    .constantFrom("User", "Users")
    .map((id) => ({ kind: "store", id, name: id, model: null }) as const),
  fc.constant({ kind: "this" } as const),
  fc.nat(1).map((index) => ({ kind: "parameter", fn, index }) as const),
  fc.constantFrom("1", "11").map((id) => ({ kind: "local", id }) as const),
);

const placesOver = (inner: fc.Arbitrary<Key>): fc.Arbitrary<Place> =>
  fc
    .tuple(root, fc.array(step(inner), { maxLength: 4 }))
    .map(([from, path]) => placeOf(from, path));

export const place = placesOver(key);
/** No key on its path is new in each activation. */
export const knownPlace = placesOver(knownKey);
export const pathStep = step(key);
