// Where the new function and its import go, and how the file around them is written.
import { expect, test } from "vitest";
import { extractedFrom } from "./harness.ts";

const moved = (source: string, file = "bot.js"): string => {
  const extracted = extractedFrom({ [file]: source.replace(/^\n/, "") });
  return typeof extracted === "string" ? extracted : (extracted[file] ?? "");
};

test("behind the imports, in front of the handler's comment", () => {
  expect(
    moved(`
import { Bot } from "grammy";
const bot = new Bot("");
// Says hello.
bot.command("go", async (ctx) => {
  await ctx.reply("Hello"); // <
});
bot.start();
`),
  ).toMatchInlineSnapshot(`
    "import { Bot } from "grammy";
    import { runAsync } from "eslint-plugin-run-async/runtime";
    const bot = new Bot("");

    const notify = runAsync(
      async function notify(ctx) {
        await ctx.reply("Hello");
      },
      { key: (ctx) => ctx.chat?.id ?? "" },
    );

    // Says hello.
    bot.command("go", async (ctx) => {
      notify(ctx); // <
    });
    bot.start();
    "
  `);
});

test("a file on one line, and one that begins with its handler", () => {
  expect(
    moved(`
import { Bot } from "grammy"; const bot = new Bot(""); bot.command("go", async (ctx) => { await ctx.reply("Hello"); }); bot.start(); // <
`),
  ).toMatchInlineSnapshot(`
    "import { Bot } from "grammy";
    import { runAsync } from "eslint-plugin-run-async/runtime"
     const bot = new Bot("");
    const notify = runAsync(
      async function notify(ctx) {
        await ctx.reply("Hello");
      },
      { key: (ctx) => ctx.chat?.id ?? "" },
    )

     bot.command("go", async (ctx) => { notify(ctx); }); bot.start(); // <
    "
  `);
  expect(
    moved(`
#!/usr/bin/env node
export default async function go(ctx) {
  await ctx.reply("Hello"); // <
}
import { Bot } from "grammy";
const bot = new Bot("");
bot.command("go", go);
bot.start();
`),
  ).toMatchInlineSnapshot(`
    "#!/usr/bin/env node
    import { runAsync } from "eslint-plugin-run-async/runtime";

    const notify = runAsync(
      async function notify(ctx) {
        await ctx.reply("Hello");
      },
      { key: (ctx) => ctx.chat?.id ?? "" },
    );

    export default async function go(ctx) {
      notify(ctx); // <
    }
    import { Bot } from "grammy";
    const bot = new Bot("");
    bot.command("go", go);
    bot.start();
    "
  `);
});

