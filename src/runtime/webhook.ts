import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { MalformedUpdateError, WebhookError } from "./errors.ts";
import type { Intake } from "./intake.ts";
import type { RawUpdate } from "./update.ts";

export interface WebhookOptions {
  /** Address to listen on. Default `127.0.0.1`: a reverse proxy with TLS stands before it. */
  listen?: string;
  /** Default 8443; 0 takes any free port. */
  port?: number;
  /** Path of the requests. Default `/`. */
  path?: string;
  /** Requests without it in `X-Telegram-Bot-Api-Secret-Token` are refused with 401. */
  secretToken?: string;
  /** Public URL; when given, the Bot API is told to send updates there. */
  url?: string;
  /** Largest body accepted, in bytes. Default 1 MiB. */
  maxBody?: number;
}

/** Receives updates by HTTP. */
export class Webhook {
  readonly #intake: Intake;
  readonly #options: WebhookOptions;
  readonly #confirm: "accepted" | "settled";
  readonly #server: Server;

  constructor(intake: Intake, options: WebhookOptions, confirm: "accepted" | "settled") {
    this.#intake = intake;
    this.#options = options;
    this.#confirm = confirm;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  listen(): Promise<number> {
    const { listen = "127.0.0.1", port = 8443 } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error: NodeJS.ErrnoException) => {
        const reason = error.code === "EADDRINUSE" ? "the port is in use" : error.message;
        reject(
          new WebhookError(`Cannot listen on ${listen}:${String(port)}: ${reason}.`, {
            cause: error,
          }),
        );
      });
      this.#server.listen(port, listen, () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path = "/", maxBody = 1_048_576 } = this.#options;
    const refuse = (status: number, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { connection: "close", ...headers }).end();
    };
    if (request.url?.split("?")[0] !== path) {
      refuse(404);
      return;
    }
    if (request.method !== "POST") {
      refuse(405, { allow: "POST" });
      return;
    }
    if (!this.#hasSecret(request)) {
      refuse(401);
      return;
    }
    const refuseForNow = (): void => {
      refuse(503, { "retry-after": "1" }); // the Bot API sends it again
    };
    if (this.#intake.capacity === 0) {
      refuseForNow();
      return;
    }
    const body = await read(request, maxBody);
    if (body === undefined) {
      refuse(413);
      return;
    }
    // others may have come in while the body did
    if (this.#intake.capacity === 0) {
      refuseForNow();
      return;
    }
    let settled: Promise<void>;
    try {
      settled = this.#intake.accept(JSON.parse(body) as RawUpdate);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof MalformedUpdateError)) throw error;
      refuse(400);
      return;
    }
    if (this.#confirm === "settled") await settled;
    response.writeHead(200).end();
  }

  #hasSecret(request: IncomingMessage): boolean {
    const { secretToken } = this.#options;
    if (secretToken === undefined) return true;
    const given = Buffer.from(String(request.headers["x-telegram-bot-api-secret-token"] ?? ""));
    const expected = Buffer.from(secretToken);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}

async function read(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
