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
      ...(
        [
          // an import by name: the twin is of the module's promises
          [
            'import { readFileSync } from "node:fs";\n',
            'readFileSync("words.txt")',
            'import { readFile } from "node:fs/promises";\nimport { readFileSync } from "node:fs";\n',
            'await readFile("words.txt")',
            "readFile",
          ],
          // a twin of the same module
          [
            'import { hashSync } from "bcrypt";\n',
            "save(hashSync(ctx.text, 10))",
            'import { hash } from "bcrypt";\nimport { hashSync } from "bcrypt";\n',
            "save(await hash(ctx.text, 10))",
            "hash",
          ],
          // the value is called at once
          [
            'import { readFileSync } from "node:fs";\n',
            'readFileSync("words.txt")()',
            'import { readFile } from "node:fs/promises";\nimport { readFileSync } from "node:fs";\n',
            '(await readFile("words.txt"))()',
            "readFile",
          ],
          // names that are taken, or modules that have no name to put the twin behind
          ['import { readFileSync, readFile } from "node:fs";\n', 'readFileSync("words.txt")'],
          ['const { readFileSync } = require("node:fs");\n', 'readFileSync("words.txt")'],
          ["", 'require("node:fs").readFileSync("words.txt")'],
        ] as const
      ).map(([head, call, newHead, newCall, twin]) => {
        const program = (
          imports: string,
          expression: string,
        ): string => `${imports}import { Client } from "discord.js";
const client = new Client({ intents: [] });
client.on("messageCreate", async (ctx) => {
  ${expression};
});`;
        return {
          name: `${head}${call}`,
          code: program(head, call),
          errors: [
            {
              message: /runs here for each/,
              suggestions:
                newHead === undefined
                  ? []
                  : [{ desc: `Await ${twin}(...) instead`, output: program(newHead, newCall) }],
            },
          ],
        };
      }),
      {
        name: "in a function that cannot wait",
        code: reading.replace("async () =>", "() =>"),
        errors: [{ message: /runs here for each/, line: 5, suggestions: [] }],
      },
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
