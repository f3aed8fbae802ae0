import { expect, test } from "vitest";
import { readSettings, type RunAsyncSettings } from "../../src/analysis/settings.ts";

test("no settings are empty settings", () => {
  expect(readSettings(undefined)).toEqual({});
});

test("settings that are right are given back", () => {
  const given: RunAsyncSettings = {
    root: "src",
    dispatch: { grammy: "concurrent" },
    harmless: ["log"],
    wrappers: [
      {
        from: "./wrap.ts",
        functions: {
          withErrors: {},
          perUser: { handlers: 0, key: "from.id", lock: "user", concurrency: "concurrent" },
          command: { handlers: "last", handlerOptions: ["execute"], key: 1 },
        },
      },
    ],
    locks: [
      { from: "./locks.ts", functions: { withLock: { kind: "section", key: 0, callback: 1 } } },
      { from: "@acme/locks", name: "Lock", methods: { take: { kind: "acquire" } } },
    ],
    stores: [
      { from: "./bank.ts", functions: { read: { kind: "read", key: 0 } } },
      {
        from: "@acme/db",
        name: "default",
        operations: { put: { kind: "write", table: 0, key: 1, data: 2 } },
      },
    ],
    unreached: "concurrent",
  };
  expect(readSettings(given)).toEqual(given);
});

test.each([null, [], "root", 1])("%j is no settings object", (given) => {
  expect(() => readSettings(given)).toThrow(TypeError);
});

test.each([
  [{ root: 1 }, /root must be/],
  [{ harmless: "log" }, /harmless must be/],
  [{ harmless: [1] }, /harmless\[0\] must be a name/],
  [{ dispatch: [] }, /dispatch must be/],
  [{ dispatch: { grammy: "sometimes" } }, /dispatch\.grammy must be "sequential" or "concurrent"/],
  [{ dispatch: { gramy: "concurrent" } }, /Unknown framework "gramy" in .*Did you mean "grammy"/],
  [{ unreached: "sequential" }, /unreached must be "ignore" or "concurrent"/],
  [{ locks: {} }, /locks must be an array/],
  [{ locks: [{ functions: {} }] }, /locks\[0\] needs "from"/],
  [{ locks: [{ from: "./a.ts" }] }, /locks\[0\] needs either "name" and "methods", or "functions"/],
  [
    { locks: [{ from: "./a.ts", name: "Lock", functions: {} }] },
    /locks\[0\] needs "name" and "methods" together/,
  ],
  [
    { locks: [{ from: "./a.ts", functions: { run: { calback: 1 } } }] },
    /Unknown setting "calback" in settings\["run-async"\]\.locks\[0\]\.functions\.run.*"callback"/,
  ],
  [
    { locks: [{ from: "./a.ts", name: "Lock", methods: { "do it": { kind: "aquire" } } }] },
    /methods\["do it"\]\.kind must be "section", "acquire" or "release"\. Did you mean "acquire"/,
  ],
  [{ stores: [{ from: "./a.ts", functions: { read: {} } }] }, /functions\.read needs "kind"/],
  [
    { stores: [{ from: "./a.ts", functions: { read: { kind: "read", key: -1 } } }] },
    /read\.key must be the position of an argument/,
  ],
  [
    { stores: [{ from: "", functions: { read: { kind: "read" } } }] },
    /from must be a package's name or a file's path/,
  ],
  [{ wrappers: [{ from: "./a.ts" }] }, /wrappers\[0\] needs "functions"/],
  [
    { wrappers: [{ from: "./a.ts", functions: { guard: { handlers: "first" } } }] },
    /guard\.handlers must be "functions" or "last"/,
  ],
  [
    { wrappers: [{ from: "./a.ts", functions: { guard: { handler: 0 } } }] },
    /Unknown setting "handler" in .*guard\. Did you mean "handlers"/,
  ],
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
