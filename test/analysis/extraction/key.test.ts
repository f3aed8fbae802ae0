// What keeps the calls of the new function in order: the chat that each of its messages goes to.
import { expect, test } from "vitest";
import { extractedFrom, movedIn } from "./harness.ts";

const keyOf = (text: string): string | undefined => /\{ key: (.*) \},\n/.exec(text)?.[1];

test.each([
  ["the chat of the context", "await ctx.reply();", '(ctx) => ctx.chat?.id ?? ""'],
  ["the first argument", "await ctx.api.sendMessage(ctx.from.id, 1);", "(fromId) => fromId"],
  ["a chat that the code names", "await ctx.api.sendMessage(100, 1);", "100"],
  ["a helper's chat, by its name", "await tell(ctx.from.id);", "(fromId) => fromId"],
  ["no key but its own, for what a helper takes", "await tell(ctx.from);", '"notify"'],
  ["no key but its own, for a message that says nothing", "await ctx.match.reply(1);", '"notify"'],
  ["the id of an author", "await ctx.author.reply(1);", "(author) => author.id"],
  [
    "those of two chats",
    "await ctx.reply(); await ctx.api.sendMessage(ctx.from.id, 1);",
    '(ctx, fromId) => [ctx.chat?.id ?? "", fromId]',
  ],
  [
    "one key for all, where one says nothing",
    "await ctx.reply(); await ctx.match.send();",
    '"notify"',
  ],
  [
    "that of the messages, beside a log",
    "console.log(1); await ctx.reply();",
    '(ctx) => ctx.chat?.id ?? ""',
  ],
  ["its own, for logs", "console.log(1);", '"writeLog"'],
])("%s", (_name, statements, key) => {
  expect(keyOf(movedIn(`\n  ${statements} // <\n`))).toBe(key);
});

test("a chat that may be missing is none", () => {
  const body =
    "const id: number | undefined = ctx.chat?.id;\n  await bot.api.sendMessage(id, 1); // <";
  expect(keyOf(movedIn(`\n  ${body}\n`, { file: "bot.ts" }))).toBe('(id) => id ?? ""');
});

test("what Bolt gives its listeners says to the channel of the event", () => {
  const extracted = extractedFrom({
    "bot.js": `import bolt from "@slack/bolt";
const app = new bolt.App({});
app.message("go", async ({ say, message }) => {
  await say("Hello"); // <
});
`,
  });
  expect(keyOf(typeof extracted === "string" ? extracted : (extracted["bot.js"] ?? ""))).toBe(
    '"notify"',
  );
});

test("the channel of a message that a framework without chats in its context hands over", () => {
  const extracted = extractedFrom({
    "bot.js": `import TelegramBot from "node-telegram-bot-api";
const bot = new TelegramBot("", { polling: true });
bot.on("message", async (message) => {
  await bot.sendMessage(message.chat.id, "Hello"); // <
});
`,
  });
  expect(keyOf(typeof extracted === "string" ? extracted : (extracted["bot.js"] ?? ""))).toBe(
    "(chatId) => chatId",
  );
});
