// What a project says of its own stores.
import { describe } from "vitest";
import { BOT } from "../harness.ts";
import { settingsDecide } from "./cases.ts";

describe("stores", () => {
  const bank = (type: string): string => `${BOT}import { ${type} } from "./bank.ts";
bot.command("pay", async (ctx) => {
  const account = await bank.look(ctx.from.id);
  await bank.put(ctx.from.id, { balance: account.balance - 1 });
});
bot.command("earn", async (ctx) => {
  await bank.change(ctx.from.id, 1);
});
`;
  const source = `import { remote } from "some-rpc-library";
export class Bank {
  look(id: number) { return remote("look", id); }
  put(id: number, account: object) { return remote("put", id, account); }
  change(id: number, by: number) { return remote("change", id, by); }
}
export const look = (id: number) => remote("look", id);
export const put = (id: number, account: object) => remote("put", id, account);
export const change = (id: number, by: number) => remote("change", id, by);
`;
  const operations = {
    look: { kind: "read", key: 0 },
    put: { kind: "write", key: 0, data: 1 },
    change: { kind: "atomic", key: 0 },
  } as const;
  const found = ["bot.ts:8 no-store-race"];
  settingsDecide({
    "an instance of a class of the project": {
      files: {
        "bot.ts": bank("Bank").replace("bot.command", "const bank = new Bank(); bot.command"),
        "bank.ts": source,
      },
      settings: { stores: [{ from: "./bank.ts", name: "Bank", operations }] },
      before: [],
      after: found,
    },
    "a class known by its type, without an extension in the setting": {
      files: {
        "bot.ts": bank("Bank").replace("bot.command", "declare const bank: Bank; bot.command"),
        "bank.ts": source,
      },
      settings: { stores: [{ from: "./bank", name: "Bank", operations }] },
      before: [],
      after: found,
    },
    "functions of a module, taken as a whole": {
      files: {
        "bot.ts": bank("Bank").replace("import { Bank }", "import * as bank"),
        "bank.ts": source,
      },
      settings: { stores: [{ from: "./bank.ts", functions: operations }] },
      before: [],
      after: found,
    },
    "functions of a module, one by one": {
      files: {
        "bot.ts": bank("look, put, change")
          .replaceAll("bank.", "")
          .replace('"./ts"', '"./bank.ts"'),
        "bank.ts": source,
      },
      settings: { stores: [{ from: "./bank.ts", functions: operations }] },
      before: [],
      after: found,
    },
    "a client of a package": {
      files: {
        "bot.ts": `${bank("connect").replace("./bank.ts", "@acme/bank")}const bank = connect();`,
      },
      settings: { stores: [{ from: "@acme/bank", name: "connect", operations }] },
      before: [],
      after: found,
    },
    "tables of one store are apart": {
      files: {
        "bot.ts": `${BOT}import { open } from "@acme/db"; const db = open();
bot.command("pay", async (ctx) => {
  const user = await db.look("users", ctx.from.id);
  await db.put("visits", ctx.from.id, { last: user.name });
});
bot.command("name", async (ctx) => {
  const user = await db.look("users", ctx.from.id);
  await db.put("users", ctx.from.id, { ...user, name: ctx.match });
});
`,
      },
      settings: {
        stores: [
          {
            from: "@acme/db",
            name: "open",
            operations: {
              look: { kind: "read", table: 0, key: 1 },
              put: { kind: "write", table: 0, key: 1, data: 2 },
            },
          },
        ],
      },
      before: [],
      after: ["bot.ts:12 no-store-race"],
    },
  });
});
