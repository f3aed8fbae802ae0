import type { FrameworkModel, ListenerModel } from "../model.ts";
import { CHAIN, each, UPDATE } from "./listeners.ts";

const METHODS = "get post put patch delete all use options head";
const HOOKS = "addHook.onRequest addHook setErrorHandler setNotFoundHandler addContentTypeParser";
const ROUTE: ListenerModel = {
  handlers: "functions",
  handlerOptions: ["handler", "preHandler", "onRequest"],
  trigger: "update",
};

export const http: FrameworkModel = {
  id: "http",
  packages: [
    "express",
    "fastify",
    "koa",
    "@koa/router",
    "koa-router",
    "hono",
    "http",
    "https",
    "polka",
    "restify",
  ],
  // Koa and Hono: (ctx, next); Express: (request, response, next).
  chain: { use: "use", next: [1, 2] },
  dispatchers: [
    {
      exports: [
        "default",
        "express",
        "Router",
        "fastify",
        "Fastify",
        "Hono",
        "Koa",
        "FastifyInstance",
      ],
      listeners: {
        ...each(METHODS, { ...ROUTE, chains: true }),
        ...each(HOOKS, UPDATE),
        ...each("param", CHAIN),
        // `app.route("/path").get(...)` and Fastify's `route({ handler })`.
        route: { ...ROUTE, chains: true },
      },
      concurrency: "concurrent",
      customaryNames: ["router", "fastify", "server"],
    },
    {
      exports: ["createServer", "Server"],
      listeners: {
        new: UPDATE,
        on: { handlers: "last", trigger: "update", startupEvents: ["listening", "error", "close"] },
      },
      concurrency: "concurrent",
    },
  ],
  contextTypes: ["FastifyRequest"],
  reason: "each request is handled as it arrives",
  source:
    "test/models/dispatch/http.test.ts: express 5, fastify 5, koa 3 and node:http, requests overlap",
};

/** NestJS controllers, message patterns, gateways and its schedule. */
export const nestjs: FrameworkModel = {
  id: "nestjs",
  packages: [
    "@nestjs/common",
    "@nestjs/microservices",
    "@nestjs/websockets",
    "@nestjs/event-emitter",
    "@nestjs/schedule",
    "@nestjs/bull",
    "@nestjs/bullmq",
  ],
  dispatchers: [],
  decorators: {
    ...each(
      "Get Post Put Patch Delete All MessagePattern EventPattern SubscribeMessage OnEvent OnWorkerEvent",
      UPDATE,
    ),
    Cron: {
      handlers: 0,
      trigger: "timer",
      repeats: { by: "calendar", argument: 0, zoneOption: "timeZone" },
    },
    Interval: { handlers: 0, trigger: "timer", repeats: { by: "period", argument: 0 } },
    Timeout: { handlers: 0, trigger: "timer" },
    Process: { handlers: 0, trigger: "job", repeats: { by: "queue" } },
  },
  bases: { WorkerHost: ["process"] },
  startupMethods: ["onModuleInit", "onApplicationBootstrap"],
  reason: "each request or event is handled as it arrives",
  source:
    "@nestjs/core router-explorer.ts: a handler of the HTTP adapter for each decorated method; hooks/on-module-init.hook.ts: once for each instance",
};
