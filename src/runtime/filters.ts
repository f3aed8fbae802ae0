import type { Message } from "@grammyjs/types";

/** A test on messages that composes: `filters.text.and(filters.command.not())`. */
export interface MessageFilter {
  (message: Message): boolean;
  and(other: (message: Message) => boolean): MessageFilter;
  or(other: (message: Message) => boolean): MessageFilter;
  not(): MessageFilter;
}

/** Makes a composable filter from a test; errors that the test throws go to the error handlers. */
export function filter(test: (message: Message) => boolean): MessageFilter {
  return Object.assign((message: Message) => test(message), {
    and: (other: (message: Message) => boolean) =>
      filter((message) => test(message) && other(message)),
    or: (other: (message: Message) => boolean) =>
      filter((message) => test(message) || other(message)),
    not: () => filter((message) => !test(message)),
  });
}

const has = (field: keyof Message): MessageFilter =>
  filter((message) => message[field] !== undefined);

export const filters = {
  all: filter(() => true),
  text: has("text"),
  /** Text that starts with a bot command, of any name. */
  command: filter((message) => message.text !== undefined && /^\/\w/.test(message.text)),
  photo: has("photo"),
  document: has("document"),
  voice: has("voice"),
  video: has("video"),
  sticker: has("sticker"),
  location: has("location"),
  contact: has("contact"),
  reply: has("reply_to_message"),
  forwarded: has("forward_origin"),
  privateChat: filter((message) => message.chat.type === "private"),
  group: filter((message) => message.chat.type === "group" || message.chat.type === "supergroup"),
  /** Text or caption that matches. */
  regex: (pattern: RegExp): MessageFilter =>
    filter((message) => (message.text ?? message.caption ?? "").search(pattern) >= 0),
  chat: (...ids: readonly number[]): MessageFilter =>
    filter((message) => ids.includes(message.chat.id)),
  user: (...ids: readonly number[]): MessageFilter =>
    filter((message) => message.from !== undefined && ids.includes(message.from.id)),
};

/** Filters that a MessageHandler knows by name. */
export type FilterName = Exclude<keyof typeof filters, "regex" | "chat" | "user">;
