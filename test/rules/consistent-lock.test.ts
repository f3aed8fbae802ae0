import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/consistent-lock.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const locked = `import { Client } from "discord.js";
import { Mutex } from "async-mutex";
const client = new Client({ intents: [] });
const one = new Mutex();
let total = 0;
client.on("a", async () => { await one.runExclusive(async () => { await load(); total = 1; }); });
client.on("b", async () => { await one.runExclusive(async () => { await load(); total = 2; }); });
client.on("c", async () => { await one.runExclusive(async () => { await load(); total = 3; }); });
`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run("consistent-lock", rule, {
  valid: [{ name: "all hold it", code: locked }],
  invalid: [
    {
      name: "one of four does not",
      code: `${locked}client.on("d", () => { total = 0; });`,
      errors: [{ message: /3 of 4 writers of `total` hold `one`/, line: 9 }],
    },
  ],
});
