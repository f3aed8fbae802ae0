import type { TSESTree } from "@typescript-eslint/types";
import { lookup } from "../../models/lookup.ts";
import type { Repair } from "../finding.ts";
import type { Hazard } from "../flow/summary.ts";
import { childrenOf, isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";

/**
 * The store's own operator in place of a sum that the caller made: `{ n: row.n + 1 }` becomes
 * `{ n: { increment: 1 } }` or `{ $inc: { n: 1 } }`, as the store's model says. Null where the written value is
 * anything but the column's old one plus or minus something.
 */
export function atomicOperator(hazard: Hazard): Repair | null {
  const { place, site } = hazard;
  const column = place.path.at(-1);
  if (hazard.kind !== "lost-update" || place.root.kind !== "store" || column?.kind !== "field")
    return null;
  // Where a helper writes, the call says nothing of the operator.
  if (hazard.chain.length > 0) return null;
  const form = place.root.model?.repairs?.sum;
  const found = form && sumIn(site.node, column.name);
  if (!found) return null;
  const { object, property, sum } = found;
  const amount = site.file.textOf(sum.right);
  const isSubtracted = sum.operator === "-";
  const operator = (isSubtracted ? form.subtract : null) ?? form.add;
  const term = isSubtracted && !form.subtract ? `-(${amount})` : amount;
  const edit = (node: Node, text: string): Repair => ({
    title: `Let the store compute ${column.name}`,
    edits: [{ start: node.range[0], end: node.range[1], text }],
  });
  if (form.around === "amount") return edit(property.value, `{ ${operator}: ${term} }`);
  // Beside other columns an operator may not stand.
  if (object.properties.length !== 1) return null;
  return edit(object, `{ ${operator}: { ${site.file.textOf(property.key)}: ${term} } }`);
}

/**
 * The form of the operation that allows for a row that is gone, in place of the one that throws: `updateMany`
 * for `update`. Null where somebody uses the row that the call gives, or where its filter is a compound key, which the other
 * form does not take.
 */
export function formForMissingRow({ whenGone, place, chain, site }: Hazard): Repair | null {
  if (whenGone !== "fails" || chain.length > 0 || place.root.kind !== "store") return null;
  const { node, file } = site;
  if (node.type !== "CallExpression") return null;
  const awaited = file.parentOf(node);
  const statement = awaited?.type === "AwaitExpression" ? file.parentOf(awaited) : null;
  const callee = unwrap(node.callee);
  if (statement?.type !== "ExpressionStatement" || callee.type !== "MemberExpression") return null;
  const [options] = node.arguments;
  if (options?.type !== "ObjectExpression" || !options.properties.every(isPlain)) return null;
  const lenient = lookup(place.root.model?.repairs?.lenient, propertyName(callee) ?? "");
  if (lenient === undefined) return null;
  return {
    title: `Use ${lenient}, which allows for a row that is gone`,
    edits: [{ start: callee.property.range[0], end: callee.property.range[1], text: lenient }],
  };
}

/** `where: { id }` and `data: { text }`; no `select`, no compound key, no row of another table. */
function isPlain(option: TSESTree.ObjectLiteralElement): boolean {
  if (option.type !== "Property") return false;
  const name = propertyName(option);
  return (
    (name === "where" || name === "data") &&
    option.value.type === "ObjectExpression" &&
    option.value.properties.every(
      (column) => column.type === "Property" && column.value.type !== "ObjectExpression",
    )
  );
}

interface Sum {
  readonly object: TSESTree.ObjectExpression;
  readonly property: TSESTree.Property;
  readonly sum: TSESTree.BinaryExpression;
}

/** The property that gives the column `something.column + amount`. */
function sumIn(call: Node, column: string): Sum | null {
  let found: Sum | null = null;
  const visit = (node: Node): void => {
    if (node.type === "ObjectExpression")
      for (const property of node.properties) {
        if (property.type !== "Property" || propertyName(property) !== column) continue;
        const sum = unwrap(property.value);
        if (
          sum.type === "BinaryExpression" &&
          (sum.operator === "+" || sum.operator === "-") &&
          isColumn(sum.left, column) &&
          !isText(sum.right)
        )
          found ??= { object: node, property, sum };
      }
    for (const child of childrenOf(node)) if (!isFunction(child)) visit(child);
  };
  visit(call);
  return found;
}

/** `+` of texts is no sum. */
function isText(node: Node): boolean {
  const inner = unwrap(node);
  return (
    inner.type === "TemplateLiteral" ||
    (inner.type === "Literal" && typeof inner.value === "string")
  );
}

function isColumn(node: Node, column: string): boolean {
  const inner = unwrap(node);
  return inner.type === "MemberExpression" && propertyName(inner) === column;
}
