import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import rule from "../../src/rules/no-blocking-handler.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const reading = `import fs from "node:fs";
import { Client } from "discord.js";
const client = new Client({ intents: [] });
client.on("messageCreate", async () => {
  const text = fs.readFileSync("words.txt").toString();
});`;

new RuleTester({ settings: { "run-async": { root: "/project" } } }).run(
  "no-blocking-handler",
  rule,
  {
    valid: [
      {
        name: "brief work, where only what is certain counts",
        code: reading,
        options: [{ certainOnly: true }],
      },
      { name: "an asynchronous read", code: reading.replace("readFileSync", "promises.readFile") },
    ],
    invalid: [
      {
        name: "the twin is suggested, in parentheses where its value is used at once",
        code: reading,
        errors: [
          {
            message: /`readFileSync` runs here for each/,
            line: 5,
            suggestions: [
              {
                desc: "Await fs.promises.readFile(...) instead",
                output: reading.replace(
                  'fs.readFileSync("words.txt").toString()',
                  '(await fs.promises.readFile("words.txt")).toString()',
                ),
              },
            ],
          },
        ],
      },
    ],
  },
);
