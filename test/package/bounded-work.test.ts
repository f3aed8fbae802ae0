// A bounded time for code that no person wrote. ESLint runs as a program of its own: a test runner cannot
// stop an analysis that does not end, but it can end a program.
import { execFile } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { raceIn, racingBot } from "./bot.ts";
import { Sandbox, findingsOfEslint } from "./sandbox.ts";

const root = path.resolve(import.meta.dirname, "../..");
const TIME_LIMIT = 60_000;

const lint = async (code: string): Promise<string[]> => {
  using sandbox = new Sandbox({
    "subject.js": code,
    ...racingBot("bot.js"),
    "eslint.config.mjs": `import runAsync from ${JSON.stringify(path.join(root, "dist/index.js"))};
export default [runAsync.configs.all];`,
  });
  const report = await new Promise<string>((resolve, reject) => {
    const args = [path.join(root, "node_modules/eslint/bin/eslint.js"), "-f", "json", "."];
    const options = { cwd: sandbox.folder, timeout: TIME_LIMIT, maxBuffer: 2 ** 28 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (error?.killed) reject(new Error(`ESLint did not end within ${TIME_LIMIT} ms`));
      else if (stdout) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
  return findingsOfEslint(report, sandbox.folder);
};

test("two megabytes of minified code in one line", async () => {
  const chunk = (n: number): string =>
    `async function f${n}(a,b){var c=await b.get(a);if(c.x>${n}){c.x-=a;await b.set(a,c)}else for(var d of await c.l)e${n}[d]=(await d.y)+e${n}[d];return f${n + 1}(c,b)}var e${n}={},g${n}=new Map;c.on("message",async m=>{let v=g${n}.get(m.id);await m.reply(v);g${n}.set(m.id,v+1)});`;
  let code = `import{Client}from"discord.js";var c=new Client;`;
  for (let n = 0; code.length < 2 ** 21; n += 1) code += chunk(n);
  expect(await lint(code)).toContain(raceIn("bot.js"));
});

test("a thousand branches and suspensions in one function", async () => {
  const step = (n: number): string =>
    `if (await a(${n})) { s.x${n % 7} = v; } else { v = s.x${n % 5} ?? (await b(${n})); }`;
  const body = Array.from({ length: 1000 }, (_, n) => step(n)).join("\n");
  const code = `const s = {}; export async function long(a, b) { let v = 0;\n${body}\n}`;
  expect(await lint(code)).toContain(raceIn("bot.js"));
});

test("blocks and expressions nested by the hundred", async () => {
  const blocks = "for (const x of await y) { try {".repeat(60);
  const ends = "} finally { n = await n; } }".repeat(60);
  const calls = `${"f(".repeat(300)}await n${")".repeat(300)}`;
  const sum = Array.from({ length: 500 }, () => "await n").join(" + ");
  const code = `let n = 0;
export async function deep(y, z, f) { ${blocks} await z; ${ends} n = ${calls}; n = ${sum}; }`;
  expect(await lint(code)).toContain(raceIn("bot.js"));
});

test("helpers that hand each other values made of all that they were given", async () => {
  const helper = (n: number): string => `const v${n} = a + b + c + d;
  f${n - 1}(v${n}, v${n} + a, v${n} + b, v${n} + c);`;
  const helpers = Array.from(
    { length: 16 },
    (_, n) =>
      `export function f${n}(a, b, c, d) { ${n === 0 ? "total = a + b + c + d;" : helper(n)} }`,
  );
  const code = `import { Bot } from "grammy";
const bot = new Bot("token");
bot.command("go", (ctx) => f15(ctx.from.id, ctx.chat.id, ctx.match, ctx.msg));
let total = 0;
${helpers.join("\n")}`;
  expect(await lint(code)).toContain(raceIn("bot.js"));
});
