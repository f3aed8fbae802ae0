// The promise is stored where the value was, before the wait: no race any more.
import { describe, expect, test } from "vitest";
import { BOT } from "../harness.ts";
import { offers, repaired } from "./repaired.ts";

const TITLE = "Store the promise in `users`";

function program(body: string, state = "const users = new Map();", rest = ""): string {
  return `${BOT}${state}
async function load(id) {
${body}
}
bot.command("x", async (ctx) => { await ctx.reply(await load(ctx.from.id)); });
bot.command("forget", (ctx) => { users.delete(ctx.from.id); });
${rest}`;
}

test("of a value that is stored behind its declaration", () => {
  const before = `  if (users.has(id)) return users.get(id);
  const user = await ask(id);
  users.set(id, user);
  return user.name;`;
  const after = `  if (users.has(id)) return users.get(id);
  const loading = Promise.resolve(ask(id));
  users.set(id, loading);
  loading.catch(() => {
    if (users.get(id) === loading) users.delete(id);
  });
  const user = await loading;
  return user.name;`;
  const state = "const users = new Map<number, User>();";
  expect(repaired(program(before, state), TITLE)).toBe(
    program(after, "const users = new Map<number, Promise<User>>();"),
  );
});

test("of a value that is awaited in the write", () => {
  const before = `  if (!users.has(id)) {
    users.set(id, await ask(id));
  }
  return users.get(id);`;
  const after = `  if (!users.has(id)) {
    const loading = Promise.resolve(ask(id));
    users.set(id, loading);
    loading.catch(() => {
      if (users.get(id) === loading) users.delete(id);
    });
    await loading;
  }
  return users.get(id);`;
  expect(repaired(program(before), TITLE)).toBe(program(after));
});

test("where others wait for what they get, or do nothing with it", () => {
  const before = `  if (!users.has(id)) users.set(id, await ask(id));
  return users.get(id);`;
  const readers = `bot.command("y", async (ctx) => { await ctx.reply((await users.get(1)).name); });
bot.command("z", () => { users.get(1); });
`;
  const braced = before.replace(
    "users.set(id, await ask(id));",
    "{ users.set(id, await ask(id)); }",
  );
  expect(offers(program(braced, undefined, readers))[0]).toContain(TITLE);
});

describe("nothing is offered", () => {
  const body = `  if (users.has(id)) return users.get(id);
  const user = await ask(id);
  users.set(id, user);
  return user;`;
  test.each([
    [
      "where an empty value is loaded again",
      program(
        body.replace(
          "if (users.has(id)) return users.get(id);",
          "const known = users.get(id);\n  if (known) return known;",
        ),
      ),
    ],
    ["where the write is given back", program(body.replace("users.set", "return users.set"))],
    [
      "where the key is made anew",
      program(body.replace("has(id)", "has(keyOf(id))").replace("set(id", "set(keyOf(id)")),
    ],
    [
      "where something else is stored than what was loaded",
      program(
        body
          .replace("set(id, user)", "set(id, other)")
          .replace("if", "const other = await ask(0);\n  if"),
      ),
    ],
    [
      "where the map belongs to an object",
      program(
        body.replaceAll("users", "all.users"),
        "const all = { users: new Map() };\nconst users = all.users;",
      ),
    ],
    ["where the map is assigned", program(body, "let users;\nusers = new Map();")],
    [
      "where a reader's method is found late",
      program(body, undefined, "const use = (name) => users[name](1);"),
    ],
    ["where another entry was looked for", program(body.replace("has(id)", "has(id + 1)"))],
    [
      "where a reader takes the value as it is",
      program(
        body,
        undefined,
        "bot.command('y', (ctx) => ctx.reply(users.get(ctx.from.id).name));",
      ),
    ],
    [
      "where a reader is a function that is not async",
      program(body, undefined, "const peek = (id) => users.get(id);"),
    ],
    [
      "where others go through all values",
      program(body, undefined, "for (const user of users.values()) user.old = true;"),
    ],
    ["where other files can have the map", program(body, undefined, "export { users };")],
    ["where the map goes somewhere", program(body, undefined, "print(users);")],
    [
      "where its type is written down",
      program(body, "const users: Map<number, User> = new Map();"),
    ],
    ["where the value is made of what was loaded", program(body.replace("user);", "user.data);"))],
  ])("%s", (_name, text) => {
    expect(offers(text).filter((title) => title.startsWith(TITLE))).toEqual([]);
  });
});
