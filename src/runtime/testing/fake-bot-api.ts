import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { RawUpdate } from "../update.ts";
import { realTime } from "../real-time.ts";
import { rawMessage, type MessageParts } from "./updates.ts";

export interface FakeBotApiOptions {
  /** The only token that is accepted. Default `"1:fake"`. */
  token?: string;
  /** The bot's user name. Default `"fake_bot"`. */
  username?: string;
}

/** One request that reached the fake, in the order of arrival. */
export interface BotApiCall {
  readonly method: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * What goes wrong with a call.
 * - `{ retryAfter }`: 429 with `retry_after` in seconds
 * - `{ status }`: an answer of this HTTP status, for example 502, that is no JSON
 * - `{ delay }`: the right answer, this many milliseconds late
 * - `{ isCut: true }`: the connection is cut without an answer
 */
export type Fault =
  { retryAfter: number } | { status: number } | { delay: number } | { isCut: true };

interface LongPoll {
  readonly answer: (updates: readonly RawUpdate[]) => void;
  readonly conflict: () => void;
  readonly limit: number;
}

/**
 * A Bot API on a loopback port, for tests of bots written with grammY, Telegraf or this runtime:
 * pass `apiRoot` and `token` to the bot. Updates are kept until an offset confirms them, as the real
 * one does; `getUpdates` waits up to its `timeout`.
 */
export class FakeBotApi {
  readonly token: string;
  readonly username: string;
  /** All calls so far, `getUpdates` included. */
  readonly calls: BotApiCall[] = [];
  readonly #server: Server;
  readonly #faults = new Map<string, Fault[]>();
  #updates: RawUpdate[] = [];
  #poll: LongPoll | undefined;
  #lastUpdateId = 0;
  #lastMessageId = 0;
  #webhook: { readonly url: string; readonly secret: string | undefined } | undefined;
  #delivery: Promise<void> = Promise.resolve();
  #watchers = new Set<() => void>();

