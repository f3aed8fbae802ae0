import * as runtime from "../../index.ts";

/** What connects the runtime to the outside and takes handlers; the pool, the keys and tasks are the real ones. */
const CONNECTED = [
  "Updater",
  "Dispatcher",
  "JobQueue",
  "CommandHandler",
  "MessageHandler",
  "CallbackQueryHandler",
  "InlineQueryHandler",
  "TypeHandler",
];

/** The runtime as the explorer wants it: `runAsync` and `sequential` go to the schedule's own pool and keys. */
export function runtimeModule(stub: (name: string) => unknown): object {
  const stubs = CONNECTED.map((name) => [name, stub(name)] as const);
  return { ...runtime, ...Object.fromEntries(stubs), __esModule: true };
}
