// The little of four packages without types of their own that the experiments use.
declare module "koa" {
  import type { RequestListener } from "node:http";
  export default class Koa {
    use(handler: (context: { body: unknown }) => Promise<void>): this;
    callback(): RequestListener;
  }
}

declare module "express" {
  import type { RequestListener, ServerResponse } from "node:http";
  interface Express extends RequestListener {
    get(path: string, handler: (request: unknown, response: ServerResponse) => Promise<void>): this;
  }
  export default function express(): Express;
}

declare module "node-schedule" {
  const schedule: {
    scheduleJob(pattern: string, run: () => Promise<void>): { cancel(): boolean };
  };
  export default schedule;
}

declare module "node-telegram-bot-api" {
  export default class TelegramBot {
    constructor(token: string);
    on(event: string, listener: () => Promise<void>): this;
    processUpdate(update: unknown): void;
  }
}
