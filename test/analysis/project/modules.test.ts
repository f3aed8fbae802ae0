// A race in one file, reached from another by every kind of import and export.
import { describe, expect, test } from "vitest";
import { BOT, reports } from "../harness.ts";

const RACE = `let n = 0;
async function race() { const old = n; await x(); n = old + 1; }
`;
const FOUND = "2 no-lost-update";

const bot = (imports: string, handler: string): string =>
  `${BOT}${imports}\nbot.command("go", ${handler});`;

const ways: Record<string, Record<string, string>> = {
  "a named export": {
    "bot.ts": bot(`import { race } from "./state.js";`, "race"),
    "state.ts": `${RACE}export { race };`,
  },
  "a renamed export": {
    "bot.ts": bot(`import { go as run2 } from "./state.js";`, "run2"),
    "state.ts": `${RACE}export { race as go };`,
  },
  "a string name": {
    "bot.ts": bot(`import { "the race" as go } from "./state.js";`, "go"),
    "state.ts": `${RACE}export { race as "the race" };`,
  },
  "a default export": {
    "bot.ts": bot(`import race from "./state.js";`, "race"),
    "state.ts": `${RACE}export default race;`,
  },
  "a default export of a literal": {
    "bot.ts": bot(`import commands from "./state.js";`, "commands.race"),
    "state.ts": `${RACE}export default { race };`,
  },
  "a default export that is a function": {
    "bot.ts": bot(`import race from "./state.js";`, "race"),
    "state.ts": `let n = 0;\nexport default async function () { const old = n; await x(); n = old + 1; }`,
  },
  "an exported class": {
    "bot.ts": bot(`import { Racer } from "./state.js";`, "(ctx) => new Racer().go(ctx)"),
    "state.ts": `let n = 0;\nexport class Racer { async go() { const old = n; await x(); n = old + 1; } }`,
  },
  "an exported constant": {
    "bot.ts": bot(`import { race } from "./state.js";`, "race"),
    "state.ts": `let n = 0;\nexport const race = async () => { const old = n; await x(); n = old + 1; };`,
  },
  "exported by destructuring": {
    "bot.ts": bot(`import { race, rest } from "./state.js";`, "race"),
    "state.ts": `${RACE}export const { race: unused, ...rest } = { race }; export const [first = race] = []; export { race };`,
  },
  "a namespace import": {
    "bot.ts": bot(`import * as state from "./state.js";`, "state.race"),
    "state.ts": `${RACE}export { race };`,
  },
  "a namespace that is exported": {
    "bot.ts": bot(`import { state } from "./index.js";`, "state.race"),
    "index.ts": `export * as state from "./state.js";`,
    "state.ts": `${RACE}export { race };`,
  },
  "a star export": {
    "bot.ts": bot(`import { race } from "./index.js";`, "race"),
    "index.ts": `export * from "./nothing.js"; export * from "./state.js";`,
    "state.ts": `${RACE}export { race };`,
  },
  "a default that is re-exported by name": {
    "bot.ts": bot(`import { race } from "./index.js";`, "race"),
    "index.ts": `export { default as race } from "./state.js";`,
    "state.ts": `${RACE}export default race;`,
  },
  "an import that is exported again": {
    "bot.ts": bot(`import { race } from "./index.js";`, "race"),
    "index.ts": `import { race } from "./state.js";\nexport { race };`,
    "state.ts": `${RACE}export { race };`,
  },
  "a folder's index": {
    "bot.ts": bot(`import { race } from "./state";`, "race"),
    "state/index.ts": `${RACE}export { race };`,
  },
  "an extension that is left out": {
    "bot.ts": bot(`import { race } from "./state";`, "race"),
    "state.ts": `${RACE}export { race };`,
  },
  "a path of tsconfig": {
    "tsconfig.json": `{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }`,
    "src/bot.ts": bot(`import { race } from "@/state";`, "race"),
    "src/state.ts": `${RACE}export { race };`,
  },
  "an import of package.json": {
    "package.json": `{ "imports": { "#state": "./state.ts" } }`,
    "bot.ts": bot(`import { race } from "#state";`, "race"),
    "state.ts": `${RACE}export { race };`,
  },
  "import =": {
    "bot.ts": bot(`import state = require("./state");`, "state.race"),
    "state.ts": `${RACE}export { race };`,
  },
  "export =": {
    "bot.ts": bot(`import race = require("./state");`, "race"),
    "state.ts": `${RACE}export = race;`,
  },
  "require of a literal": {
    "bot.ts": bot(`const { race } = require("./state");`, "race"),
    "state.js": `${RACE}module.exports = { race };`,
  },
  "require of a function": {
    "bot.ts": bot(`const race = require("./state");`, "race"),
    "state.js": `${RACE}module.exports = race;`,
  },
  "exports.name": {
    "bot.ts": bot(`const state = require("./state");`, "state.race"),
    "state.js": `${RACE}exports.race = race;`,
  },
  "module.exports.name": {
    "bot.ts": bot(`import { race } from "./state.js";`, "race"),
    "state.js": `${RACE}module.exports.race = race;`,
  },
  "require without a name": {
    "bot.ts": bot("", `require("./state").race`),
    "state.js": `${RACE}module.exports = { race };`,
  },
  "a default import of CommonJS": {
    "bot.ts": bot(`import state from "./state.js";`, "state.race"),
    "state.js": `${RACE}module.exports = { race };`,
  },
  "a dynamic import": {
    "bot.ts": bot("", `async () => { const { race } = await import("./state.js"); await race(); }`),
    "state.ts": `${RACE}export { race };`,
  },
  "a dynamic import with then": {
    "bot.ts": bot("", `() => import("./state.js").then((state) => state.race())`),
    "state.ts": `${RACE}export { race };`,
  },
  "a class that is injected": {
    "bot.ts": bot(
      `import { App } from "./app.js"; import { State } from "./state.js";\nconst app = new App(new State());`,
      "() => app.go()",
    ),
    "app.ts": `import type { State } from "./state.js";\nexport class App { constructor(private readonly state: State) {} async go() { await this.state.race(); } }`,
    "state.ts": `let n = 0;\nexport class State { async race() { const old = n; await x(); n = old + 1; } }`,
  },
};

