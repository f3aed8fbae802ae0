import { request } from "node:http";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { MessageHandler, WebhookError } from "../../src/runtime/index.ts";
import { rawMessage } from "../../src/runtime/testing/index.ts";
import { useFakeBot } from "./fake-bot.ts";

const bot = useFakeBot();

describe("webhook", () => {
  const secretToken = "secret_1";

  function post(
    port: number,
    options: { path?: string; secret?: string; body?: string; method?: string },
  ): Promise<number> {
    const { path = "/hook", secret = secretToken, body = "", method = "POST" } = options;
    return new Promise((resolve, reject) => {
      const headers = { "x-telegram-bot-api-secret-token": secret };
      const outgoing = request(
        { port, path, method, headers, host: "127.0.0.1", agent: false },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  test("takes updates, each once, and answers 200 before they are handled", async () => {
    const { updater } = bot.updaterFor();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const handled: number[] = [];
    updater.dispatcher.addHandler(
      new MessageHandler("text", async (update) => {
        await gate;
        handled.push(update.updateId);
      }),
    );
    const { port } = await updater.startWebhook({ port: 0, path: "/hook", secretToken });
    const body = JSON.stringify(rawMessage("x", { updateId: 5 }));
    expect(await post(port, { body })).toBe(200);
    expect(await post(port, { body })).toBe(200);
    expect(handled).toEqual([]);
    open();
    await updater.stop();
    expect(handled).toEqual([5]);
  });

  test("end to end: the Bot API is told the URL and delivers there", async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    const { updater } = bot.updaterFor();
    updater.dispatcher.addHandler(
      new MessageHandler("text", async (update, context) => {
        await context.bot.sendMessage(update.effectiveChat.id, update.message.text);
      }),
    );
    await updater.startWebhook({
      port,
      path: "/hook",
      secretToken,
      url: `http://127.0.0.1:${String(port)}/hook`,
    });
    bot.api.receive("by webhook");
    const [call] = await bot.api.waitForCalls("sendMessage", 1);
    expect(call?.payload["text"]).toBe("by webhook");
  });

  test.each([
    ["a wrong path", { path: "/other" }, 404],
    ["a wrong method", { method: "GET" }, 405],
    ["a wrong secret", { secret: "guess" }, 401],
    ["no JSON", { body: "{" }, 400],
    ["no update", { body: "[]" }, 400],
    [
      "a body that is too large",
      { body: JSON.stringify({ update_id: 1, text: "x".repeat(2000) }) },
      413,
    ],
  ])("refuses %s", async (_name, options, status) => {
    const { updater } = bot.updaterFor();
    const { port } = await updater.startWebhook({
      port: 0,
      path: "/hook",
      secretToken,
      maxBody: 1000,
    });
    expect(await post(port, options)).toBe(status);
    expect(updater.dispatcher.inFlight).toBe(0);
  });

  test("answers 503 when it holds as many updates as it may", async () => {
    const { updater } = bot.updaterFor({ maxInFlight: 1 });
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    updater.dispatcher.addHandler(new MessageHandler("text", () => gate));
    const { port } = await updater.startWebhook({ port: 0, path: "/hook", secretToken });
    expect(await post(port, { body: JSON.stringify(rawMessage("x")) })).toBe(200);
    expect(await post(port, { body: JSON.stringify(rawMessage("y")) })).toBe(503);
    open();
  });

  test("a port in use is a typed error", async () => {
    const first = bot.updaterFor().updater;
    const { port } = await first.startWebhook({ port: 0 });
    const second = bot.updaterFor().updater;
    await expect(second.startWebhook({ port })).rejects.toBeInstanceOf(WebhookError);
    await expect(first.startPolling()).rejects.toThrow("already");
  });
});
