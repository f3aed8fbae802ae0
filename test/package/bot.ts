import runAsync from "eslint-plugin-run-async";
import type { Files } from "./sandbox.ts";

/** A Discord bot that loses an update: the balance is read before the reply and written after it. */
const RACING_BOT = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
const balances = new Map();
client.on("messageCreate", async (message) => {
  const balance = balances.get(message.author.id) ?? 0;
  await message.reply("One moment, I count your coins.");
  balances.set(message.author.id, balance + 1);
});
await client.login(process.env.TOKEN);
`;

const WRITE_LINE = 7;

const REPAIRED_BOT = RACING_BOT.replace(/^ {2}await message.reply.*\n/m, "");

/** The bot in a file of the given name. The same text is valid JavaScript and valid TypeScript. */
export const racingBot = (name: string): Files => ({ [name]: RACING_BOT });

/** The same bot, which no longer suspends between the read and the write. */
export const repairedBot = (name: string): Files => ({ [name]: REPAIRED_BOT });

/** What every client must report on {@link racingBot}. */
export const raceIn = (name: string): string => `${name}:${WRITE_LINE} run-async/no-lost-update`;

/** A bot that loses coins in its database, which could count them itself: a finding with a suggestion. */
export const coinsBot = (name: string): Files => ({
  [name]: `import { PrismaClient } from "@prisma/client";
import { Client } from "discord.js";
const client = new Client({ intents: [] });
const db = new PrismaClient();
client.on("messageCreate", async (message) => {
  const user = await db.user.findUnique({ where: { id: message.author.id } });
  await db.user.update({ where: { id: user.id }, data: { coins: user.coins + 1 } });
});
await client.login(process.env.TOKEN);
`,
});

export const REPAIR_OF_COINS = "Let the store compute coins";
export const REPAIRED_COINS = "data: { coins: { increment: 1 } }";

/**
 * A bot in two files, handler and main. The function of the first is a handler, and its race real, only
 * while the second registers it.
 */
export const HANDLER_OF_ANOTHER_FILE = `const counts = new Map();
export const count = async (message) => {
  const before = counts.get(message.author.id) ?? 0;
  await message.reply("counting");
  counts.set(message.author.id, before + 1);
};
`;

export const registering = (handler: string): string => `import { Client } from "discord.js";
import { count } from "./${handler}";
const client = new Client({ intents: [] });
client.on("messageCreate", count);
`;

export const notRegistering = (handler: string): string => `import { count } from "./${handler}";
console.log(count.name);
`;

/** The configuration that the README shows. */
export const ESLINT_CONFIG = `import { defineConfig } from "eslint/config";
import runAsync from "eslint-plugin-run-async";

export default defineConfig(runAsync.configs.recommended);
`;

/** The same where the linted files are TypeScript. */
export const ESLINT_CONFIG_TYPESCRIPT = `import { defineConfig } from "eslint/config";
import runAsync from "eslint-plugin-run-async";
import tseslint from "typescript-eslint";

export default defineConfig(tseslint.configs.base, {
  files: ["**/*.{js,ts}"],
  extends: [runAsync.configs.recommended],
});
`;

/** The configuration for oxlint that the README shows. */
export const OXLINT_CONFIG = {
  jsPlugins: ["eslint-plugin-run-async"],

  rules: runAsync.configs.recommended.rules,
};
