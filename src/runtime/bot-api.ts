import type { ApiMethods, Message } from "@grammyjs/types";
import { MissingPeerError } from "./errors.ts";

type Methods = ApiMethods<unknown>;
type Arguments<M extends keyof Methods> = NonNullable<Parameters<Methods[M]>[0]>;
type ChatId = number | string;
/** `Own` arguments, then all others in one object. */
type Call<M extends keyof Methods, Own extends unknown[], Names extends string> = [
  ...own: Own,
  other?: Omit<Arguments<M>, Names>,
  signal?: AbortSignal,
];

/** All methods of the Bot API by name, each with one object of arguments, as grammY's `api.raw`. */
export type RawApi = {
  [M in keyof Methods]: (
    ...args: undefined extends Parameters<Methods[M]>[0]
      ? [args?: Parameters<Methods[M]>[0], signal?: AbortSignal]
      : [args: Parameters<Methods[M]>[0], signal?: AbortSignal]
  ) => Promise<ReturnType<Methods[M]>>;
};

/**
 * The part of grammY's `Api` that this runtime and most handlers use, with the same signatures, so
 * that an `Api` of grammY is one. Everything else is in `raw`.
 */
export interface BotApi {
  readonly raw: RawApi;
  getMe(signal?: AbortSignal): Promise<ReturnType<Methods["getMe"]>>;
  sendMessage(
    ...args: Call<"sendMessage", [chatId: ChatId, text: string], "chat_id" | "text">
  ): Promise<Message.TextMessage>;
  sendPhoto(
    ...args: Call<"sendPhoto", [chatId: ChatId, photo: unknown], "chat_id" | "photo">
  ): Promise<Message.PhotoMessage>;
  sendDocument(
    ...args: Call<"sendDocument", [chatId: ChatId, document: unknown], "chat_id" | "document">
  ): Promise<Message.DocumentMessage>;
  sendChatAction(
    ...args: Call<
      "sendChatAction",
      [chatId: ChatId, action: Arguments<"sendChatAction">["action"]],
      "chat_id" | "action"
    >
  ): Promise<true>;
  editMessageText(
    ...args: Call<
      "editMessageText",
      [chatId: ChatId, messageId: number, text: string],
      "chat_id" | "message_id" | "text"
    >
  ): Promise<unknown>;
  deleteMessage(chatId: ChatId, messageId: number, signal?: AbortSignal): Promise<true>;
  answerCallbackQuery(
    ...args: Call<"answerCallbackQuery", [callbackQueryId: string], "callback_query_id">
  ): Promise<true>;
  answerInlineQuery(
    ...args: Call<
      "answerInlineQuery",
      [inlineQueryId: string, results: Arguments<"answerInlineQuery">["results"]],
      "inline_query_id" | "results"
    >
  ): Promise<true>;
}

export interface ApiOptions {
  /** Root of the Bot API server, for example of a local one. Default `https://api.telegram.org`. */
  apiRoot?: string | undefined;
}

/**
 * grammY's `Api` behind a promise: the package is loaded with the first call, since only Updaters
 * that are made from a token need it.
 */
export function lazyApi(token: string, options: ApiOptions): BotApi {
  let loading: Promise<LoadedApi> | undefined;
  const load = (): Promise<LoadedApi> => (loading ??= loadApi(token, options));
  const raw = methods(async (name, args) => (await load()).raw[name]?.(...args));
  return methods(async (name, args) => (await load())[name]?.(...args), {
    raw,
  }) as unknown as BotApi;
}

type AnyMethod = (...args: unknown[]) => unknown;
type LoadedApi = Record<string, AnyMethod> & { raw: Record<string, AnyMethod> };

function methods(
  call: (name: string, args: unknown[]) => Promise<unknown>,
  own: object = {},
): object {
  return new Proxy(own, {
    get(target, name) {
      // a thenable would be called by `await bot`
      if (typeof name !== "string" || name === "then") return undefined;
      if (name in target) return (target as Record<string, unknown>)[name];
      return (...args: unknown[]) => call(name, args);
    },
  });
}

async function loadApi(token: string, options: ApiOptions): Promise<LoadedApi> {
  const peer = "grammy"; // not a literal, so that bundlers and type checkers do not require it
  try {
    const grammy = (await import(peer)) as {
      Api: new (token: string, options: object) => LoadedApi;
    };
    const { apiRoot } = options;
    return new grammy.Api(token, apiRoot === undefined ? {} : { apiRoot });
  } catch (error) {
    throw new MissingPeerError(
      'An Updater made from a token calls the Bot API through grammY: install it with "npm install grammy", ' +
        "or give the Updater a bot: new Updater({ bot, source }).",
      { cause: error },
    );
  }
}
