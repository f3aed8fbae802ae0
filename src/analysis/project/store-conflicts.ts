import type { StoreModel, StoreOperation } from "../../models/store-model.ts";
import { propertyName, unwrap, type Node } from "../syntax/ast.ts";
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
  const options = chain?.conflictOptions;
  const link = links.find(({ name }) => chain?.conflicts?.includes(name));
  const given = link?.call?.arguments[0];
  const data = options && given ? optionOf(given, options.data) : null;
  if (kind !== "create" || !options || !data || !namesItsColumns(data)) return null;
  const keys = columnsOf(optionOf(given, options.target)).flatMap((column) =>
    made.flatMap((row) => optionOf(row, column) ?? []),
  );
  return { data, keys };
}

/** What is put together elsewhere may set any column: that is no evidence of a loss. */
function namesItsColumns(data: Node): boolean {
  const inner = unwrap(data);
  return (
    inner.type === "ObjectExpression" &&
    inner.properties.every((property) => property.type === "Property")
  );
}

/** `users.id`, `[users.chat, users.id]`. */
function columnsOf(target: Node | null): string[] {
  const inner = target && unwrap(target);
  if (inner?.type === "ArrayExpression")
    return inner.elements.flatMap((element) => columnsOf(element));
  return inner?.type === "MemberExpression" ? [propertyName(inner) ?? ""] : [];
}
