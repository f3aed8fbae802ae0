// Whatever the shape of the code: the analysis ends, and says of the race beside it what it always says.
import { describe, expect, test } from "vitest";
import { parseFile } from "../../src/analysis/project/parser.ts";
import { BOT, printed, reports, type Files } from "./harness.ts";

/** A race that stands beside the code at hand; whatever that code is, the race is still found. */
const RACE = `${BOT}let total = 0;
bot.command("race", async () => {
  total = total + (await price());
});
`;
const found = (files: Files): string[] => {
  const beside = typeof files === "string" ? { "other.ts": files } : files;
  const imports = Object.keys(beside).map((name) => `import "./${name}";\n`);
  return reports({ ...beside, "bot.ts": RACE + imports.join("") });
};
const FOUND = ["bot.ts:7 no-lost-update"];

describe("files that import each other", () => {
  test("cyclic imports, with state and calls around the circle", () => {
    const files = {
      "a.ts": `import { b } from "./b.ts";
export const shared = new Map();
export async function a(id) { const old = shared.get(id); await b(id); shared.set(id, old + 1); }`,
      "b.ts": `import { a, shared } from "./a.ts";
export async function b(id) { if (shared.size > 3) await a(id); }`,
      "bot.ts": `${BOT}import { a } from "./a.ts";
bot.command("go", (ctx) => a(ctx.from.id));`,
    };
    expect(reports(files)).toEqual(["a.ts:3 no-lost-update"]);
  });
  test("re-exports around a circle, and of oneself", () => {
    expect(
      found({
        "x.ts": `export * from "./y.ts"; export { missing } from "./y.ts"; export * from "./x.ts";`,
        "y.ts": `export * from "./x.ts"; export { missing } from "./x.ts"; export default missing;`,
        "z.ts": `import y, { missing, other } from "./y.ts"; import * as all from "./x.ts";
export const use = async () => { await missing(); await other(); await y(); await all.missing(all); };`,
      }),
    ).toEqual(FOUND);
  });
  test("variables that are made of each other", () => {
    expect(
      found(`export let a = b, b = c, c = a;
export let list = [...list, ...rest], rest = [...list];
export let table = { ...table, nested: { ...table.nested.nested } };
export const go = async () => { a = await b(c); list.push(await rest[0]()); table.nested.nested.x(await a); };`),
    ).toEqual(FOUND);
  });
});

describe("recursion", () => {
  test("a function that calls itself: its own write is found", () => {
    const program = `${BOT}const seen = new Map();
async function visit(id) {
  const old = seen.get(id) ?? 0;
  for (const next of await neighbours(id)) await visit(next);
  seen.set(id, old + 1);
}
bot.command("go", (ctx) => visit(ctx.match));`;
    expect(reports(program)).toEqual(["9 no-lost-update"]);
  });
  test("the write after the recursive call is found through it", () => {
    const program = `${BOT}let level = 0;
function raise() { level += 1; }
async function down(n) { if (n === 0) { raise(); return; } await pause(); await down(n - 1); }
bot.command("go", async () => {
  if (level) return;
  await down(3);
});
bot.command("reset", () => { level = 0; });`;
    expect(reports(program)).toEqual(["10 no-check-then-act (strict)"]);
  });
  test("functions that call each other, in summaries that agree", () => {
    const program = `let n = 0;
export const reset = () => { n = 0; };
async function even(k) { n += 1; if (k > 0) await odd(k - 1); }
async function odd(k) { n += 2; if (k > 0) await even(k - 1); }`;
    const writes = (name: string): string[] =>
      printed(program, name)
        .split("\n")
        .filter((line) => line.includes("update n"))
        .map((line) => line.trim().split(/[ ,]/).slice(0, 3).join(" "));
    expect(writes("even").sort()).toEqual(["3 update n", "4 update n"]);
    expect(writes("odd").sort()).toEqual(["3 update n", "4 update n"]);
  });
  test("classes that extend and contain themselves", () => {
    expect(
      found(`export class A extends A { self = new A(); static s = A.s.s; go() { return this.self.go().go(); } }
export class B extends C { c = new C(); } export class C extends B { b = new B(); run() { this.b.c.b.run(); } }
new B().c.b.run(); export const go = async () => { A.s = await new A().go(); };`),
    ).toEqual(FOUND);
  });
  test("callbacks that are given themselves", () => {
    expect(
      found(`const apply = (f) => f(f); const twice = (f, g) => { g(f, g); return apply(g); };
export const go = async () => { await apply(apply); await twice(twice, twice); [apply].map(apply).forEach(twice); };`),
    ).toEqual(FOUND);
  });
});

