/** What shows only in a process of its own: what is loaded, how it ends, other test runners. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CompiledRuntime, transpile } from "./compiled-runtime.ts";

let runtime: CompiledRuntime;
beforeAll(() => {
  runtime = new CompiledRuntime();
});
afterAll(() => {
  runtime.remove();
});

test("importing the runtime loads no dependency", () => {
  // modules that are not Node's own are announced to the loader hook
  const { stdout, stderr } = runtime.run(
    "loaded.js",
    `import { register } from "node:module";
    const hook = "export async function resolve(s, c, next) { const r = await next(s, c); if (!r.url.startsWith('node:')) process.stderr.write('loaded ' + r.url + '\\\\n'); return r; }";
    register("data:text/javascript," + encodeURIComponent(hook));
    const start = performance.now();
    await import("runtime");
    console.log(JSON.stringify({ ms: performance.now() - start }));`,
  );
  const loaded = stderr.split("\n").filter((line) => line.startsWith("loaded "));
  expect(loaded.length).toBeGreaterThan(20);
  expect(loaded.filter((line) => !line.includes("/runtime/"))).toEqual([]);
  expect(JSON.parse(stdout)).toHaveProperty("ms");
});

test("an Updater made from a token says what is missing when grammY is not installed", () => {
  const { stdout } = runtime.run(
    "missing.js",
    `import { Updater } from "runtime";
    const updater = new Updater("1:a");
    await updater.startPolling().catch((error) => console.log(error.name, error.message));`,
  );
  expect(stdout).toMatch(/^MissingPeerError .*npm install grammy/);
});

test("the deadline of a task that has settled does not keep the process alive", () => {
  const { code, stdout } = runtime.run(
    "deadline.js",
    `import { BoundedPool } from "runtime";
    const pool = new BoundedPool();
    console.log(await pool.run(async () => "done", { timeout: 3_600_000 }));`,
  );
  expect(stdout).toBe("done\n");
  expect(code).toBe(0); // null when it had to be killed
});

describe("a process whose tasks wait for each other says so before it ends", () => {
  const program = `import { BoundedPool } from "runtime";
    const pool = new BoundedPool({ workers: 1, onError: (error) => console.log(error.name, error.message) });
    pool.run(async function outer() { await pool.run(function inner() {}); }, { name: "outer" });
    await 0;`;

  test("in development as a deadlock", () => {
    const { stdout } = runtime.run("deadlock.js", program);
    expect(stdout).toContain("PoolDeadlockError");
    expect(stdout).toMatch(/outer .*deadlock\.js:3:\d+/);
  });

  test("in production as a stall, with where the running tasks were submitted", () => {
    const { stdout } = runtime.run("stall.js", program, { NODE_ENV: "production" });
    expect(stdout).toContain("PoolStalledError");
    expect(stdout).toMatch(/outer .*stall\.js:3:\d+/);
  });
});

test("production uses no AsyncLocalStorage and no hooks", () => {
  const { stdout } = runtime.run(
    "hooks.js",
    `import { AsyncLocalStorage } from "node:async_hooks";
    let enabled = 0;
    const { run } = AsyncLocalStorage.prototype;
    AsyncLocalStorage.prototype.run = function (...args) { enabled += 1; return run.apply(this, args); };
    const v8 = await import("node:v8");
    const { onInit } = v8.default.promiseHooks;
    v8.default.promiseHooks.onInit = (...args) => { enabled += 1; return onInit(...args); };
    const { BoundedPool, Updater, runAsync, sequential } = await import("runtime");
    const updater = new Updater({ source: (async function* () {})() });
    await runAsync(async () => await sequential("k", async () => 1))().result;
    const pool = new BoundedPool();
    await pool.run(async () => 1);
    console.log(enabled);`,
    { NODE_ENV: "production" },
  );
  expect(stdout.trim()).toBe("0");
});

describe("decorators, as tsc writes them", () => {
  const source = `import { BoundedPool, runAsync, Task } from "runtime";
    const pool = new BoundedPool({ workers: 2 });
    class Bot {
      name = "bot";
      log = [];
      @runAsync
      async plain(text) { this.log.push(this.name + " " + text); }
      @runAsync({ pool, key: (text) => text })
      async withOptions(text) { this.log.push(this.name + " " + text); }
    }
    const bot = new Bot();
    const tasks = [bot.plain("a"), bot.withOptions("b")];
    console.log(tasks.every((task) => task instanceof Task));
    for (const task of tasks) await task.result;
    console.log(bot.log.join());
    try { class Wrong { @runAsync field = 1; } } catch (error) { console.log(error.name, error.message); }`;

  test.each([
    ["standard", { experimentalDecorators: false }],
    ["legacy", { experimentalDecorators: true }],
  ])("%s", (name, options) => {
    const { stdout, stderr } = runtime.run(`${name}.js`, transpile(source, options));
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^true\nbot a,bot b\nTypeError @runAsync decorates methods/);
  });
});

describe("idle", () => {
  const program = `import { Updater, MessageHandler } from "runtime";
    import { rawMessage } from "runtime/testing";
    async function* source() { yield rawMessage("x"); await new Promise((resolve) => setTimeout(resolve, 60000).unref()); }
    const updater = new Updater({ source: source() });
    let finish;
    updater.dispatcher.addHandler(new MessageHandler("text", () => new Promise((resolve) => { finish = resolve; console.log("working"); }), { runAsync: true }));
    await updater.startPolling();
    const keepAlive = setInterval(() => {}, 1000);
    process.on("SIGUSR2", () => finish());
    const report = await updater.idle();
    console.log("drained", report.drained);
    clearInterval(keepAlive);`;

  test("a signal drains", async () => {
    let isAsked = false;
    const { code, stdout } = await runtime.start("idle.js", program, (output, kill) => {
      if (!output.includes("working") || isAsked) return;
      isAsked = true;
      kill("SIGTERM");
      setTimeout(() => {
        kill("SIGUSR2");
      }, 50);
    });
    expect(stdout).toBe("working\ndrained true\n");
    expect(code).toBe(0);
  });

  test("a second signal exits at once", async () => {
    let isAsked = false;
    const { code, stdout } = await runtime.start("impatient.js", program, (output, kill) => {
      if (!output.includes("working") || isAsked) return;
      isAsked = true;
      kill("SIGINT");
      setTimeout(() => {
        kill("SIGINT");
      }, 50);
    });
    expect(stdout).toBe("working\n");
    expect(code).toBe(1);
  });
});

test("the explorer works under node:test, with its fake timers", () => {
  const { code, stdout } = runtime.run(
    "explore.test.js",
    `import assert from "node:assert";
    import { mock, test } from "node:test";
    import { explore } from "runtime/testing";
    test("explore", async () => {
      mock.timers.enable({ apis: ["setTimeout", "setImmediate", "setInterval"] });
      const report = await explore(async ({ io }) => {
        let balance = 0;
        const deposit = async (n) => { const read = await io("read " + n, () => balance); await io("write " + n, () => { balance = read + 1; }); };
        await Promise.all([deposit(1), deposit(2)]);
        return balance;
      });
      assert.equal(report.isExhaustive, true);
      assert.deepEqual(report.outcomes.map((o) => o.value).sort(), [1, 2]);
    });`,
    {},
    ["--test"],
  );
  expect(stdout).toMatch(/# pass 1|pass 1/);
  expect(code).toBe(0);
});
