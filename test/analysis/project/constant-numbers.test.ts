// Every way in which code says how many slots a pool has: the size is in the message.
import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analyze.ts";
import { findingsOf } from "../checks/reported-lines.ts";
import { projectOf } from "../harness.ts";

const program = (declaration: string, size: string): string => `import { Client } from "discord.js";
import pLimit from "p-limit";
${declaration}
const limit = pLimit(${size});
const client = new Client({ intents: [] });
client.on("messageCreate", async (message) => {
  await limit(async () => { await limit(() => save(message)); });
});`;

const three: Record<string, readonly [declaration: string, size: string]> = {
  literal: ["", "3"],
  const: ["const N = 3;", "N"],
  "env ??": ["", "Number(process.env.N ?? 3)"],
  "env ||": ["", "Number(process.env.N) || 3"],
  parseInt: ["", 'parseInt(process.env.N ?? "3", 10)'],
  "parseInt ||": ["", 'parseInt(process.env.N || "3", 10)'],
  "Number.parseInt": ["", 'Number.parseInt(process.env.N ?? "3")'],
  ternary: ["", "process.env.N ? Number(process.env.N) : 3"],
  "unary plus": ["", "+(process.env.N ?? 3)"],
  "unary or": ["", "+process.env.N || 3"],
  member: ["const config = { pools: { images: 3 } };", "config.pools.images"],
  "as const": ["const config = { n: 3 } as const;", "config.n"],
  freeze: ["const config = Object.freeze({ n: 3 });", "config.n"],
  destructured: ["const { n } = { n: 3 };", "n"],
  "destructured default": ["const { N = 3 } = process.env;", "Number(N)"],
  "destructured from config": ["const config = { n: 3 };\nconst { n } = config;", "n"],
  "option const": ["const options = { concurrency: 3 };", "options"],
  static: ["class C { static N = 3; }", "C.N"],
  fn: ["function slots() { return Number(process.env.N ?? 3); }", "slots()"],
  satisfies: ["const N = 3 satisfies number;", "N"],
  let: ["let N = 3;", "N"],
  "Math.max": ["", "Math.max(1, 3)"],
  enum: ["enum Slots { Images = 3 }", "Slots.Images"],
  spread: ["const base = { n: 3 };\nconst config = { ...base };", "config.n"],
  "env helper": [
    "const env = (name, fallback) => Number(process.env[name] ?? fallback);",
    'env("N", 3)',
  ],
  "unary minus": ["const n = -3;", "-n"],
  "Math.min": ["", "Math.min(3, 8)"],
  "Math.abs": ["", "Math.abs(-3)"],
  "Math.ceil": ["", "Math.ceil(5 / 2)"],
  "Math.floor": ["", "Math.floor(7 / 2)"],
  "a difference": ["", "5 - 2"],
  "one of several names": ["const { a, n } = { a: 1, n: 3 };", "n"],
  "a computed name with a default": ["const { [process.argv[2]]: n = 3 } = {};", "n"],
  "a field of an instance": [
    "class C { static n = 1; m = 2; n = 3; go() {} }\nconst c = new C();",
    "c.n",
  ],
  "one of several static fields": ["class C { static M = 1; N = 2; static N = 3; }", "C.N"],
  "one of several members of an enum": ["enum Slots { Text = 1, Images = 3 }", "Slots.Images"],
  "an entry behind a spread that has it": [
    "const base = { n: 1 };\nconst c = { ...base, n: 3 };",
    "c.n",
  ],
  "an entry in front of a spread that has it": [
    "const base = { n: 3 };\nconst c = { n: 1, ...base };",
    "c.n",
  ],
  "an entry in front of an unknown spread": ["const config = { n: 3, ...load() };", "config.n"],
  "a function whose second parameter is left out": ["const n = (value, name) => value;", "n(3)"],
  "a function's default": ["const n = (value = 3) => value ?? 3;", "n()"],
  "options spread": ["const base = { concurrency: 3 };", "{ ...base }"],
};

test.each(Object.entries(three))("%s", (_title, [declaration, size]) => {
  const [finding] = findingsOf(program(declaration, size), "nested-pool-wait");
  expect(finding?.message).toContain("3 updates at once fill its 3 slots");
});

const untold: Record<string, readonly [declaration: string, size: string]> = {
  "an environment variable without a default": ["", "Number(process.env.SLOTS)"],
  "a variable that changes": ["let n = 3;\nn = 4;", "n"],
  "an unknown function of a number": ["", "slotsFor(3)"],
  "the larger of a number and something unknown": ["", "Math.max(3, cores())"],
  "a circle of functions": ["const n = () => n();", "n()"],
  "a circle of objects": ["const a = b.c;\nconst b = a.c;", "a.n"],
  "the bits of a number": ["", "~-4"],
  "a power": ["", "3 ** 1"],
  "a rounded unknown number": ["", "Math.floor(cores())"],
  "a conversion of nothing": ["", "Number()"],
  "a private field": ["class C { #n = 3; size = #n in this; }\nconst c = new C();", "c.size"],
  "a function with two results": ["function n(a) { if (a) return 3; return 3; }", "n(1)"],
  "an array's element by its name": ["const [n] = [3];", "n"],
  "what is left of an object": ["const { ...rest } = { n: 3 };", "rest"],
  "an entry of an unknown object": ["const { n } = load();", "n"],
  "a computed name": ["const { [process.argv[2]]: n } = { n: 3 };", "n"],
  "a member of an enum without a value": ["enum Slots { Images }", "Slots.Images"],
  "a field without a value": ["class C { static N; }", "C.N"],
  "a method": ["class C { static N() {} }", "C.N"],
  "a property of a number": ["const config = { n: 3 };", "config.n.m"],
  "a computed property": ["const config = { n: 3 };", "config[key()]"],
  "all of some arguments": ["const sizes = [3];", "...sizes"],
  "an element of a list": ["const sizes = [3];", "sizes[0]"],
};

test.each(Object.entries(untold))("not told: %s", (_title, [declaration, size]) => {
  const [finding] = findingsOf(program(declaration, size), "nested-pool-wait");
  expect(finding?.message).toContain("As many updates at once as it has slots");
});

test("through other files: a constant, a config object, a namespace", () => {
  const messageOf = (size: string): string | undefined => {
    const code = program(
      'import { SLOTS, config } from "./settings.js";\nimport * as settings from "./settings.js";',
      size,
    );
    const files = {
      "bot.js": code,
      "settings.js":
        "export const SLOTS = Number(process.env.SLOTS ?? 3);\nexport const config = { pools: { images: SLOTS } };\nexport function slots() {}",
    };
    return analyze(projectOf(files)).find(({ hazard }) => hazard === "nested-pool-wait")?.message;
  };
  for (const size of ["SLOTS", "config.pools.images", "settings.SLOTS"])
    expect(messageOf(size)).toContain("fill its 3 slots");
  for (const size of ["settings.missing", "settings.slots", "settings"])
    expect(messageOf(size)).toContain("As many updates at once as it has slots");
});