describe("names that every object has", () => {
  const NAMES = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf", "then"];
  test.each(NAMES)("%s as variable, method, key, field and event", (name) => {
    expect(
      found(`import { Bot } from "grammy"; import { ${name} as imported } from "${name}";
const bot2 = new Bot("t"); const state = { ${name}: 1 }; const map = new Map();
class K { ["${name}"]() { return 1; } async ${name === "constructor" ? "other" : name}2() { this.${name} = await 1; } }
bot2.${name}("x", async (ctx) => { const old = state.${name}; await ctx; state["${name}"] = old; });
bot2.command("${name}", async (ctx) => { map.set("${name}", await map.get("${name}")); await new K().${name}(); });
export { map as ${name} }; export const use = async () => imported.${name}.${name}(await K.${name}); x.${name}(); ${name}();`).filter(
        (line) => !line.startsWith("other"),
      ),
    ).toEqual(FOUND);
  });
  test("a race on a field with such a name is a race", () => {
    const program = `${BOT}const state = { constructor: 1, toString: 1 };
bot.command("go", async (ctx) => {
  const old = state.constructor;
  await ctx.reply("x");
  state.constructor = old + 1;
  state.toString = old;
});`;
    expect(reports(program)).toEqual(["9 no-lost-update"]);
  });
});

describe("size", () => {
  test("500 nested blocks, loops, functions, calls and operators", () => {
    const nest = (open: string, close: string, inner: string, depth = 500): string =>
      `${open}\n`.repeat(depth) + inner + close.repeat(depth);
    const body = [
      nest("if (x) {", "}", "n += 1;"),
      nest("{", "}", "n += 1;"),
      nest("for (;;) {", "}", "break;", 12),
      nest("try {", "} finally { n += 1; }", "n += 1;", 12),
      nest("switch (n) { case 1: ", "}", "n += 1;"),
      `n = ${nest("f(", ")", "n")};`,
      `n = ${nest("(n + ", ")", "n")};`,
      `n = ${nest("(x ? n : ", ")", "n")};`,
      `n = ${nest("[", "]", "n")};`,
      `n = ${nest("{ a: ", "}", "n")};`,
      `n = n${".a\n".repeat(500)};`,
      `n = n${"?.a()\n".repeat(500)};`,
      `n = ${Array.from({ length: 500 }, () => "x").join(" && ")};`,
    ];
    const functions = nest("async () => { return (", "); }", "n");
    const program = `let n = 0; export async function go(x) { ${body.join("\n")} }\nexport const deep = ${functions};`;
    expect(parseFile("deep.ts", program)).not.toBeNull();
    expect(found(program)).toEqual(FOUND);
  });
  test("a function of 3,000 branches: the write behind them is found", () => {
    const branches = Array.from(
      { length: 3_000 },
      (_unused, index) => `  if (ctx.match === "${String(index)}") { total += ${String(index)}; }`,
    ).join("\n");
    const program = `${BOT}let total = 0;
bot.command("go", async (ctx) => {
  const old = total;
${branches}
  await ctx.reply("x");
  total = old;
});`;
    expect(reports(program)).toEqual(["3009 no-lost-update"]);
  }, 60_000);
  test("a switch of 3,000 cases with early returns", () => {
    const cases = Array.from(
      { length: 3_000 },
      (_unused, index) =>
        `    case "${String(index)}": await ctx.reply("${String(index)}"); return;`,
    ).join("\n");
    const program = `${BOT}let total = 0;
bot.command("go", async (ctx) => {
  const old = total;
  switch (ctx.match) {
${cases}
  }
  total = old + 1;
});
bot.command("late", async (ctx) => {
  const old = total;
  await ctx.reply("x");
  total = old + 1;
});`;
    expect(reports(program)).toEqual(["3015 no-lost-update"]);
  });
  test("a generated file of 10,000 lines: the first and the last function are both seen", () => {
    const functions = Array.from({ length: 2_000 }, (_unused, index) => {
      const n = String(index);
      const next = String(index + 1);
      return `let v${n} = 0;
async function f${n}(ctx) {
  const old = v${n};
  ${index % 5 === 4 ? "await ctx.reply();" : `await f${next}(ctx);`} v${n} = old + 1;
}`;
    }).join("\n");
    const program = `${BOT}${functions}\nbot.command("first", f0);\nbot.command("last", f1999);`;
    const lines = reports(program);
    expect(lines[0]).toBe("8 no-lost-update");
    expect(lines.at(-1)).toBe("10003 no-lost-update");
    // The first five call each other, the last is registered itself.
    expect(lines).toHaveLength(6);
  });
  test("a chain of 300 helpers, each in its own file", () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_unused, index) => [
        `f${String(index)}.ts`,
        index === 299
          ? `export let n = 0; export async function f299() { await x(); n += 1; }`
          : `import { f${String(index + 1)} } from "./f${String(index + 1)}.ts"; export async function f${String(index)}() { await f${String(index + 1)}(); }`,
      ]),
    );
    const program = `${BOT}import { f0 } from "./f0.ts"; let n = 0;
bot.command("go", async () => { const old = n; await f0(); n = old + 1; });`;
    expect(reports({ ...files, "bot.ts": program })).toEqual(["bot.ts:6 no-lost-update"]);
  });
  test("a loop whose variables are shifted round each time", () => {
    const names = Array.from({ length: 40 }, (_unused, index) => `a${String(index)}`);
    const shift = names.map((name, index) => `${name} = ${names[index + 1] ?? "n"};`).join(" ");
    const program = `${BOT}let n = 0;
bot.command("go", async (ctx) => {
  let ${names.join(", ")};
  while (ctx.match) { ${shift} await ctx.reply("x"); }
  n = a39 + 1;
});`;
    expect(reports(program)).toEqual(["9 no-lost-update"]);
  });
});
