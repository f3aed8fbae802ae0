/**
 * What is measured. Every subject loads only its own package, in a process of its own: one package
 * that enables AsyncLocalStorage makes every promise of a Node 20 process dearer.
 */
import { bareChains, BareRing } from "./bare-ring.js";

const OURS = "../../dist/runtime/index.js";

/** Each gives a maker: workers -> (fn) -> promise. */
export const pools = {
  "no pool, fn()": async () => () => (fn) => fn(),
  "bare ring": async () => (workers) => {
    const pool = new BareRing(workers);
    return (fn) => pool.run(fn);
  },
  "BoundedPool, detection off": async () => ours("off"),
  "BoundedPool, detection on": async () => ours("report"),
  fastq: async () => {
    const { default: fastq } = await import("fastq");
    return (workers) => {
      const queue = fastq.promise(async (fn) => fn(), workers);
      return (fn) => queue.push(fn);
    };
  },
  "async-sema": async () => {
    const { Sema } = await import("async-sema");
    return (workers) => {
      const sema = new Sema(workers, { capacity: 1 << 17 });
      return async (fn) => {
        await sema.acquire();
        try {
          return await fn();
        } finally {
          sema.release();
        }
      };
    };
  },
  "p-limit": async () => {
    const { default: pLimit } = await import("p-limit");
    return (workers) => pLimit(workers);
  },
  "p-queue": async () => {
    const { default: PQueue } = await import("p-queue");
    return (workers) => {
      const queue = new PQueue({ concurrency: workers });
      return (fn) => queue.add(fn);
    };
  },
  "async-mutex Semaphore": async () => {
    const { Semaphore } = await import("async-mutex");
    return (workers) => {
      const semaphore = new Semaphore(workers);
      return (fn) => semaphore.runExclusive(fn);
    };
  },
  bottleneck: async () => {
    const { default: Bottleneck } = await import("bottleneck");
    return (workers) => {
      const limiter = new Bottleneck({ maxConcurrent: workers });
      return (fn) => limiter.schedule(fn);
    };
  },
};

async function ours(detectDeadlocks) {
  const { BoundedPool } = await import(OURS);
  return (workers) => {
    const pool = new BoundedPool({ workers, detectDeadlocks });
    return (fn) => pool.run(fn);
  };
}

/** Each gives a maker: () -> (key, fn) -> promise. */
export const keyed = {
  "bare chain per key": async () => bareChains,
  "KeyedSequence, detection off": async () => ourKeys("off"),
  "KeyedSequence, detection on": async () => ourKeys("report"),
  "async-lock": async () => {
    const { default: AsyncLock } = await import("async-lock");
    return () => {
      const lock = new AsyncLock({ maxPending: Infinity });
      return (key, fn) => lock.acquire(key, fn);
    };
  },
  "async-mutex per key": async () => {
    const { Mutex } = await import("async-mutex");
    return () => {
      const mutexes = new Map();
      return (key, fn) => {
        let mutex = mutexes.get(key);
        if (mutex === undefined) mutexes.set(key, (mutex = new Mutex()));
        return mutex.runExclusive(fn).finally(() => {
          if (!mutex.isLocked()) mutexes.delete(key);
        });
      };
    };
  },
  "p-queue per key": async () => {
    const { default: PQueue } = await import("p-queue");
    return () => {
      const queues = new Map();
      return (key, fn) => {
        let queue = queues.get(key);
        if (queue === undefined) {
          queues.set(key, (queue = new PQueue({ concurrency: 1 })));
          queue.on("idle", () => queues.delete(key));
        }
        return queue.add(fn);
      };
    };
  },
  "grammY sequentialize": async () => {
    const { sequentialize } = await import("@grammyjs/runner");
    return () => {
      const middleware = sequentialize((context) => context);
      return (key, fn) => middleware(key, fn);
    };
  },
};

async function ourKeys(detectDeadlocks) {
  const { KeyedSequence } = await import(OURS);
  return () => {
    const sequence = new KeyedSequence({ detectDeadlocks });
    return (key, fn) => sequence.run(key, fn);
  };
}

const CHATS = 1000;

function rawUpdate(id) {
  const chat = { id: id % CHATS, type: "private", first_name: "A" };
  const from = { id: id % CHATS, is_bot: false, first_name: "A" };
  return { update_id: id, message: { message_id: id, date: 1, chat, from, text: "hi" } };
}

/** Batches of 100 updates, as getUpdates brings them. */
function batches(count, make = rawUpdate) {
  const all = [];
  for (let id = 1; id <= count; id += 100) {
    all.push(Array.from({ length: 100 }, (_, i) => make(id + i)));
  }
  return all;
}

