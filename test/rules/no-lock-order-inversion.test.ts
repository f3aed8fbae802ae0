import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-lock-order-inversion.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const start = `import { Client } from "discord.js";
import { Mutex } from "async-mutex";
const client = new Client({ intents: [] });
const cash = new Mutex();
const stock = new Mutex();
client.on("messageCreate", async () => {
  await cash.runExclusive(async () => {
    await stock.runExclusive(() => buy());
  });
});
`;
const inverted = `${start}client.on("messageUpdate", async () => {
  await stock.runExclusive(async () => {
    await cash.runExclusive(() => sell());
  });
});`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "no-lock-order-inversion",
  rule,
  {
    valid: [
      {
        name: "everybody in one order",
        code: `${start}client.on("messageUpdate", async () => {
  await cash.runExclusive(() => stock.runExclusive(() => sell()));
});`,
      },
    ],
    invalid: [
      {
        name: "two locks in opposite orders",
        code: inverted,
        errors: [
          { message: /`stock`/, line: 8 },
          { message: /`cash`/, line: 13 },
        ],
      },
      {
        name: "a lock asked for again by its holder",
        code: start.replace("stock.runExclusive(() => buy())", "cash.runExclusive(() => buy())"),
        errors: [{ message: /`cash`/, line: 8 }],
      },
    ],
  },
);
