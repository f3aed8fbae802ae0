import type { Chat, User } from "@grammyjs/types";
import { Update, type RawUpdate } from "../update.ts";

let lastId = 0;

export interface MessageParts {
  /** Default 1. */
  chatId?: number;
  /** Default: the chat's id, as in a private chat. */
  userId?: number;
  /** Default: one more than the last one made. */
  updateId?: number;
}

/** A new text message as the Bot API sends it, with a bot_command entity when it starts with one. */
export function rawMessage(text: string, parts: MessageParts = {}): RawUpdate {
  const { chatId = 1, userId = chatId, updateId = (lastId += 1) } = parts;
  const user: User = { id: userId, is_bot: false, first_name: `User ${String(userId)}` };
  const chat: Chat.PrivateChat = { id: chatId, type: "private", first_name: user.first_name };
  const command = /^\/\w+(?:@\w+)?/.exec(text)?.[0];
  const message = {
    message_id: updateId,
    date: 1_700_000_000,
    chat,
    from: user,
    text,
    ...(command !== undefined && {
      entities: [{ type: "bot_command" as const, offset: 0, length: command.length }],
    }),
  };
  return { update_id: updateId, message: message };
}

/** The same as handlers see it: `dispatcher.processUpdate(messageUpdate("/transfer 1 2 10"))`. */
export function messageUpdate(text: string, parts?: MessageParts): Update {
  return new Update(rawMessage(text, parts));
}