/** Each gives a function: (count) -> promise of having handled that many updates with a no-op. */
export const dispatch = {
  "runner sink + sequentialize(chat)": async () => runner(true, "createConcurrentSink"),
  "runner concurrent sink": async () => runner(false, "createConcurrentSink"),
  "runner sequential sink": async () => runner(false, "createSequentialSink"),
  "Dispatcher, awaited handler": async () => ourDispatch({}, "off"),
  "Dispatcher, runAsync": async () => ourDispatch({ runAsync: true }, "off"),
  "Dispatcher, sequentialBy(chat)": async () => ourDispatch(byChat, "off"),
  "Dispatcher, sequentialBy(chat), detection on": async () => ourDispatch(byChat, "report"),
};

const byChat = { sequentialBy: (update) => update.raw.message.chat.id };

async function runner(isSequentialized, sinkName) {
  const { Bot } = await import("grammy");
  const { [sinkName]: createSink, sequentialize } = await import("@grammyjs/runner");
  const bot = new Bot("1:A", { botInfo: { id: 1, is_bot: true, first_name: "b", username: "b" } });
  if (isSequentialized) bot.use(sequentialize((context) => String(context.chat.id)));
  bot.on("message", async () => {});
  return async (count) => {
    const sink = createSink({ consume: (update) => bot.handleUpdate(update) }, async () => {});
    for (const batch of batches(count)) await sink.handle(batch);
    while (sink.size() > 0) await null;
  };
}

async function ourDispatch(options, detectDeadlocks) {
  // the keys of sequentialBy are those of the process, whose detection follows NODE_ENV
  process.env.NODE_ENV = detectDeadlocks === "off" ? "production" : "development";
  const { BoundedPool, Dispatcher, MessageHandler, Update } = await import(OURS);
  const pool = new BoundedPool({ workers: 500, detectDeadlocks });
  const dispatcher = new Dispatcher({ pool });
  dispatcher.addHandler(new MessageHandler("text", async () => {}, options));
  return async (count) => {
    for (const batch of batches(count)) {
      await Promise.all(batch.map((raw) => dispatcher.processUpdate(new Update(raw))));
    }
    await dispatcher.onIdle();
  };
}

const HOT_UPDATES = 600;
const SLOW_MS = 50;

/** The other chat gives up waiting after this long. */
const PATIENCE_MS = 5_000;

/** Each gives a function: () -> promise of the milliseconds until the other chat is answered. */
export const hotchat = {
  "Dispatcher, 4 workers, sequentialBy(chat)": async () => {
    const { BoundedPool, Dispatcher, MessageHandler, Update } = await import(OURS);
    const dispatcher = new Dispatcher({ pool: new BoundedPool({ workers: 4 }) });
    return () =>
      untilAnswered(
        (work) => {
          dispatcher.addHandler(new MessageHandler("text", (u) => work(u.raw), byChat));
        },
        (update) => dispatcher.processUpdate(new Update(update)),
      );
  },
  "runner sink of 500 + sequentialize(chat)": async () => {
    const { Bot } = await import("grammy");
    const { createConcurrentSink, sequentialize } = await import("@grammyjs/runner");
    const bot = new Bot("1:A", {
      botInfo: { id: 1, is_bot: true, first_name: "b", username: "b" },
    });
    bot.use(sequentialize((context) => String(context.chat.id)));
    const sink = createConcurrentSink(
      { consume: (update) => bot.handleUpdate(update) },
      async () => {},
    );
    let fetching = Promise.resolve();
    return () =>
      untilAnswered(
        (work) => {
          bot.on("message", (context) => work(context.update));
        },
        // the next fetch waits for capacity, as the runner's does
        (update) => (fetching = fetching.then(() => sink.handle([update]))),
      );
  },
};

async function untilAnswered(register, send) {
  let answered;
  const answer = new Promise((resolve) => (answered = resolve));
  register(async (update) => {
    if (update.message.chat.id === OTHER) answered();
    else await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
  });
  for (let id = 1; id <= HOT_UPDATES; id++) void send(chatUpdate(id, HOT));
  const start = performance.now();
  void send(chatUpdate(HOT_UPDATES + 1, OTHER));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([answer, late]);
  return performance.now() - start;
}

const HOT = 1;
const OTHER = 2;

function chatUpdate(id, chatId) {
  const update = rawUpdate(id);
  update.message.chat.id = chatId;
  return update;
}

/** Each gives the import itself. */
export const load = {
  "eslint-plugin-run-async/runtime": () => import(OURS),
  grammy: () => import("grammy"),
  telegraf: () => import("telegraf"),
};
