import { basename, dirname, relative } from "node:path";
import type { Actor, Scenario } from "./scenario.ts";
import { printParts } from "./update-parts.ts";

export type Runner = "vitest" | "node" | "jest";

export interface TestFileOptions {
  readonly runner: Runner;
  /** Absolute path of the test. */
  readonly path: string;
  /** `no-lost-update, src/bot.ts:9`. */
  readonly title: string;
  /** The finding in words. */
  readonly message: string;
}

const KIT = "eslint-plugin-run-async/runtime/testing";
const WIDTH = 100;
/** Most schedules take milliseconds; a loaded machine takes its time. In milliseconds. */
const TIMEOUT = 60_000;

/** The text of a test of the scenario, for its readers to keep. */
export function testFile(scenario: Scenario, options: TestFileOptions): string {
  const names = [
    "assertSerializable",
    "isolate",
    ...(scenario.answers.usesTable ? ["memoryTable"] : []),
  ];
  return [
    ...comment(`${options.title}: ${options.message}`),
    "//",
    ...comment(claimOf(scenario)),
    ...gapsOf(scenario),
    ...importsOf(options, names),
    "",
    ...isolation(scenario, options),
    "",
    ...scenario.actors.flatMap((actor, index) => actorLines(actor, scenario, index)),
    "",
    scenario.runs.map((run) => testOf(run, scenario, options)).join("\n\n"),
    "",
  ].join("\n");
}

function claimOf({ runs, exclusive }: Scenario): string {
  const alone =
    "One activation runs with its I/O completing in every order; all have to end the same.";
  const two =
    "Two activations run in every order in which their I/O can complete; each has to end as one after the other does.";
  const never =
    exclusive.length === 0 ? "" : ` ${exclusive.join(" and ")} must never be in flight twice.`;
  return `${runs[0]?.length === 1 ? alone : two}${never} Nothing outside of the project's files is real: packages, missing modules, timers and fetch are stubs.`;
}

function gapsOf({ gaps }: Scenario): string[] {
  const all = [...gaps, 'what else an update holds: ids are 1, texts are "1", the rest is stubs'];
  return [
    "//",
    "// Made up, or left to fill in; where the test passes as it is, one of these keeps the race away:",
    ...all.flatMap((gap) => comment(gap, "- ")),
  ];
}

function importsOf({ runner }: TestFileOptions, names: readonly string[]): string[] {
  const list = names.join(", ");
  switch (runner) {
    case "vitest":
      return [`import { test } from "vitest";`, `import { ${list} } from "${KIT}";`];
    case "node":
      return [`import { test } from "node:test";`, `import { ${list} } from "${KIT}";`];
    case "jest":
      return [
        `const { join } = require("node:path");`,
        `// The kit is an ES module: Node's own require loads it, where jest's would not.`,
        `const { createRequire } = process.getBuiltinModule("node:module");`,
        `const { ${list} } = createRequire(__filename)("${KIT}");`,
      ];
  }
}

function isolation(
  { files, actors, answers }: Scenario,
  { runner, path }: TestFileOptions,
): string[] {
  const urls = files.map((file) => {
    const from = relative(dirname(path), file).split("\\").join("/");
    const specifier = JSON.stringify(from.startsWith(".") ? from : `./${from}`);
    return runner === "jest"
      ? `join(__dirname, ${specifier})`
      : `new URL(${specifier}, import.meta.url)`;
  });
  const first =
    urls.length === 1 ? (urls[0] ?? "") : ["[", ...urls.map((url) => `  ${url},`), "]"].join("\n");
  const settings = [...registrarLines(actors), ...answerLines(answers)];
  return settings.length === 0
    ? [`const bot = isolate(${first});`]
    : [`const bot = isolate(${first}, {`, ...settings, "});"];
}

/** Functions that register handlers when they are given a bot. */
function registrarLines(actors: readonly Actor[]): string[] {
  const calls = actors.flatMap(({ registrar }) =>
    registrar
      ? [
          `loaded.call(${[registrar.name, ...registrar.parameters].map((name, index) => (index === 0 ? JSON.stringify(name) : `loaded.stub(${JSON.stringify(name)})`)).join(", ")})`,
        ]
      : [],
  );
  const [only, ...others] = [...new Set(calls)];
  if (only === undefined) return [];
  if (others.length === 0) return [`  register: (loaded) => ${only},`];
  return [
    "  register: async (loaded) => {",
    ...[only, ...others].map((call) => `    await ${call};`),
    "  },",
  ];
}

