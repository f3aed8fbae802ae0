import { expect, test } from "vitest";
import { nearest } from "../../src/analysis/nearest.ts";

test.each([
  ["unreachd", ["harmless", "unreached", "root"], "unreached"],
  ["HARMLESS", ["root", "harmless"], "harmless"],
  ["rot", ["root", "route", "roots"], "root"],
  ["", ["ab", "a"], "a"],
  ["kitten", ["sitting", "mitten"], "mitten"],
  ["ab", ["ba", "abcd", "abc"], "abc"],
  // of two that are equally close the first
  ["b", ["a", "c"], "a"],
])("%j among %j is %s", (written, names, name) => {
  expect(nearest(written, names)).toBe(name);
});