  private constructor(options: FakeBotApiOptions) {
    this.token = options.token ?? "1:fake";
    this.username = options.username ?? "fake_bot";
    this.#server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy());
    });
  }

  /** Starts the server on a free port of 127.0.0.1. */
  static async start(options: FakeBotApiOptions = {}): Promise<FakeBotApi> {
    const api = new FakeBotApi(options);
    await new Promise<void>((resolve) => api.#server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get apiRoot(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Updates that no offset has confirmed and no webhook has taken. */
  get unconfirmed(): readonly RawUpdate[] {
    return this.#updates;
  }

  callsOf(method: string): readonly BotApiCall[] {
    return this.calls.filter((call) => call.method === method);
  }

  /** A user sends a text to the bot. */
  receive(text: string, parts: Omit<MessageParts, "updateId"> = {}): RawUpdate {
    return this.push(rawMessage(text, { ...parts, updateId: this.#lastUpdateId + 1 }));
  }

  /** Any update; its `update_id` is kept. */
  push(update: RawUpdate): RawUpdate {
    this.#lastUpdateId = Math.max(this.#lastUpdateId, update.update_id);
    this.#updates.push(update);
    if (this.#webhook !== undefined) this.#deliver();
    else this.#answerPoll();
    return update;
  }

  /** The next call of `method` fails in this way; several faults come one after another. */
  fail(method: string, ...faults: readonly Fault[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...faults]);
  }

  /**
   * Resolves when `method` was called `count` times in all.
   *
   * @throws rejects after `within` milliseconds (default 5000) with what was called instead
   */
  async waitForCalls(method: string, count: number, within = 5000): Promise<readonly BotApiCall[]> {
    const deadline = realTime.now() + within;
    while (this.callsOf(method).length < count) {
      const left = deadline - realTime.now();
      if (left <= 0) {
        const seen = String(this.callsOf(method).length);
        throw new Error(
          `${method} was called ${seen} times in ${String(within)} ms, not ${String(count)} times.`,
        );
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          realTime.clearTimeout(timer);
          this.#watchers.delete(wake);
          resolve();
        };
        const timer = realTime.setTimeout(wake, left);
        this.#watchers.add(wake);
      });
    }
    return this.callsOf(method);
  }

  async close(): Promise<void> {
    this.#poll?.answer([]);
    this.#webhook = undefined;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const payload = await readPayload(incoming);
    const path = (incoming.url ?? "").split("?")[0] ?? "";
    const [, token, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
    if (token !== this.token) {
      fail(response, 401, "Unauthorized");
      return;
    }
    this.calls.push({ method, payload });
    for (const wake of [...this.#watchers]) wake();
    const fault = this.#faults.get(method)?.shift();
    if (fault !== undefined && (await this.#apply(fault, response))) return;
    if (method === "getUpdates") await this.#getUpdates(payload, incoming, response);
    else succeed(response, this.#result(method, payload));
  }

  /** @returns true when the fault was the answer */
  async #apply(fault: Fault, response: ServerResponse): Promise<boolean> {
    if ("delay" in fault) {
      await new Promise((resolve) => realTime.setTimeout(resolve, fault.delay));
      return false;
    }
    if ("isCut" in fault) response.destroy();
    else if ("status" in fault)
      response.writeHead(fault.status, { "content-type": "text/html" }).end("<h1>Error</h1>");
    else fail(response, 429, "Too Many Requests", { retry_after: fault.retryAfter });
    return true;
  }

  #result(method: string, payload: Readonly<Record<string, unknown>>): unknown {
    switch (method) {
      case "getMe":
        return {
          id: 1,
          is_bot: true,
          first_name: "Fake",
          username: this.username,
          can_join_groups: true,
          can_read_all_group_messages: false,
          supports_inline_queries: true,
        };
      case "setWebhook":
        this.#webhook = {
          url: String(payload["url"]),
          secret: payload["secret_token"] as string | undefined,
        };
        this.#deliver();
        return true;
      case "deleteWebhook":
        this.#webhook = undefined;
        if (isTrue(payload["drop_pending_updates"])) this.#updates = [];
        return true;
      case "getWebhookInfo":
        return { url: this.#webhook?.url ?? "", pending_update_count: this.#updates.length };
      default:
        return /^(send|edit|forward|copy)/.test(method) && method !== "sendChatAction"
          ? this.#message(payload)
          : true;
    }
  }

  #message(payload: Readonly<Record<string, unknown>>): object {
    const id = Number(payload["chat_id"]);
    return {
      message_id: (this.#lastMessageId += 1),
      date: 1_700_000_000,
      chat: { id, type: "private", first_name: `User ${String(id)}` },
      from: { id: 1, is_bot: true, first_name: "Fake", username: this.username },
      ...(typeof payload["text"] === "string" && { text: payload["text"] }),
    };
  }

  async #getUpdates(
    payload: Readonly<Record<string, unknown>>,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (this.#webhook !== undefined) {
      fail(response, 409, "Conflict: can't use getUpdates method while webhook is active");
      return;
    }
    this.#poll?.conflict();
    const offset = Number(payload["offset"] ?? 0);
    if (offset < 0) this.#updates = this.#updates.slice(offset);
    else this.#updates = this.#updates.filter((update) => update.update_id >= offset);
    const limit = Math.min(100, Math.max(1, Number(payload["limit"] ?? 100)));
    const updates = await this.#wait(limit, Number(payload["timeout"] ?? 0) * 1000, incoming);
    if (updates === undefined) {
      fail(response, 409, "Conflict: terminated by other getUpdates request");
    } else {
      succeed(response, updates);
    }
  }

  /** Undefined when another request took the place of this one. */
  #wait(
    limit: number,
    timeout: number,
    incoming: IncomingMessage,
  ): Promise<readonly RawUpdate[] | undefined> {
    return new Promise((resolve) => {
      const end = (updates: readonly RawUpdate[] | undefined): void => {
        realTime.clearTimeout(timer);
        incoming.socket.removeListener("close", leave);
        if (this.#poll === poll) this.#poll = undefined;
        resolve(updates);
      };
      const leave = (): void => {
        end([]);
      };
      const timer = realTime.setTimeout(leave, timeout);
      const poll: LongPoll = {
        limit,
        answer: end,
        conflict: () => {
          end(undefined);
        },
      };
      incoming.socket.once("close", leave);
      this.#poll = poll;
      this.#answerPoll();
    });
  }

  #answerPoll(): void {
    if (this.#poll !== undefined && this.#updates.length > 0) {
      this.#poll.answer(this.#updates.slice(0, this.#poll.limit));
    }
  }

  /** Posts pending updates to the webhook one at a time; one that is not answered 200 comes again. */
  #deliver(): void {
    this.#delivery = this.#delivery.then(async () => {
      for (let update = this.#updates[0]; update !== undefined; update = this.#updates[0]) {
        const webhook = this.#webhook;
        if (webhook === undefined) return;
        const status = await post(webhook.url, webhook.secret, update).catch(() => 0);
        if (status !== 200) await new Promise((resolve) => realTime.setTimeout(resolve, 20));
        // it may have been dropped meanwhile, and another may be the first
        else if (this.#updates[0] === update) this.#updates.shift();
      }
    });
  }
}

function post(url: string, secret: string | undefined, update: RawUpdate): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      ...(secret !== undefined && { "x-telegram-bot-api-secret-token": secret }),
    };
    const outgoing = request(url, { method: "POST", headers, agent: false }, (response) => {
      response.resume().once("end", () => {
        resolve(response.statusCode ?? 0);
      });
    });
    outgoing.once("error", reject);
    outgoing.end(JSON.stringify(update));
  });
}

async function readPayload(incoming: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  const query = new URLSearchParams((incoming.url ?? "").split("?")[1] ?? "");
  const type = incoming.headers["content-type"] ?? "";
  if (type.includes("json"))
    return { ...Object.fromEntries(query), ...(JSON.parse(body || "{}") as object) };
  if (type.includes("urlencoded"))
    return Object.fromEntries([...query, ...new URLSearchParams(body)]);
  return { ...Object.fromEntries(query), ...multipartFields(body) };
}

/** The text fields of a multipart body; files are left out. */
function multipartFields(body: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, name = "", value = ""] of body.matchAll(/name="([^"]+)"\r\n\r\n([^]*?)\r\n--/g))
    fields[name] = value;
  return fields;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

function succeed(response: ServerResponse, result: unknown): void {
  answer(response, 200, { ok: true, result });
}

function fail(
  response: ServerResponse,
  code: number,
  description: string,
  parameters?: object,
): void {
  answer(response, code, {
    ok: false,
    error_code: code,
    description,
    ...(parameters && { parameters }),
  });
}

function answer(response: ServerResponse, status: number, body: object): void {
  if (!response.writableEnded && !response.destroyed) {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }
}
