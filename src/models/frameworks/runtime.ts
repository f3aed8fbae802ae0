import type { FrameworkModel, ListenerModel } from "../model.ts";

const HANDLER: ListenerModel = { handlers: "functions", trigger: "update" };
const JOB: ListenerModel = { handlers: 0, trigger: "job", period: 1 };

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
      ],
      listeners: { new: HANDLER },
      concurrency: "sequential",
    },
    {
      exports: ["Dispatcher"],
      listeners: { addErrorHandler: { handlers: "functions", trigger: "event" } },
      concurrency: "sequential",
    },
    {
      exports: ["JobQueue"],
      listeners: { runOnce: JOB, runRepeating: JOB, runDaily: JOB },
      concurrency: "concurrent",
    },
  ],
  contextTypes: ["Update", "Context"],
  sends: ["sendMessage", "sendPhoto", "sendDocument"],
  source:
    "src/runtime: handlers that are not runAsync are awaited one update at a time; jobs run on a pool of their own",
};