function answerLines({ declarations, entries }: Scenario["answers"]): string[] {
  if (entries.length === 0) return [];
  const lines = entries.map(([label, text]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(label) ? label : JSON.stringify(label);
    return `${key}: ${text},`;
  });
  if (declarations.length === 0)
    return ["  answers: () => ({", ...lines.map((line) => `    ${line}`), "  }),"];
  return [
    "  answers: () => {",
    ...declarations.map((line) => `    ${line}`),
    "    return {",
    ...lines.map((line) => `      ${line}`),
    "    };",
    "  },",
  ];
}

function actorLines(actor: Actor, { actors, runs }: Scenario, index: number): string[] {
  const [first, second] = actor.updates.map(printParts);
  const line = (name: string, update: string | undefined): string => {
    const handler =
      actor.handler === null
        ? `() => { throw new Error("fill in: return the function that is ${actor.registration}"); }`
        : quote(actor.handler);
    const part = update === undefined || update === "{}" ? "" : `, update: ${update}`;
    return `const ${name} = { handler: ${handler}${part} };`;
  };
  const word = wordsOf(actors)[index] ?? "handler";
  if (runs[0]?.length === 1) return [line(word, first)];
  if (index > 0) return [line(word, second)];
  return first === second ? [line(word, first)] : [line(word, first), line(`${word}Too`, second)];
}

function wordsOf(actors: readonly Actor[]): string[] {
  return actors.map(({ word }, index) =>
    actors.findIndex((other) => other.word === word) < index ? `${word}${String(index + 1)}` : word,
  );
}

function testOf(
  run: readonly number[],
  { actors, state, comparesMessages, exclusive }: Scenario,
  { runner }: TestFileOptions,
): string {
  const words = wordsOf(actors);
  const [a = 0, b] = run;
  const [first, second] = (actors[a]?.updates ?? []).map(printParts);
  const word = words[a] ?? "";
  const own =
    b === a ? (first === second ? word : `${word}Too`) : b === undefined ? null : words[b];
  const list = own === null ? word : `${word}, ${own ?? ""}`;
  const registration = actors[a]?.registration ?? "";
  const title =
    b === undefined
      ? `${registration} does not depend on the order of its own I/O`
      : b === a
        ? `${registration} twice at once`
        : `${registration} and ${actors[b]?.registration ?? ""} at once`;
  const settings = [
    `activations: [${list}],`,
    ...(state === null ? [] : [`state: (run) => run.read(${quote(state)}),`]),
    ...(comparesMessages || state !== null ? [] : ["comparesMessages: false,"]),
    ...(exclusive.length === 0 ? [] : [`exclusive: ${JSON.stringify(exclusive)},`]),
  ];
  const body = [
    "  await assertSerializable(bot, {",
    ...settings.map((setting) => `    ${setting}`),
    "  });",
  ];
  const timeout = String(TIMEOUT).replace(/000$/, "_000");
  return runner === "jest"
    ? [`test(${quote(title)}, async () => {`, ...body, `}, ${timeout});`].join("\n")
    : [`test(${quote(title)}, { timeout: ${timeout} }, async () => {`, ...body, "});"].join("\n");
}

/** A string literal, with the quotes that need fewer escapes. */
function quote(text: string): string {
  return text.includes('"') && !/['\\\n]/.test(text) ? `'${text}'` : JSON.stringify(text);
}

function comment(text: string, bullet = ""): string[] {
  const lines: string[] = [];
  let line = `// ${bullet}`;
  const indent = `// ${" ".repeat(bullet.length)}`;
  let isEmpty = true;
  for (const word of text.split(/\s+/)) {
    if (!isEmpty && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** The name of a test file beside the source: `bot.jar.race.test.ts`. */
export function defaultName(
  scenario: Scenario,
  source: string,
  runner: Runner,
  isModulePackage: boolean,
): string {
  const stem = basename(source).replace(/\.[cm]?[jt]sx?$/, "");
  const what = scenario.state ?? wordsOf(scenario.actors)[0] ?? "handler";
  const extension =
    runner === "node"
      ? "mjs"
      : runner === "jest"
        ? isModulePackage
          ? "cjs"
          : "js"
        : /tsx?$/.test(source)
          ? "ts"
          : "js";
  return `${stem}.${what}.race.test.${extension}`;
}
