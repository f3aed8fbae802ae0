import type { BotApi } from "./bot-api.ts";
import type { RawUpdate } from "./update.ts";

/** An existing bot: its API, and its own handlers for what the dispatcher does not match. */
export interface AdaptedBot {
  readonly bot: BotApi;
  readonly fallback: (update: RawUpdate) => Promise<unknown>;
}

/** What `fromGrammy` needs of a grammY Bot. */
export interface GrammyBot {
  readonly api: object;
  init(): Promise<void>;
  handleUpdate(update: never): Promise<void>;
}

/**
 * Gives a grammY bot the dispatcher: `const updater = new Updater(fromGrammy(bot))`, then
 * `updater.startPolling()` instead of `bot.start()`. Updates that no handler of the dispatcher
 * matches go to the bot's own middleware, one at a time as under `bot.start()`; an error of it goes
 * to the dispatcher's error handlers.
 */
export function fromGrammy(bot: GrammyBot): AdaptedBot {
  let ready: Promise<void> | undefined;
  return {
    bot: bot.api as BotApi,
    fallback: async (update) => {
      ready ??= bot.init().catch((error: unknown) => {
        ready = undefined; // the next update tries again
        throw error;
      });
      await ready;
      await bot.handleUpdate(update as never);
    },
  };
}

/** What `fromTelegraf` needs of a Telegraf bot. */
export interface TelegrafBot {
  readonly telegram: object;
  handleUpdate(update: never): Promise<void>;
}

interface TelegrafClient {
  callApi(method: string, payload: object, options?: { signal?: AbortSignal }): Promise<unknown>;
}

/**
 * Gives a Telegraf bot the dispatcher, as `fromGrammy`. `updater.startPolling()` replaces
 * `bot.launch()`; unlike there, the bot's handlers see one update at a time.
 */
export function fromTelegraf(bot: TelegrafBot): AdaptedBot {
  const { telegram } = bot;
  const client = telegram as TelegrafClient;
  const raw = new Proxy(
    {},
    {
      get: (_target, method) =>
        typeof method === "string" && method !== "then"
          ? (payload: object = {}, signal?: AbortSignal) =>
              client.callApi(method, payload, signal === undefined ? {} : { signal })
          : undefined,
    },
  );
  const api = new Proxy(telegram, {
    get(target, name) {
      if (name === "raw") return raw;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return { bot: api as BotApi, fallback: async (update) => bot.handleUpdate(update as never) };
}
