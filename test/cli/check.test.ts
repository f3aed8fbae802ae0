import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import Ajv from "ajv";
import draft4 from "ajv/lib/refs/json-schema-draft-04.json" with { type: "json" };
import { ESLint } from "eslint";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import tseslint from "typescript-eslint";
import { beforeAll, expect, test } from "vitest";
import { RULES } from "../../src/cli/check/rules.ts";
import plugin from "../../src/index.ts";
import { copyOfExamples, run } from "./run.ts";

/** A copy of the examples: a package of its own, in whatever state of its lint set-up. */
let examples = "";

beforeAll(() => {
  examples = path.join(copyOfExamples(), "examples");
  writeFileSync(path.join(examples, "package.json"), "{}");
  writeFileSync(path.join(examples, "eslint.config.js"), "throw new Error('not read')");
});

interface JsonMessage {
  readonly ruleId: string | null;
  readonly line: number;
  readonly column: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  readonly message: string;
  readonly trace?: readonly { activation: string; line: number; column: number }[];
}
interface JsonResult {
  readonly filePath: string;
  readonly messages: readonly JsonMessage[];
}

const positions = (results: readonly JsonResult[]): string[] =>
  results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, line, column, endLine, endColumn, message }) =>
      [
        path.basename(path.dirname(filePath)),
        ruleId,
        line,
        column,
        endLine,
        endColumn,
        message,
      ].join("|"),
    ),
  );

test.each(["recommended", "strict"] as const)(
  "check --config %s reports what the rules report under that config",
  async (config) => {
    const eslint = new ESLint({
      cwd: examples,
      overrideConfigFile: true,
      overrideConfig: [
        { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } },
        { files: ["**/*.ts"], ...plugin.configs[config] },
      ],
    });
    const linted = await eslint.lintFiles(["**/*.ts"]);
    const { code, out } = await run(["check", "--json", "--config", config], { cwd: examples });
    expect(code).toBe(1);
    expect(positions(JSON.parse(out) as JsonResult[]).sort()).toEqual(positions(linted).sort());
  },
);

test.each(["recommended", "strict"] as const)("check knows every rule of %s", (config) => {
  const known = Object.values(RULES)
    .filter(({ isStrict }) => config === "strict" || !isStrict)
    .map(({ rule }) => `run-async/${rule}`);
  expect(known.sort()).toEqual(Object.keys(plugin.configs[config].rules ?? {}).sort());
});

test("stylish: the path, each finding on a line, the count", async () => {
  const { code, out, err } = await run(["check", "counter-grammy"], { cwd: examples });
  expect(code).toBe(1);
  const [file, finding, gap, total] = out.split("\n");
  expect(file).toBe("counter-grammy/bot.ts");
  expect(finding).toMatch(/^ {2}11:3 {2}error {2}`visits\[.* run-async\/no-lost-update$/);
  expect(gap).toBe("");
  expect(total).toBe("1 finding in 1 file.");
  expect(err).toBe("");
});

test("only the named files are reported, and nothing found is exit code 0", async () => {
  const { code, out } = await run(["check", "echo", "bank-fixed/bot.ts"], { cwd: examples });
  expect({ code, out }).toEqual({ code: 0, out: "Nothing found in 2 files.\n" });
});

test("colour is for terminals, unless the environment says otherwise", async () => {
  const escape = "\u001b[";
  const args = ["check", "counter-grammy"];
  const cwd = examples;
  expect((await run(args, { cwd })).out).not.toContain(escape);
  expect((await run(args, { cwd, isTerminal: true })).out).toContain(escape);
  expect((await run(args, { cwd, env: { FORCE_COLOR: "1" } })).out).toContain(escape);
  const env = { NO_COLOR: "1" };
  expect((await run(args, { cwd, env, isTerminal: true })).out).not.toContain(escape);
});

test("a comment that turns the rule off for ESLint does so here", async () => {
  const source = (comment: string) => `${comment}
import { run } from "@grammyjs/runner";
import { Bot } from "grammy";
const bot = new Bot("");
let visits = 0;
bot.command("visit", async (ctx) => {
  const before = visits;
  await ctx.reply("hello");
  /* marker */
  visits = before + 1; // end
});
run(bot);
`;
  const found = async (text: string): Promise<number> => {
    const folder = path.join(examples, `comment-${String(count++)}`);
    mkdirSync(folder);
    writeFileSync(path.join(folder, "bot.ts"), text);
    return (await run(["check", folder], { cwd: examples })).code;
  };
  let count = 0;
  const name = "run-async/no-lost-update";
  const plain = source("");
  expect(await found(plain)).toBe(1);
  expect(await found(source("/* eslint-disable */"))).toBe(0);
  expect(await found(source(`/* eslint-disable ${name} -- a demo */`))).toBe(0);
  expect(await found(source("/* eslint-disable no-console */"))).toBe(1);
  expect(await found(source(`/* eslint-disable */\n/* eslint-enable ${name} */`))).toBe(1);
  const before = (line: string) => plain.replace("/* marker */", line);
  expect(await found(before(`// eslint-disable-next-line no-console, ${name}`))).toBe(0);
  expect(await found(before("// eslint-disable-next-line no-console"))).toBe(1);
  expect(await found(plain.replace("// end", "// eslint-disable-line"))).toBe(0);
});

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly Record<string, unknown>[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly locations: readonly [{ physicalLocation: { artifactLocation: { uri: string } } }];
        readonly relatedLocations: readonly unknown[];
        readonly codeFlows: readonly [
          {
            threadFlows: readonly {
              id: string;
              locations: readonly { executionOrder: number; kinds: readonly string[] }[];
            }[];
          },
        ];
      }[];
    },
  ];
}

