import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import {
  BoundedPool,
  CallbackQueryHandler,
  CommandHandler,
  Dispatcher,
  filters,
  InlineQueryHandler,
  MissingUpdateFieldError,
  runAsync,
  TypeHandler,
  Update,
  type Context,
  type RawUpdate,
} from "../../src/runtime/index.ts";
import { messageUpdate } from "../../src/runtime/testing/index.ts";
import { dispatcherWith } from "./reporting-dispatcher.ts";

describe("handlers", () => {
  async function handled(
    update: Update,
    ...handlers: (new (...args: never[]) => unknown)[] | Parameters<Dispatcher["addHandler"]>[0][]
  ): Promise<void> {
    const { dispatcher, errors } = dispatcherWith();
    dispatcher.username = "this_bot";
    for (const handler of handlers)
      dispatcher.addHandler(handler as Parameters<Dispatcher["addHandler"]>[0]);
    await dispatcher.processUpdate(update);
    expect(errors).toEqual([]);
  }

  test.each([
    ["/transfer 1 2 10", ["1", "2", "10"]],
    ["/TRANSFER   a\n b ", ["a", "b"]],
    ["/transfer@this_bot x", ["x"]],
    ["/transfer", []],
    ["/transfer@other_bot x", undefined],
    ["/transfers x", undefined],
    ["say /transfer", undefined],
  ])("CommandHandler, %j", async (text, expected) => {
    let args: string[] | undefined;
    const handler = new CommandHandler("transfer", (_update, context) => {
      ({ args } = context);
    });
    await handled(messageUpdate(text), handler);
    expect(args).toEqual(expected);
  });

  test("filters compose", () => {
    const message = (text: string) => messageUpdate(text).message;
    const plainText = filters.text.and(filters.command.not());
    expect(plainText(message("hi"))).toBe(true);
    expect(plainText(message("/hi"))).toBe(false);
    expect(filters.photo.or(filters.privateChat)(message("hi"))).toBe(true);
    expect(filters.chat(7)(message("hi"))).toBe(false);
    expect(filters.user(1)(message("hi"))).toBe(true);
  });

  test("callback queries and inline queries by pattern", async () => {
    const from = { id: 7, is_bot: false, first_name: "A" };
    const press = {
      update_id: 1,
      callback_query: { id: "q", from, chat_instance: "c", data: "buy:3" },
    } as RawUpdate;
    const inline = {
      update_id: 2,
      inline_query: { id: "q", from, query: "cats", offset: "" },
    } as RawUpdate;
    const seen: unknown[] = [];
    const handlers = [
      new CallbackQueryHandler("sell", () => seen.push("wrong")),
      new CallbackQueryHandler(/^buy:(\d+)$/, (update, context) => {
        seen.push([update.callbackQuery.data, context.match?.[1], update.effectiveUser.id]);
      }),
      new InlineQueryHandler(undefined, (update) => seen.push(update.inlineQuery.query)),
    ];
    await handled(new Update(press), ...handlers);
    await handled(new Update(inline), ...handlers);
    expect(seen).toEqual([["buy:3", "3", 7], "cats"]);
  });

  test("a part that the update has not is an error that names it", () => {
    const poll = new Update({ update_id: 1, poll: {} } as RawUpdate);
    expect(() => poll.message).toThrow(MissingUpdateFieldError);
    expect(() => poll.effectiveChat).toThrow("This update (poll) has no effectiveChat.");
  });
});

describe("other frameworks", () => {
  /** As discord.js: an emitter whose listeners nobody awaits. */
  class Message {
    readonly content: string;
    readonly replies: string[] = [];
    constructor(content: string) {
      this.content = content;
    }
    async reply(text: string): Promise<void> {
      await sleep(1);
      this.replies.push(text);
    }
  }

  test("the dispatcher is generic over update and bot", async () => {
    const client = { user: "music" };
    const dispatcher = new Dispatcher<Message, typeof client>({
      pool: new BoundedPool(),
      bot: client,
    });
    dispatcher.addHandler(
      new TypeHandler(
        (message: Message) => message.content.startsWith("!play"),
        async (message, context: Context<Message, typeof client>) => {
          await message.reply(`${context.bot.user} plays`);
        },
      ),
    );
    dispatcher.addHandler(new TypeHandler(Message, async (message) => message.reply("what?")), 1);
    const message = new Message("!play x");
    await dispatcher.processUpdate(message);
    expect(message.replies).toEqual(["music plays", "what?"]);
  });

  test('the five-line form: client.on("messageCreate", runAsync(handler))', async () => {
    const client = new EventEmitter();
    const pool = new BoundedPool({ workers: 2 });
    let running = 0;
    let most = 0;
    const handler = async (message: Message) => {
      running += 1;
      most = Math.max(most, running);
      await message.reply("pong");
      running -= 1;
    };
    client.on("messageCreate", runAsync(handler, { pool, key: (message) => message.content }));
    const messages = ["a", "b", "c", "a"].map((content) => new Message(content));
    for (const message of messages) client.emit("messageCreate", message);
    await vi.waitFor(() => {
      expect(messages.every((message) => message.replies.length === 1)).toBe(true);
    });
    expect(most).toBe(2);
  });
});
