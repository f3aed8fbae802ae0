import type { FrameworkModel, ListenerModel } from "../model.ts";

const HANDLER: ListenerModel = { handlers: "functions", trigger: "update" };
const ERROR: ListenerModel = { handlers: "functions", trigger: "event" };
const ONCE: ListenerModel = { handlers: 0, trigger: "job" };
/** Two runs of one job never overlap: the next is skipped, queued or waits for the one that it aborted. */
const JOB: ListenerModel = { handlers: 0, trigger: "job", repeats: { by: "queue" } };

export const runtime: FrameworkModel = {
  id: "run-async",
  packages: ["eslint-plugin-run-async/runtime"],
  dispatchers: [
    {
      exports: [
        "CommandHandler",
        "MessageHandler",
        "CallbackQueryHandler",
        "InlineQueryHandler",
        "TypeHandler",
        "UpdateHandler",
      ],
      listeners: { new: HANDLER },
      concurrency: "sequential",
    },
    {
      exports: ["Dispatcher"],
      listeners: { addErrorHandler: ERROR },
      concurrency: "sequential",
    },
    {
      exports: ["Updater"],
      listeners: { "dispatcher.addErrorHandler": ERROR },
      concurrency: "sequential",
    },
    {
      exports: ["JobQueue"],
      listeners: { runOnce: ONCE, runRepeating: JOB, runDaily: JOB },
      concurrency: "concurrent",
    },
  ],
  contextTypes: ["Update", "Context"],
  sends: ["sendMessage", "sendPhoto", "sendDocument"],
  source:
    "src/runtime: handlers that are not runAsync are awaited one update at a time; jobs run on a pool of their own",
};
