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
  "an element of a list": ["const sizes = [3];", "sizes[0]"],
};

test.each(Object.entries(untold))("not told: %s", (_title, [declaration, size]) => {
  const [finding] = findingsOf(program(declaration, size), "nested-pool-wait");
  expect(finding?.message).toContain("As many updates at once as it has slots");
});

test("through other files: a constant, a config object, a namespace", () => {
  const messages = ["SLOTS", "config.pools.images", "settings.SLOTS"].map((size) => {
    const code = program(
      'import { SLOTS, config } from "./settings.js";\nimport * as settings from "./settings.js";',
      size,
    );
    const files = {
      "bot.js": code,
      "settings.js":
        "export const SLOTS = Number(process.env.SLOTS ?? 3);\nexport const config = { pools: { images: SLOTS } };",
    };
    return analyze(projectOf(files)).find(({ hazard }) => hazard === "nested-pool-wait")?.message;
  });
  for (const message of messages) expect(message).toContain("fill its 3 slots");
});
