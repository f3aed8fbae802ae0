import type { ConflictUpdateModel, StoreModel, StoreOperation } from "../../models/store-model.ts";
import { isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { returnExpressions } from "./call-shapes.ts";
import { optionOf, type ChainLink } from "./store-chain.ts";

/** A create that changes the row where it finds one. */
export interface ConflictUpdate {
  /** What is written then. */
  readonly data: Node;
  /** The values by which the row is found. */
  readonly keys: readonly Node[];
}

/**
 * `insert(users).values({ id, n: 1 }).onConflictDoUpdate({ target: users.id, set: { n } })`: the row with that id is
 * written, as by an upsert.
 */
export function conflictUpdate(
  { kind }: StoreOperation,
  links: readonly ChainLink[],
  made: readonly Node[],
  { chain }: StoreModel,
): ConflictUpdate | null {
  const model = chain?.conflictUpdate;
  const index = links.findIndex(({ name }) => chain?.conflicts?.includes(name));
  const link = links[index];
  if (kind !== "create" || !model || !link?.call) return null;
  const { data, target } = clauseOf(model, link.call.arguments[0], links.slice(index + 1), made);
  if (!data || !namesItsColumns(data)) return null;
  const keys = columnsOf(target).flatMap((column) =>
    made.flatMap((row) => optionOf(row, column) ?? []),
  );
  return { data, keys };
}

interface Clause {
  readonly data: Node | null;
  readonly target: Node | null;
}

function clauseOf(
  { by, data, target }: ConflictUpdateModel,
  given: Node | undefined,
  later: readonly ChainLink[],
  made: readonly Node[],
): Clause {
  switch (by) {
    case "options":
      return { data: optionOf(given, data), target: optionOf(given, target[0] ?? "") };
    case "builder":
      return {
        data: givenTo([data], given),
        target: givenTo(target, given),
      };
    case "links": {
      const call = later.find(({ name }) => name === data)?.call;
      return { data: call ? (call.arguments[0] ?? made[0] ?? null) : null, target: given ?? null };
    }
  }
}

/** What a callback gives to a method on the way to its result: `(oc) => oc.column("id").doUpdateSet({ n })`. */
function givenTo(names: readonly string[], callback: Node | undefined): Node | null {
  const fn = callback && unwrap(callback);
  if (!isFunction(fn)) return null;
  let node: Node | undefined = returnExpressions(fn)[0];
  while (node) {
    const inner = unwrap(node);
    if (inner.type !== "CallExpression" || inner.callee.type !== "MemberExpression") return null;
    if (names.includes(propertyName(inner.callee) ?? "")) return valueOf(inner.arguments[0]);
    node = inner.callee.object;
  }
  return null;
}

/** `doUpdateSet((eb) => ({ n: eb("n", "+", 1) }))`: what the callback gives. */
function valueOf(argument: Node | undefined): Node | null {
  const inner = argument && unwrap(argument);
  return (isFunction(inner) ? returnExpressions(inner)[0] : inner) ?? null;
}

/** What is put together elsewhere may set any column: that is no evidence of a loss. */
function namesItsColumns(data: Node): boolean {
  const inner = unwrap(data);
  return (
    inner.type === "ObjectExpression" &&
    inner.properties.every((property) => property.type === "Property")
  );
}

/** `users.id`, `[users.chat, users.id]`, `["chat", "id"]`. */
function columnsOf(target: Node | null): string[] {
  const inner = target && unwrap(target);
  switch (inner?.type) {
    case "ArrayExpression":
      return inner.elements.flatMap((element) => columnsOf(element));
    case "MemberExpression":
      return [propertyName(inner) ?? ""];
    case "Literal":
      return [String(inner.value)];
    default:
      return [];
  }
}
