// State that several handlers write to a file as a whole: the older snapshot may land last.
import { expectLines } from "./expect-lines.ts";

const bot = (handler: string, state = "const scores = {};", start = "bot.launch();"): string => `
import { writeFile } from "node:fs/promises";
import { Mutex } from "async-mutex";
import { Telegraf } from "telegraf";
const bot = new Telegraf("token");
const mutex = new Mutex();
${state}
bot.on("text", async (ctx) => {
${handler}
});
${start}
`;

expectLines(
  "unordered-effects",
  {
    "all scores": bot(`  scores[ctx.from.id] = 1;
  await writeFile("scores.json", JSON.stringify(scores)); // !`),
    "by a helper": bot(
      `  scores[ctx.from.id] = 1;
  await save();`,
      `const scores = {};
async function save() {
  await writeFile("scores.json", JSON.stringify(scores)); // !
}`,
    ),
  },
  {
    "what this update brought": bot(
      `  await writeFile(\`\${ctx.from.id}.json\`, JSON.stringify(ctx.message));`,
    ),
    "state that nobody changes": bot(`  await writeFile("scores.json", JSON.stringify(scores));`),
    "state of the activation": bot(`  const scores = {};
  scores[ctx.from.id] = 1;
  await writeFile("scores.json", JSON.stringify(scores));`),
    "under one lock": bot(`  scores[ctx.from.id] = 1;
  await mutex.runExclusive(() => writeFile("scores.json", JSON.stringify(scores)));`),
    "no file": bot(`  scores[ctx.from.id] = 1;
  await send("scores.json", JSON.stringify(scores));`),
    "a bot that takes one update after the other": `
import { writeFile } from "node:fs/promises";
import { Bot } from "grammy";
const bot = new Bot("token");
const scores = {};
bot.on("message", async (ctx) => {
  scores[ctx.from.id] = 1;
  await writeFile("scores.json", JSON.stringify(scores));
});
bot.start();
`,
  },
);
