import { EventEmitter } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CronJob } from "cron";
import { Cron } from "croner";
import express from "express";
import fastify from "fastify";
import Koa from "koa";
import nodeCron from "node-cron";
import nodeSchedule from "node-schedule";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rootsOf } from "../roots/program.ts";
import { Overlap } from "./overlap.ts";

describe("servers handle requests as they arrive", () => {
  const koa = (handler: () => Promise<void>) => {
    const app = new Koa();
    app.use(async (ctx) => {
      await handler();
      ctx.body = "ok";
    });
    return app.callback();
  };
  it.each([
    [
      "express",
      `import express from "express"; const app = express(); app.get("/", async (req, res) => {});`,
      (handler: () => Promise<void>): Server =>
        createServer(
          express().get("/", async (_request, response) => {
            await handler();
            response.end();
          }),
        ),
    ],
    [
      "koa",
      `import Koa from "koa"; const app = new Koa(); app.use(async (ctx) => {});`,
      (handler: () => Promise<void>): Server => createServer(koa(handler)),
    ],
    [
      "node:http",
      `import { createServer } from "node:http"; createServer(async (request, response) => {});`,
      (handler: () => Promise<void>): Server =>
        createServer((_request, response) => {
          void handler().then(() => response.end());
        }),
    ],
  ])("%s", async (_name, program, serve) => {
    const seen = new Overlap();
    const server = serve(seen.handler);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    await Promise.all([1, 2, 3].map(() => fetch(`http://127.0.0.1:${String(port)}/`)));
    server.closeAllConnections();
    server.close();
    expect(seen.runs).toBe(3);
    expect(rootsOf(program).all.map((root) => root.concurrency)).toEqual([seen.concurrency]);
  });

  it("fastify", async () => {
    const seen = new Overlap();
    const app = fastify();
    app.get("/", async () => {
      await seen.handler();
      return "ok";
    });
    await Promise.all([1, 2, 3].map(() => app.inject("/")));
    await app.close();
    const roots = rootsOf(
      `import fastify from "fastify"; const app = fastify(); app.get("/", async () => {});`,
    );
    expect(roots.all.map((root) => root.concurrency)).toEqual([seen.concurrency]);
  });
});

describe("EventEmitter", () => {
  it("emit() waits for no async listener", async () => {
    const seen = new Overlap();
    const bus = new EventEmitter();
    bus.on("x", () => void seen.handler());
    bus.emit("x");
    bus.emit("x");
    await seen.ended(2);
    const roots =
      rootsOf(`import { EventEmitter } from "node:events"; const bus = new EventEmitter();
      bus.on("x", async () => {});`);
    expect(roots.all.map((root) => root.concurrency)).toEqual([seen.concurrency]);
  });
});

describe("timers and schedules, five seconds at a tick a second, with a run that never ends", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const EVERY_SECOND = "* * * * * *";
  const EXPERIMENTS: [string, string, (run: () => Promise<void>) => () => unknown][] = [
    [
      "setInterval",
      `setInterval(async () => {}, 1_000);`,
      (run) => {
        const timer = setInterval(() => void run(), 1_000);
        return () => {
          clearInterval(timer);
        };
      },
    ],
    [
      "setTimeout that re-arms after its work",
      `async function loop() { await work(); setTimeout(loop, 1_000); } loop();`,
      (run) => {
        const loop = async (): Promise<void> => {
          await run();
          setTimeout(() => void loop(), 1_000);
        };
        void loop();
        return () => undefined;
      },
    ],
    [
      "node-cron",
      `import cron from "node-cron"; cron.schedule("${EVERY_SECOND}", async () => {});`,
      (run) => {
        const task = nodeCron.schedule(EVERY_SECOND, run);
        return () => task.destroy();
      },
    ],
    [
      "node-cron with noOverlap",
      `import cron from "node-cron"; cron.schedule("${EVERY_SECOND}", async () => {}, { noOverlap: true });`,
      (run) => {
        const task = nodeCron.schedule(EVERY_SECOND, run, { noOverlap: true });
        return () => task.destroy();
      },
    ],
    [
      "cron",
      `import { CronJob } from "cron"; new CronJob("${EVERY_SECOND}", async () => {}, null, true);`,
      (run) => {
        const job = new CronJob(EVERY_SECOND, run, null, true);
        return () => job.stop();
      },
    ],
    [
      "cron with waitForCompletion",
      `import { CronJob } from "cron";
       CronJob.from({ cronTime: "${EVERY_SECOND}", onTick: async () => {}, start: true, waitForCompletion: true });`,
      (run) => {
        const job = CronJob.from({
          cronTime: EVERY_SECOND,
          onTick: run,
          start: true,
          waitForCompletion: true,
        });
        return () => job.stop();
      },
    ],
    [
      "node-schedule",
      `import schedule from "node-schedule"; schedule.scheduleJob("${EVERY_SECOND}", async () => {});`,
      (run) => {
        const job = nodeSchedule.scheduleJob(EVERY_SECOND, run);
        return () => job.cancel();
      },
    ],
    [
      "croner",
      `import { Cron } from "croner"; new Cron("${EVERY_SECOND}", async () => {});`,
      (run) => {
        const job = new Cron(EVERY_SECOND, run);
        return () => {
          job.stop();
        };
      },
    ],
    [
      "croner with protect",
      `import { Cron } from "croner"; new Cron("${EVERY_SECOND}", { protect: true }, async () => {});`,
      (run) => {
        const job = new Cron(EVERY_SECOND, { protect: true }, run);
        return () => {
          job.stop();
        };
      },
    ],
  ];

  it.each(EXPERIMENTS)("%s", async (_name, program, start) => {
    let runs = 0;
    const stop = start(() => {
      runs += 1;
      return new Promise<void>(() => undefined);
    });
    await vi.advanceTimersByTimeAsync(5_000);
    // Some wait for the run that never ends.
    void stop();
    expect(runs).toBeGreaterThan(0);
    expect(rootsOf(program).all.map((root) => root.concurrency)).toEqual([
      runs > 1 ? "concurrent" : "sequential",
    ]);
  });
});
