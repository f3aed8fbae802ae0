import { expect, test } from "vitest";
import { readSettings } from "../../src/analysis/settings.ts";

test("no settings are empty settings", () => {
  expect(readSettings(undefined)).toEqual({});
});

test("settings that are right are given back", () => {
  const given = { root: "src", dispatch: { grammy: "concurrent" }, harmless: ["log"] };
  expect(readSettings(given)).toEqual(given);
});

test.each([null, [], "root", 1])("%j is no settings object", (given) => {
  expect(() => readSettings(given)).toThrow(TypeError);
});

test.each([
  [{ root: 1 }, /root must be/],
  [{ harmless: "log" }, /harmless must be/],
  [{ harmless: [1] }, /harmless must be/],
  [{ dispatch: [] }, /dispatch must be/],
  [{ dispatch: { grammy: "sometimes" } }, /dispatch must be/],
])("%j is refused by name", (given, message) => {
  expect(() => readSettings(given)).toThrow(message);
});

test.each([
  ["harmles", "harmless"],
  ["ROOT", "root"],
  ["dispatcher", "dispatch"],
  ["constructor", ""],
  ["__proto__x", ""],
])("the unknown setting %s is named, with the nearest", (name, nearest) => {
  expect(() => readSettings({ [name]: 1 })).toThrow(
    new RegExp(`Unknown setting "${name}".*Did you mean "${nearest}`),
  );
});