describe("a race in another file is reached by", () => {
  test.each(Object.entries(ways))("%s", (_name, files) => {
    expect(reports(files).map((line) => line.split(":").at(-1))).toEqual([FOUND]);
  });
});

describe("shared state in another file, changed by its importers", () => {
  const change = (imports: string, place: string): string => `${BOT}${imports}
bot.command("go", async (ctx) => {
  const old = ${place};
  await ctx.reply("x");
  ${place} = old + 1;
});`;
  test.each([
    ["a field of an object", `import { state } from "./state.js";`, "state.n"],
    ["through a namespace", `import * as all from "./state.js";`, "all.state.n"],
    ["a default export", `import state from "./state.js";`, "state.n"],
    ["through a re-export", `import { again } from "./index.js";`, "again.n"],
    ["through a star export", `import { state } from "./index.js";`, "state.n"],
    ["by require", `const { state } = require("./state.js");`, "state.n"],
    ["by require of the whole", `const all = require("./state.js");`, "all.state.n"],
    ["an instance", `import { store } from "./state.js";`, "store.n"],
    ["a static field", `import { Store } from "./state.js";`, "Store.count"],
  ])("%s", (_name, imports, place) => {
    const files = {
      "bot.ts": change(imports, place),
      "index.ts": `export { state as again } from "./state.js"; export * from "./state.js";`,
      "state.ts": `export const state = { n: 0 }; export default state;
export class Store { n = 0; static count = 0; } export const store = new Store();`,
    };
    expect(reports(files)).toEqual(["bot.ts:9 no-lost-update"]);
  });
  test("two files that change it under different names meet", () => {
    const files = {
      "bot.ts": `${BOT}import { state as mine } from "./state.js"; import "./other.js";
export { bot };
bot.command("go", async (ctx) => {
  if (mine.open) return;
  await ctx.reply("x");
  mine.open = true;
});`,
      "other.ts": `import { bot } from "./bot.js"; import * as all from "./state.js";
bot.command("stop", () => { all.state.open = false; });`,
      "state.ts": `export const state = { open: false };`,
    };
    expect(reports(files)).toEqual(["bot.ts:10 no-check-then-act"]);
  });
  test("two programs of one folder that share no import say nothing of each other", () => {
    const program = (name: string): string => `${BOT}import { state } from "./${name}.js";`;
    const files = {
      "a.ts": `${program("state-a")}
bot.command("go", async (ctx) => { if (state.open) return; await ctx.reply("x"); state.open = true; });`,
      "b.ts": `${program("state-b")}\nbot.command("stop", () => { state.open = false; });`,
      "state-a.ts": `export const state = { open: false };`,
      "state-b.ts": `export const state = { open: false };`,
    };
    expect(reports(files)).toEqual(["a.ts:6 no-check-then-act"]);
  });
});

describe("modules that a computed path names", () => {
  const COMMAND = `${RACE}module.exports = { name: "go", run: race };`;
  const loader = (
    load: string,
  ): string => `import { readdirSync } from "node:fs"; import path, { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url"; import { Client } from "discord.js";
const client = new Client({ intents: [] });
const COMMANDS = "./commands"; const here = path.dirname(fileURLToPath(import.meta.url));
for (const file of readdirSync("commands")) {
  const command = ${load};
  client.on("messageCreate", (message) => command.run(message));
}`;
  test.each([
    "require(`./commands/${file}`)",
    `require("./commands/" + file)`,
    "require(`${COMMANDS}/${file}`)",
    "require(join(__dirname, 'commands', file))",
    "require(path.join(import.meta.dirname, 'commands', file))",
    "require(path.resolve(here, 'commands', file))",
    "(await import(pathToFileURL(join(here, 'commands', file)).href)).default",
    "await import(`./commands/${file}`)",
    "require(__dirname + '/commands/' + file)",
  ])("%s", (load) => {
    const files = {
      "index.js": loader(load),
      "commands/go.js": COMMAND,
      "commands/more/deep.js": `exports.run = () => {};`,
      "commands/types.d.ts": "export {};",
      "commands/readme.md": "none",
    };
    expect(reports(files)).toEqual(["commands/go.js:2 no-lost-update"]);
  });
  test.each(["require(`./nothing/${file}`)", "require(String(file))", "require(`../../${file}`)"])(
    "%s names no folder of the project",
    (load) => {
      expect(reports({ "index.js": loader(load), "commands/go.js": COMMAND })).toEqual([]);
    },
  );
});

const aliased = (specifier: string): Record<string, string> => ({
  "package.json": "{}",
  "tsconfig.json": JSON.stringify({ extends: "./.generated/tsconfig.json" }),
  "src/lib/state.ts": `${RACE}export { race };`,
  "src/bot.ts": bot(`import { race } from "${specifier}";`, "race"),
});

test.each(["$lib/state.ts", "~/lib/state", "@/lib/state.ts", "#lib/state.ts", "$src/lib/state"])(
  "%s leads below the sources where no file says what the alias is",
  (specifier) => {
    expect(reports(aliased(specifier))).toEqual([`src/lib/state.ts:${FOUND}`]);
  },
);

test("a scoped package is no alias", () => {
  expect(reports(aliased("@lib/state"))).toEqual([]);
});