test("SARIF is valid 2.1.0, with relative URIs, help and both activations in their order", async () => {
  const { code, out } = await run(["check", "counter-grammy", "--format", "sarif"], {
    cwd: examples,
  });
  expect(code).toBe(1);
  const log = JSON.parse(out) as Sarif;
  const ajv = new Ajv({ schemaId: "auto" });
  ajv.addMetaSchema(draft4);
  ajv.validate(sarifSchema, log);
  expect(ajv.errors).toBeNull();
  const [{ tool, results }] = log.runs;
  for (const { id, help } of tool.driver.rules)
    if (id === "run-async/no-lost-update")
      expect((help as { markdown: string }).markdown).toContain("## What it finds");
  const lost = results.find(({ ruleId }) => ruleId === "run-async/no-lost-update");
  expect(lost?.locations[0].physicalLocation.artifactLocation.uri).toBe("counter-grammy/bot.ts");
  expect(lost?.relatedLocations.length).toBeGreaterThan(3);
  const flows = lost?.codeFlows[0].threadFlows ?? [];
  expect(flows.map(({ id }) => id)).toEqual(["A", "B"]);
  const steps = flows
    .flatMap(({ id, locations }) => locations.map((step) => ({ id, ...step })))
    .sort((a, b) => a.executionOrder - b.executionOrder);
  expect(steps.map(({ id, kinds }) => `${id} ${kinds.join()}`)).toEqual([
    "A read",
    "A suspend",
    "B write",
    "A write",
  ]);
});

test("each package is a project of its own, and --root makes them one", async () => {
  const folder = path.join(examples, "two");
  for (const name of ["one", "other"]) {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, "package.json"), "{}");
  }
  writeFileSync(
    path.join(folder, "one/state.ts"),
    `export const visits = new Map<number, number>();
export async function visit(chat: number, reply: () => Promise<void>) {
  const before = visits.get(chat) ?? 0;
  await reply();
  visits.set(chat, before + 1);
}
`,
  );
  writeFileSync(
    path.join(folder, "other/bot.ts"),
    `import { run } from "@grammyjs/runner";
import { Bot } from "grammy";
import { visit } from "../one/state.ts";
const bot = new Bot("");
bot.command("visit", (ctx) => visit(ctx.chat.id, () => ctx.reply("hello")));
run(bot);
`,
  );
  expect((await run(["check", "two/one"], { cwd: examples })).code).toBe(0);
  const { out } = await run(["check", "two/one", "--root", "two"], { cwd: examples });
  expect(out).toContain("two/one/state.ts\n  5:3  error");
});
