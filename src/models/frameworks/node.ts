import type { FrameworkModel, ListenerModel } from "../model.ts";
import { each, EVENT } from "./listeners.ts";

const INTERVAL: ListenerModel = {
  handlers: 0,
  trigger: "timer",
  repeats: { by: "period", argument: 1 },
};
const TIMEOUT: ListenerModel = { handlers: 0, trigger: "timer", once: true };
const PROCESS: ListenerModel = { handlers: 1, trigger: "shutdown", chains: true };

/** What Node.js itself calls back. */
export const node: FrameworkModel = {
  id: "node",
  packages: ["global", "timers", "process"],
  dispatchers: [],
  functions: {
    setInterval: INTERVAL,
    setTimeout: TIMEOUT,
    setImmediate: TIMEOUT,
    ...each("process.on process.once process.addListener on once", PROCESS),
  },
  reason: "nothing waits for one run before the next begins",
  source: "Node.js documentation, timers and process; test/models/dispatch/node.test.ts",
};

export const emitters: FrameworkModel = {
  id: "events",
  packages: ["events", "eventemitter3", "eventemitter2", "tiny-typed-emitter", "emittery"],
  packagePattern: /event-?emitter/i,
  dispatchers: [
    {
      exports: ["EventEmitter", "EventEmitter2", "TypedEmitter", "default"],
      listeners: {
        ...each("on addListener prependListener", EVENT),
        once: { ...EVENT, once: true },
      },
      concurrency: "concurrent",
      customaryNames: ["emitter", "eventBus", "eventEmitter"],
    },
  ],
  reason: "emit() does not wait for async listeners",
  source: "Node.js documentation, events; test/models/dispatch/node.test.ts",
};

/** Streams and child processes that a handler makes: each calls back on its own, when it ends or fails. */
export const streams: FrameworkModel = {
  id: "streams",
  packages: ["fs", "child_process"],
  dispatchers: [
    {
      exports: ["createReadStream", "createWriteStream", "spawn", "exec", "execFile", "fork"],
      listeners: {
        ...each("on addListener", { ...EVENT, once: ["end", "close", "finish", "exit"] }),
        once: { ...EVENT, once: true },
      },
      concurrency: "concurrent",
    },
  ],
  reason: "emit() does not wait for async listeners",
  source: "Node.js documentation, stream events `close` and `finish`, child_process event `exit`",
};
