// Functions of a cloud: a module's export is the handler, and only stores are shared between two events.
import { expect, test } from "vitest";
import { expectations, reports } from "../harness.ts";

const MANIFEST = JSON.stringify({ devDependencies: { "@types/aws-lambda": "^8.10.0" } });
const DATABASE = `import { PrismaClient } from "@prisma/client";
export const prisma = new PrismaClient();`;
const PAY = `import { prisma } from "./database.ts";
import { wrapped } from "./wrapped.ts";
let calls = 0;
export const handler = wrapped(async (id) => {
  const before = calls;
  const user = await prisma.user.findUnique({ where: { id } });
  calls = before + 1;
  await prisma.user.update({ where: { id }, data: { coins: user.coins + 1 } }); // => no-store-race
});`;
const ADD = `import { prisma } from "./database.ts";
export const handler = async (event) => {
  await prisma.user.update({ where: { id: event.id }, data: { coins: { increment: 1 } } });
};`;
const WRAPPED = "export const wrapped = (work) => async (event) => work(event.id);";

test("a table is shared, a module's variable is not", () => {
  const files = {
    "package.json": MANIFEST,
    "database.ts": DATABASE,
    "wrapped.ts": WRAPPED,
    "pay.ts": PAY,
    "add.ts": ADD,
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("elsewhere an export of that name is nobody's handler", () => {
  const files = { "database.ts": DATABASE, "wrapped.ts": WRAPPED, "pay.ts": PAY, "add.ts": ADD };
  expect(reports(files)).toEqual([]);
});

const NEXT = JSON.stringify({ dependencies: { next: "^16.0.0" } });
const route = (mark: string): string => `import { prisma } from "@/database";
export async function POST(request) {
  const { id } = await request.json();
  const user = await prisma.user.findUnique({ where: { id } });
  await prisma.user.update({ where: { id }, data: { coins: user.coins + 1 } });${mark}
}`;

test("a route handler of Next.js is called for each request", () => {
  const files = {
    "package.json": NEXT,
    "database.ts": DATABASE,
    "app/api/webhook/[store]/route.ts": route(" // => no-store-race"),
    "app/api/webhook/helpers.ts": route(""),
    "pages/api/pay.ts": route(" // => no-store-race").replace(
      "async function POST",
      "default async function pay",
    ),
  };
  expect(reports(files)).toEqual(expectations(files));
});

test("without Next.js nothing calls it", () => {
  const files = { "database.ts": DATABASE, "app/api/route.ts": route("") };
  expect(reports(files)).toEqual([]);
});

const BOTKIT = `const { slackbot } = require("botkit");
const controller = slackbot({});
const listen = require("./listen.js");
listen(controller);`;
const SHARED = `let total = 0;
module.exports = (controller) => {
  controller.hears(["pay"], ["direct_mention"], async (bot, message) => {
    const before = total;
    await bot.reply(message, "paid");
    total = before + 1; // => no-lost-update
  });
  controller.hears(["count"], ["direct_mention"], async (bot, message) => {
    await bot.reply(message, "counted");
    total += 1;
  });
};`;

test("what a Botkit controller hears is handled as it arrives", () => {
  const files = { "app.js": BOTKIT, "listen.js": SHARED };
  expect(reports(files)).toEqual(expectations(files));
});

const action = (directive: string, mark: string): string => `${directive}
import { prisma } from "@/database";
export async function pay(id) {
  const user = await prisma.user.findUnique({ where: { id } });
  await prisma.user.update({ where: { id }, data: { coins: user.coins + 1 } });${mark}
}`;

test("an action of the server is called from any browser", () => {
  const files = {
    "package.json": NEXT,
    "database.ts": DATABASE,
    "app/actions/pay.ts": action('"use server";', " // => no-store-race"),
    "app/actions/helpers.ts": action('"use strict";', ""),
  };
  expect(reports(files)).toEqual(expectations(files));
});
