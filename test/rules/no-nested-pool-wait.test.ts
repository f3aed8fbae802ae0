import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-nested-pool-wait.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const nested = `import { Client } from "discord.js";
import pLimit from "p-limit";
import { slots } from "./settings.js";
const client = new Client({ intents: [] });
const images = pLimit(slots());
client.on("messageCreate", async (message) => {
  await images(async () => {
    await images(() => draw(message));
  });
});`;
const waiting = `import { MessageHandler, Updater, runAsync } from "eslint-plugin-run-async/runtime";
const updater = new Updater("token", { workers: 2 });
const answers = new Map();
updater.dispatcher.addHandler(new MessageHandler("ask", runAsync(async (update) => {
  await new Promise((resolve) => answers.set(update.effectiveChat.id, resolve));
})));
updater.dispatcher.addHandler(new MessageHandler("text", runAsync(async (update) => {
  answers.get(update.effectiveChat.id)?.(update.message.text);
})));`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "no-nested-pool-wait",
  rule,
  {
    valid: [
      { name: "a wait for the user's own reply, by default", code: waiting },
      {
        name: "one task in the pool",
        code: nested.replace("await images(() => draw(message))", "await draw(message)"),
      },
    ],
    invalid: [
      {
        name: "a pool of unknown size",
        code: nested,
        errors: [{ message: /As many updates at once as it has slots fill its slots/ }],
      },
      {
        name: "with the size from the options",
        code: nested,
        options: [{ sizes: { images: 1 } }],
        errors: [{ message: /needs up to 2 slots at once, and `images` has 1/ }],
      },
      {
        name: "with a size that one update does not fill",
        code: nested,
        options: [{ sizes: { images: 3 } }],
        errors: [{ message: /3 updates at once fill its 3 slots/ }],
      },
      {
        name: "a wait for the user's own reply, where that is asked for",
        code: waiting,
        options: [{ userReplies: true }],
        errors: [{ message: /keeps a slot of/, line: 5 }],
      },
    ],
  },
);
