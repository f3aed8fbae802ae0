// How a message names a table: as the code does, and by the table where the code only calls for it.
import { expect, test } from "vitest";
import { BOT, findings } from "../harness.ts";

const named = (handle: string): string | undefined => {
  const program = `${BOT}import { getFirestore } from "firebase-admin/firestore";
const db = getFirestore();
class Storage {
  sessions = db.collection("bot_sessions");
  own() { return db.collection("bot_sessions"); }
  async add(id) {
    const row = await ${handle}.doc(id).get();
    const coins = row.data().coins + 1;
    await ${handle}.doc(id).update({ coins });
  }
}
const storage = new Storage();
bot.command("go", (ctx) => storage.add(ctx.from.id));
`;
  const [race] = findings(program).filter(({ hazard }) => hazard === "store-race");
  return race && /^`([^`]*)`/.exec(race.message)?.[1];
};

test.each([
  ["this.sessions", "sessions[from.id].coins"],
  ["this.own()", "bot_sessions[from.id].coins"],
  [`db.collection("bot_sessions")`, "bot_sessions[from.id].coins"],
])("%s is named %s", (handle, name) => {
  expect(named(handle)).toBe(name);
});
