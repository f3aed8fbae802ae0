// What a task may evaluate itself, and what the handler has to evaluate before.
import { describe, expect, test } from "vitest";
import { differingText } from "../../../src/analysis/extraction/template-text.ts";
import { extractedFrom, movedIn } from "./harness.ts";

/** The new function's body, and the call. */
const moved = (argument: string): string[] => {
  const text = movedIn(`\n  await ctx.reply("", ${argument}); // <\n`);
  return [
    /await ctx\.reply\("", (.*)\);/.exec(text)?.[1],
    /notify\((ctx.*)\); \/\/ </.exec(text)?.[1],
  ].map(String);
};

test.each([
  "look",
  "[1, { a: look.parse_mode }]",
  "unknown.global",
  "new InlineKeyboard()",
  'new InlineKeyboard().text("a").row()',
  'InlineKeyboard.from([[InlineKeyboard.text("a")]])',
  "() => Date.now()",
  "function () { return Date.now(); }",
])("the task evaluates %s", (argument) => {
  expect(moved(argument)).toEqual([argument, "ctx"]);
});

test.each([
  ["Date.now()", "options"],
  ["new Date()", "options"],
  ["await greet(1)", "options"],
  ["mark`a`", "options"],
  ['import("./a.js")', "options"],
  ["greet(look)", "options"],
  ["look.make()", "options"],
  ["new InlineKeyboard().text(Date.now())", "options"],
  ["(() => 1)()", "options"],
])("the handler evaluates %s", (argument, name) => {
  expect(moved(argument)).toEqual([name, `ctx, ${argument}`]);
});

test("a callback's own variables move with it, a variable of the file that changes does not", () => {
  expect(movedIn("\n  console.log((one) => one + total); // <\n  total = 2;\n")).toContain(
    "reassigned, or code that cannot be given",
  );
  expect(moved("(one) => { const two = one; return two; }")).toEqual([
    "(one) => { const two = one; return two; }",
    "ctx",
  ]);
});

describe("comments", () => {
  test("inside of a statement stay where its text is the body, and keep it from being joined", () => {
    expect(
      movedIn(`
  await ctx.reply("one"); // <
  total += 1;
  await ctx.reply(/* the second */ "two");
  total += 1;
  await ctx.reply("three"); // >
`),
    ).toMatchInlineSnapshot(`
      "const notify = runAsync(
        async function notify(ctx, message) {
          await ctx.reply(message);
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

      const notify2 = runAsync(
        async function notify2(ctx) {
          await ctx.reply(/* the second */ "two");
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        notify(ctx, "one"); // <
        total += 1;
        notify2(ctx);
        total += 1;
        notify(ctx, "three"); // >"
    `);
  });
});

test("a function without a name gets its task behind the imports", () => {
  expect(
    extractedFrom({
      "bot.js": `import { Bot } from "grammy";
import go from "./go.js";
const bot = new Bot("");
bot.command("go", go);
bot.start();
`,
      "go.js": `const text = "Hello";
export default async function (ctx) {
  await ctx.reply(text); // <
}
`,
    }),
  ).toMatchInlineSnapshot(`
    {
      "go.js": "import { runAsync } from "eslint-plugin-run-async/runtime";
    const notify = runAsync(
      async function notify(ctx) {
        await ctx.reply(text);
      },
      { key: (ctx) => ctx.chat?.id ?? "" },
    );

    const text = "Hello";
    export default async function (ctx) {
      notify(ctx); // <
    }
    ",
    }
  `);
});

test.each([0, 1])(
  "a template's text, in a tree whose elements hold %d of the delimiters",
  (marks) => {
    const element = (raw: string): never =>
      ({ value: { raw }, range: [10, 10 + raw.length + 2 * marks] }) as never;
    expect(differingText([element("a cat sat"), element("a dog sat")])).toEqual({
      start: marks + 2,
      end: marks + 5,
      args: ['"cat"', '"dog"'],
    });
  },
);