test("a function that is used above its declaration, as an exported one", () => {
  const source = `
"use strict";
const { Bot } = require("grammy");
const texts = require("./texts.js").load("en");
const config = load().config;
const bot = new Bot("");
bot.command("go", go);
bot.start();
function go(ctx) {
  void ctx.reply("Hello"); // <
}
`;
  const text = moved(source);
  expect(text).toMatch(/load\("en"\);\nconst { runAsync } = require\(/);
  expect(text).toMatch(/runtime"\);\n\nconst notify = [^]*\n\);\n\nconst config/);
  expect(text).toContain("await ctx.reply(");
  // beside itself where nothing uses it before
  expect(
    moved(
      source.replace("\nbot.start();\n", "\n").replace(/bot\.command.*\n/, "") +
        "bot.command('go', go);\nbot.start();",
    ),
  ).toMatch(/new Bot\(""\);\n\nconst notify/);
});

test("beside an import of values, a type import and a default import", () => {
  const source = (head: string): string => `
${head}
import { Bot } from "grammy";
const bot = new Bot("");
bot.command("go", async (ctx) => {
  await ctx.reply("Hello"); // <
});
bot.start();
`;
  const importsOf = (head: string, file?: string): string[] =>
    moved(source(head), file)
      .split("\n")
      .filter((line) => line.includes("runAsync") && !/^const \w+ =/.test(line));
  const from = `from "eslint-plugin-run-async/runtime";`;
  expect(importsOf(`import { Updater } ${from}`)).toEqual([`import { Updater, runAsync } ${from}`]);
  expect(importsOf(`import { runAsync } ${from}`)).toEqual([`import { runAsync } ${from}`]);
  for (const named of ["runAsync as task", '"runAsync" as task']) {
    expect(importsOf(`import { ${named} } ${from}`)).toEqual([`import { ${named} } ${from}`]);
    expect(moved(source(`import { ${named} } ${from}`))).toContain("const notify = task(\n");
  }
  expect(importsOf(`import type { Updater } ${from}`, "bot.ts")).toEqual([
    `import { runAsync } ${from}`,
  ]);
  expect(importsOf(`import * as runtime ${from}`)).toEqual([`import { runAsync } ${from}`]);
  expect(importsOf("")).toEqual([`import { runAsync } ${from}`]);
  expect(moved(source("const runAsync = 1;"))).toBe("is in a file with another `runAsync`");
});

test("the name that a require gave it", () => {
  const source = (head: string): string => `
const { Bot } = require("grammy");
${head}
const bot = new Bot("");
bot.command("go", async (ctx) => {
  await ctx.reply("Hello"); // <
});
bot.start();
`;
  const runtime = 'require("eslint-plugin-run-async/runtime")';
  expect(moved(source(`const { runAsync: task } = ${runtime};`))).toContain(
    "const notify = task(\n",
  );
  // names that cannot be used as they are
  for (const head of [
    `const { Updater } = ${runtime};`,
    `const { ["runAsync"]: task } = ${runtime};`,
    `const { ...rest } = ${runtime};`,
    `const { runAsync: { name } } = ${runtime};`,
    `const runtime = ${runtime};`,
  ]) {
    const text = moved(source(head));
    expect(text).toContain(`\nconst { runAsync } = ${runtime};\n`);
    expect(text).toContain("const notify = runAsync(\n");
  }
});

test("tabs, Windows line ends, long lines", () => {
  expect(
    moved(
      `
import { Bot } from 'grammy'
const bot = new Bot('')

bot.command('go', async (ctx) => {
	await ctx.api.sendMessage(ctx.from.id, ctx.match, ctx.theVeryFirstOfTheOptions, ctx.theSecondOfTheOptions, [ // <
		'a'
	])
})
bot.start()
`.replaceAll("\n", "\r\n"),
    ).replaceAll("\r\n", "⏎\n"),
  ).toMatchInlineSnapshot(`
    "⏎
    import { Bot } from 'grammy'⏎
    import { runAsync } from 'eslint-plugin-run-async/runtime'⏎
    const bot = new Bot('')⏎
    ⏎
    const notify = runAsync(⏎
    	async function notify(fromId, api, match, theVeryFirstOfTheOptions, theSecondOfTheOptions) {⏎
    		await api.sendMessage(fromId, match, theVeryFirstOfTheOptions, theSecondOfTheOptions, [ // <⏎
    			'a'⏎
    		])⏎
    	},⏎
    	{ key: (fromId) => fromId },⏎
    )⏎
    ⏎
    bot.command('go', async (ctx) => {⏎
    	notify(ctx.from.id, ctx.api, ctx.match, ctx.theVeryFirstOfTheOptions, ctx.theSecondOfTheOptions)⏎
    })⏎
    bot.start()⏎
    "
  `);
});

test("lines that hang to the left stay as far to the left", () => {
  expect(
    moved(`
import { Bot } from "grammy";
const bot = new Bot("");

bot.command("go", async (ctx) => {
    await ctx.reply("Hello", { // <

 parse_mode: "HTML",
    });
});
bot.start();
`),
  ).toMatchInlineSnapshot(`
    "import { Bot } from "grammy";
    import { runAsync } from "eslint-plugin-run-async/runtime";
    const bot = new Bot("");

    const notify = runAsync(
        async function notify(ctx) {
            await ctx.reply("Hello", { // <

            parse_mode: "HTML",
            });
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
    );

    bot.command("go", async (ctx) => {
        notify(ctx);
    });
    bot.start();
    "
  `);
});
