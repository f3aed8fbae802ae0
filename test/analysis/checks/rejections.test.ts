import { expectLines } from "./expect-lines.ts";

const START = `import { Client } from "discord.js";
const client = new Client({ intents: [] });
async function save(text) { await store(text); }
async function careful(text) { try { await store(text); } catch (error) { console.error(error); } }
`;

const seen = (driver: string): string => `
import { drizzle } from "drizzle-orm/${driver}";
import { members } from "./schema";
const db = drizzle("members.db");
client.on("messageCreate", (m) => {
  db.insert(members).values({ user: m.author.id }).run(); // !
});`;

expectLines(
  "unobserved-rejection",
  {
    "a chain whose callback throws": `${START}
async function calm() { try { await post(); } catch {} }
client.on("messageCreate", () => {
  calm().then(() => { throw new Error("after all"); }); // !
});`,
    "a chain on what may reject": `${START}
client.on("messageCreate", () => {
  post().then(() => { console.log("done"); }); // !
});`,
    "a query over a driver that gives promises": `${START}${seen("libsql")}`,
    "an async function's promise is dropped": `${START}
client.on("messageCreate", (m) => {
  save(m.content); // !
});`,
    "void drops it too": `${START}
client.on("messageCreate", (m) => {
  void save(m.content); // !
});`,
    "then without catch": `${START}
client.on("messageCreate", (m) => {
  load(m).then((text) => console.log(text)); // !
});`,
    "inside a then callback": `${START}
client.on("messageCreate", async (m) => {
  await load(m).then((text) => {
    save(text); // !
  });
});`,
    "async callbacks": `${START}
client.on("messageCreate", (m) => {
  m.lines.forEach(async (line) => { await store(line); }); // !
});`,
    "a send": `${START}
client.on("messageCreate", (m) => {
  m.reply("hello"); // !
});`,
    "awaited after another wait": `${START}
client.on("messageCreate", async (m) => {
  const saved = save(m.content); // !
  await m.channel.fetch();
  await saved;
});`,
    "an immediately called async function": `${START}
client.on("messageCreate", () => {
  (async () => { await store("x"); })(); // !
});`,
  },
  {
    "a query over a driver that answers at once": `${START}${seen("better-sqlite3").replace(" // !", "")}`,
    "a chain on a settled promise": `${START}
const turn = Promise.resolve();
client.on("messageCreate", () => {
  void turn.then(() => { console.log("next"); });
  Promise.resolve().then(() => { console.log("next"); });
});`,
    "a chain on what catches all by itself": `${START}
async function calm() { try { await post(); } catch {} }
client.on("messageCreate", () => { calm().then(() => { console.log("done"); }); });`,
    "a callback that the types say gives nothing": `${START}
function tell(done: (text: string) => void) { done("now"); }
client.on("messageCreate", () => { tell(async (text) => { await post(text); }); });`,
    "what is kept first, and catches all by itself": `${START}
async function calm() { try { await post(); } catch {} }
async function both() {
  const calming = calm();
  await calming;
}
client.on("messageCreate", () => { void both(); });`,
    awaited: `${START}
client.on("messageCreate", async (m) => { await save(m.content); });`,
    caught: `${START}
client.on("messageCreate", (m) => {
  save(m.content).catch(console.error);
  load(m).then(console.log, console.error);
});`,
    "a function that catches everything itself": `${START}
client.on("messageCreate", (m) => { careful(m.content); });`,
    "a synchronous function": `${START}
const list = [];
function note(text) { list.push(text); }
client.on("messageCreate", (m) => { note(m.content); });`,
    "Promise.all at once": `${START}
client.on("messageCreate", async (m) => {
  const first = save("a");
  const second = save("b");
  await Promise.all([first, second]);
});`,
    returned: `${START}
client.on("messageCreate", async (m) => { return save(m.content); });`,
    "a process that survives": `${START}
process.on("unhandledRejection", console.error);
client.on("messageCreate", (m) => { save(m.content); });`,
    "a task's errors have a place to go": `import { runAsync } from "eslint-plugin-run-async/runtime";
${START}
const task = runAsync(save);
client.on("messageCreate", (m) => { task(m.content); });`,
  },
);
