// Which calls give a promise that may reject with nobody told.
import { expectLines } from "./expect-lines.ts";

const START = `import { db } from "./db.js";
import { Client } from "discord.js";
import axios from "axios";
import { PrismaClient } from "@prisma/client";
import { setTimeout as wait } from "node:timers/promises";
const prisma = new PrismaClient();
const client = new Client({ intents: [] });
`;

expectLines(
  "unobserved-rejection",
  {
    "a request": `${START}
client.on("x", (m) => { axios.get(m.url); }); // !`,
    fetch: `${START}
client.on("x", (m) => { fetch(m.url); }); // !`,
    "a write of a store": `${START}
client.on("x", (m) => { prisma.user.update({ where: { id: 1 }, data: { a: 1 } }); }); // !`,
    thrown: `${START}
async function f() { throw new Error("x"); }
client.on("x", (m) => { f(); }); // !`,
    "thrown again": `${START}
async function f() { try { throw new Error("x"); } catch (error) { throw error; } }
client.on("x", (m) => { f(); }); // !`,
    "a wait in finally": `${START}
async function f() { try { work(); } finally { await g(); } }
client.on("x", (m) => { f(); }); // !`,
    "caught, but for finally": `${START}
async function f() { try { await g(); } catch { work(); } finally { await h(); } }
client.on("x", (m) => { f(); }); // !`,
    "a returned request": `${START}
async function f(m) { return fetch(m.url); }
client.on("x", (m) => { f(m); }); // !`,
    "a promise of somebody else": `${START}
async function f(m) { await m.promise; }
client.on("x", (m) => { f(m); }); // !`,
    "a helper that may": `${START}
async function bad() { await store(1); }
async function f(m) { await bad(); }
client.on("x", (m) => { f(m); }); // !`,
    "a function that gives the promise on": `${START}
function plain(m) { return fetch(m.url); }
client.on("x", (m) => { plain(m); }); // !`,
    "then, catch and finally": `${START}
client.on("x", (m) => { load(m).finally(done); load(m).catch(); load(m).catch(log); load(m).then(a, b); (load(m).then)(a); }); // !`,
    "waited for too late": `${START}
client.on("x", async (m) => { const p = fetch(m.url); const q = prisma.user.update({ where: { id: 1 }, data: {} }); await m.channel.send("x"); await p; await q; }); // !`,
    "a write of a module that cannot be seen": `${START}
client.on("x", (m) => { db.set(m.id, 1); }); // !`,
  },
  {
    "a read of a store": `${START}
client.on("x", (m) => { prisma.user.findMany(); });`,
    "a callback that is given the error": `${START}
client.on("x", (m) => { prisma.user.update({ where: { id: 1 }, data: { a: 1 } }, (error) => log(error)); });`,
    "carriers give no promise": `${START}
client.on("x", (m) => { ws.send("x"); m.socket.send("x"); res.status(200).send("x"); send("x"); });`,
    "a throw in a function of the handler": `${START}
async function f() { try { await g(); } catch (error) { log(() => { throw error; }); } }
client.on("x", (m) => { f(); });`,
    "a returned call of nobody knows what": `${START}
async function f(m) { return compute(m); }
client.on("x", (m) => { f(m); });`,
    "a returned value": `${START}
async function f(m) { return m.value; }
client.on("x", (m) => { f(m); });`,
    pauses: `${START}
async function f(m) { await wait(1000); await new Promise((resolve) => setTimeout(resolve, 5)); }
client.on("x", (m) => { f(m); });`,
    "a promise made here": `${START}
async function f(m) { await new Promise((resolve, reject) => m.on("end", resolve)); }
client.on("x", (m) => { f(m); });`,
    "caught one by one": `${START}
async function f(m) { await Promise.allSettled(m.list); await g().catch(log); await h().then(a, b); }
client.on("x", (m) => { f(m); });`,
    "a helper that never rejects": `${START}
async function ok() { return 1; }
async function f(m) { await ok(); }
client.on("x", (m) => { f(m); });`,
    "a helper that calls itself": `${START}
async function loop(n) { if (n > 0) await loop(n - 1); }
client.on("x", (m) => { loop(3); });`,
    "a function that gives none": `${START}
function plain(m) { return m.url; }
client.on("x", (m) => { plain(m); });`,
    callbacks: `${START}
client.on("x", (m) => { m.list.map(async (x) => x + 1); m.list.map((x) => x + 1); m.list.map(async (x) => store(x)); });`,
    "caught where it is called": `${START}
client.on("x", (m) => { (async () => { await store("x"); })().catch(log); });`,
    "a long chain of helpers": `${START}
async function a1() { await a2(); } async function a2() { await a3(); } async function a3() { await a4(); } async function a4() { await a5(); } async function a5() { await a6(); } async function a6() { await a7(); } async function a7() { await a8(); } async function a8() { await store(); }
client.on("x", (m) => { a1(); });`,
    "a batch rejects when it is stored": `${START}
client.on("x", async (m) => { const batch = db.batch(); batch.set(m.id, 1); await batch.commit(); });`,
  },
);
