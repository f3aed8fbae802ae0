import type * as Telegram from "@grammyjs/types";
import { MalformedUpdateError, MissingUpdateFieldError } from "./errors.ts";

/** The update as the Bot API sends it. */
export type RawUpdate = Telegram.Update;

/** A message whose `text` is always a string: empty when the message carries none. */
export type TextMessage = Telegram.Message & { readonly text: string };

export type CallbackQueryWithData = Telegram.CallbackQuery & { readonly data: string };

/**
 * An update as handlers see it, with the names of python-telegram-bot.
 *
 * A handler's filter has made sure that the parts it uses are there, so they are not optional here;
 * asking for a part that an update does not have throws MissingUpdateFieldError. `raw` has
 * everything as the Bot API sent it, optional fields included.
 */
export class Update {
  readonly raw: RawUpdate;
  #message: TextMessage | undefined;

  /** @throws MalformedUpdateError when `raw` is no object with a numeric `update_id` */
  constructor(raw: RawUpdate) {
    const candidate: unknown = raw;
    if (
      typeof candidate !== "object" ||
      candidate === null ||
      typeof (candidate as { update_id?: unknown }).update_id !== "number"
    ) {
      throw new MalformedUpdateError("A Telegram update is an object with a numeric update_id.");
    }
    this.raw = raw;
  }

  get updateId(): number {
    return this.raw.update_id;
  }

  /** The field beside `update_id`, for example `"message"`. */
  get kind(): string {
    return Object.keys(this.raw).find((key) => key !== "update_id") ?? "empty";
  }

  /** The new message. */
  get message(): TextMessage {
    return (this.#message ??= withText(this.#need("message", this.raw.message)));
  }

  /** The new or edited message or channel post, or the message under the button that was pressed. */
  get effectiveMessage(): TextMessage {
    return withText(this.#need("effectiveMessage", messageOf(this.raw)));
  }

  get effectiveChat(): Telegram.Chat {
    return this.#need("effectiveChat", chatOf(this.raw));
  }

  get effectiveUser(): Telegram.User {
    return this.#need("effectiveUser", userOf(this.raw));
  }

  get callbackQuery(): CallbackQueryWithData {
    const query = this.#need("callbackQuery", this.raw.callback_query);
    return { ...query, data: query.data ?? "" };
  }

  get inlineQuery(): Telegram.InlineQuery {
    return this.#need("inlineQuery", this.raw.inline_query);
  }

  #need<T>(field: string, value: T | undefined): T {
    if (value === undefined) throw new MissingUpdateFieldError(field, this.kind);
    return value;
  }
}

function withText(message: Telegram.Message): TextMessage {
  return message.text === undefined ? { ...message, text: "" } : (message as TextMessage);
}

/** The message an update is about, if it is about one. */
function messageOf(raw: RawUpdate): Telegram.Message | undefined {
  const accessible = raw.callback_query?.message;
  return (
    raw.message ??
    raw.edited_message ??
    raw.channel_post ??
    raw.edited_channel_post ??
    raw.business_message ??
    raw.edited_business_message ??
    raw.guest_message ??
    (accessible === undefined || accessible.date === 0 ? undefined : accessible)
  );
}

/** The chat an update comes from, if it comes from one. */
function chatOf(raw: RawUpdate): Telegram.Chat | undefined {
  const about =
    raw.my_chat_member ??
    raw.chat_member ??
    raw.chat_join_request ??
    raw.message_reaction ??
    raw.message_reaction_count ??
    raw.chat_boost ??
    raw.removed_chat_boost ??
    raw.deleted_business_messages;
  return messageOf(raw)?.chat ?? raw.callback_query?.message?.chat ?? about?.chat;
}

/** The user an update comes from, if it comes from one. */
function userOf(raw: RawUpdate): Telegram.User | undefined {
  const by =
    raw.callback_query ??
    raw.inline_query ??
    raw.chosen_inline_result ??
    raw.shipping_query ??
    raw.pre_checkout_query ??
    raw.purchased_paid_media ??
    raw.my_chat_member ??
    raw.chat_member ??
    raw.chat_join_request;
  return by?.from ?? messageOf(raw)?.from ?? raw.poll_answer?.user ?? raw.message_reaction?.user;
}
