import type { FrameworkModel, ListenerModel, RepeatModel } from "../model.ts";

function calendar(repeats: Omit<RepeatModel, "by"> = { argument: 0 }): ListenerModel {
  return { handlers: "functions", trigger: "timer", repeats: { by: "calendar", ...repeats } };
}

export const nodeCron: FrameworkModel = {
  id: "node-cron",
  packages: ["node-cron"],
  dispatchers: [],
  functions: {
    schedule: calendar({ argument: 0, exclusiveOption: "noOverlap", zoneOption: "timezone" }),
    createTask: calendar({ argument: 0, exclusiveOption: "noOverlap", zoneOption: "timezone" }),
  },
  reason: "node-cron starts a run whether the last has ended or not",
  source:
    "node-cron 4.6.0 dist/_shared.cjs:322: a tick is skipped for a running task only with noOverlap",
};

export const cron: FrameworkModel = {
  id: "cron",
  packages: ["cron"],
  dispatchers: [
    {
      exports: ["CronJob.from", "CronJob"],
      listeners: {
        new: {
          ...calendar({
            argument: 0,
            option: "cronTime",
            exclusiveOption: "waitForCompletion",
            zoneOption: "timeZone",
          }),
          handlerOptions: ["onTick"],
        },
      },
      concurrency: "concurrent",
    },
  ],
  reason: "cron starts a run whether the last has ended or not",
  source:
    "cron 4.4.0 dist/job.js:121: a tick is skipped for a running job only with waitForCompletion",
};

export const nodeSchedule: FrameworkModel = {
  id: "node-schedule",
  packages: ["node-schedule"],
  dispatchers: [
    {
      exports: ["Job"],
      listeners: { new: calendar() },
      concurrency: "concurrent",
    },
  ],
  functions: { scheduleJob: calendar() },
  reason: "node-schedule starts a run whether the last has ended or not",
  source: "node-schedule 2.1.1 lib/Invocation.js: the job's callback is called and not awaited",
};

export const croner: FrameworkModel = {
  id: "croner",
  packages: ["croner"],
  dispatchers: [
    {
      exports: ["Cron", "default"],
      listeners: {
        new: calendar({ argument: 0, exclusiveOption: "protect", zoneOption: "timezone" }),
        schedule: calendar({ argument: 0, zoneOption: "timezone" }),
      },
      concurrency: "concurrent",
    },
  ],
  reason: "croner starts a run whether the last has ended or not",
  source:
    "croner 11.0.1 dist/croner.js _checkTrigger: a tick is skipped for a busy job only with protect",
};

export const queues: FrameworkModel = {
  id: "queues",
  packages: ["bullmq", "bull", "agenda", "@hokify/agenda", "bee-queue", "pg-boss"],
  dispatchers: [
    {
      exports: ["Worker"],
      listeners: {
        new: {
          handlers: 1,
          trigger: "job",
          repeats: { by: "queue", limit: { argument: 2, option: "concurrency", default: 1 } },
        },
        on: { handlers: 1, trigger: "event", chains: true },
      },
      concurrency: "concurrent",
      customaryNames: ["worker"],
    },
    {
      // Bull: process([name], [concurrency], handler).
      exports: ["default", "Queue"],
      listeners: {
        process: {
          handlers: "last",
          trigger: "job",
          repeats: { by: "queue", limit: { argument: 1, default: 1 } },
        },
        on: { handlers: 1, trigger: "event", chains: true },
      },
      concurrency: "concurrent",
      customaryNames: ["queue"],
    },
    {
      exports: ["Agenda", "default"],
      listeners: {
        define: {
          handlers: "functions",
          trigger: "job",
          repeats: { by: "queue", limit: { argument: 1, option: "concurrency", default: 5 } },
        },
      },
      concurrency: "concurrent",
      customaryNames: ["agenda"],
    },
  ],
  reason: "the worker takes several jobs at once",
  source:
    "bullmq 6.7.0 dist/cjs/classes/worker.js:43 concurrency 1; bull 4.16.5 lib/queue.js:668 concurrency 1; agenda 6.2.6 dist/index.js:11 defaultConcurrency 5",
};

export const taskSchedulers: FrameworkModel = {
  id: "task schedulers",
  packages: ["simple-scheduler-task", "toad-scheduler"],
  dispatchers: [
    {
      exports: ["Interval"],
      listeners: {
        new: {
          handlers: "functions",
          handlerOptions: ["source"],
          trigger: "timer",
          repeats: { by: "calendar", argument: 0, option: "cron" },
        },
      },
      concurrency: "concurrent",
    },
    {
      exports: ["AsyncTask", "Task"],
      listeners: { new: { handlers: 1, trigger: "timer" } },
      concurrency: "sequential",
    },
  ],
  reason: "a scheduled task waits for no handler",
  source:
    "simple-scheduler-task: setInterval around the source; toad-scheduler lib/engines/simple-interval/SimpleIntervalJob.js: a timer for each job",
};
