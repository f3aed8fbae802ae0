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
