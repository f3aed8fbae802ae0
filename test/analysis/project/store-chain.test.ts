// What a filter asks for, by the many ways in which query builders write it.
import { describe, expect, test } from "vitest";
import { parseFile } from "../../../src/analysis/project/parser.ts";
import {
  conditionsOf,
  isConditional,
  type Condition,
} from "../../../src/analysis/project/store-chain.ts";
import type { Node } from "../../../src/analysis/syntax/ast.ts";
import type { SourceFile } from "../../../src/analysis/syntax/source-file.ts";

/** The conditions of `link(args)`, and the file that their values stand in. */
function read(call: string): { conditions: Condition[]; file: SourceFile } {
  const file = parseFile("/project/query.ts", `${call};`);
  const [statement] = file?.ast.body ?? [];
  if (!file || statement?.type !== "ExpressionStatement") throw new SyntaxError(call);
  const { expression } = statement;
  if (expression.type !== "CallExpression" || expression.callee.type !== "Identifier")
    throw new SyntaxError(call);
  const args: Node[] = expression.arguments;
  return { conditions: conditionsOf(expression.callee.name, args), file };
}

/** `id = userId, coins ? -`: the column, whether it must be equal, and the value's text. */
function said(call: string): string {
  const { conditions, file } = read(call);
  return conditions
    .map(
      ({ column, isEquality, value }) =>
        `${column ?? "*"} ${isEquality ? "=" : "?"} ${value ? file.textOf(value) : "-"}`,
    )
    .join(", ");
}

describe("conditionsOf", () => {
  test.each([
    ["where()", ""],
    ["where({ id: userId, chat })", "id = userId, chat = chat"],
    ["where({ id, ...rest })", "id = id, * = rest"],
    ["where({ [column]: 1 })", "* = 1"],
    ["where({ id, coins: { gte: price } })", "id = id, coins ? -"],
    ["where({ id: { equals: userId } })", "id = -"],
    ["where({ id: { $eq: userId } })", "id = -"],
    ["where({ id, $or: [{ a: 1 }] })", "id = id, a = 1"],
    ["where({ AND: [{ id }, { open: true }, more] })", "id = id, open = true"],
    ["where({ $and: [, { id }] })", "id = id"],
    ["where({ AND: { id } })", "AND.id = id"],
    ["where({ userId_chatId: { userId: u, chatId: c } })", "userId = u, chatId = c"],
    ["where({ owner: { id: u, open: true } })", "owner.id = u, owner.open = true"],
    ["where({ [path]: { id: u } })", "* = u"],
    ["where({ owner: { ...rest } })", "* = rest"],
    ["where({ owner: { [part]: 1 } })", "* = 1"],
    [`where("id", userId)`, "id = userId"],
    [`where("id", "=", userId)`, "id = userId"],
    [`where("coins", ">=", price)`, "coins ? price"],
    [`where("coins", operator, price)`, "coins = price"],
    [`eq("id", userId)`, "id = userId"],
    [`gte("coins", price)`, "coins ? price"],
    ["where(eq(users.id, userId))", "id = userId"],
    ["where(gte(users.coins, price))", "coins ? price"],
    ["where(ops.eq(users.id, userId))", "id = userId"],
    ["where(and(eq(users.id, u), lt(users.n, 3), isOpen))", "id = u, n ? 3"],
    ["where(isNull(users.deleted))", "deleted ? -"],
    ["where(eq(...pair))", "* = -"],
    ["where(eq(column, ...rest))", "* = -"],
    ["where((builder) => builder.eq(1, 2))", ""],
    ["where(filter)", "* = filter"],
    ["where(`id`)", "* = `id`"],
    [
      `where("user.id = :id AND user.coins >= :price", { id: u, price: 5, ...more })`,
      "id = u, coins ? 5",
    ],
    [`where("id = :id", given)`, "id = -"],
    [`where("id = :id", { other })`, "id = -"],
    [`where("id = 1")`, "id = -"],
    [`where("is_open(id )")`, "* ? -"],
  ])("%s", (call, expected) => {
    expect(said(call)).toBe(expected);
  });
});

describe("isConditional", () => {
  test.each([
    ["one condition names the row", "where({ open: true })", ["open"], false],
    ["keys of the row", "where({ id, chat })", ["coins"], false],
    ["a comparison", "where({ id, coins: { gte: price } })", [], true],
    ["a constant", `where({ id, state: "open" })`, [], true],
    ["a member of an enumeration", "where({ id, state: State.Open })", [], true],
    ["a member of the update", "where({ id, chat: ctx.chat })", [], false],
    ["a member of a member", "where({ id, chat: Deep.inside.chat })", [], false],
    ["the column that is written", "where({ id, coins: before })", ["coins"], true],
    ["another column that is written", "where({ id, coins: before })", ["name"], false],
    ["a column without a name", "where({ id, ...rest })", ["rest"], false],
  ] as const)("%s", (_title, call, written, expected) => {
    expect(isConditional(read(call).conditions, written)).toBe(expected);
  });
});
