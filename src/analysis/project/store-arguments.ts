import type { TSESTree } from "@typescript-eslint/types";
import type { StoreModel } from "../../models/store-model.ts";
import { propertyName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { optionOf, type Chain, type ChainLink } from "./store-chain.ts";

/** Options and links that lock rows in stores without a model. */
export const ROW_LOCKS: readonly string[] = ["lock", "forUpdate", "pessimisticLock"];

/** What is evaluated for a chain: an awaited base, then the arguments of its calls. */
export function inputsOf(chain: Chain, links: readonly ChainLink[]): Node[] {
  const base = chain.base.type === "Identifier" || chain.base.type === "ThisExpression";
  return [
    ...(base ? [] : [chain.base]),
    ...links.flatMap((link) => (link.call ? expressions(link.call) : [])),
  ];
}

export function expressions(call: TSESTree.CallExpression): TSESTree.Expression[] {
  return call.arguments.map((argument) =>
    argument.type === "SpreadElement" ? argument.argument : argument,
  );
}

export function propertyNames(node: Node): string[] {
  const inner = unwrap(node);
  if (inner.type !== "ObjectExpression") return [];
  return inner.properties.flatMap((property) => {
    if (property.type !== "Property") return [];
    const name = propertyName(property) ?? "";
    return name.startsWith("$") ? propertyNames(property.value) : [name];
  });
}

export function mentions(argument: Node, words: readonly string[]): boolean {
  const inner = unwrap(argument);
  const text = stringValue(inner);
  return (text !== null && words.includes(text)) || words.some((word) => optionOf(inner, word));
}

/** Whether a read's options lock its row, also those that a constant holds. */
export function hasLockOption(argument: Node, model: StoreModel | null, file: SourceFile): boolean {
  const names = model?.rowLocks ?? ROW_LOCKS;
  const options = constantObject(argument, file);
  return names.some((name) => {
    const lock = optionOf(options, name);
    return lock !== null && !(lock.type === "Literal" && !lock.value);
  });
}

/** What an expression gives, also where a constant holds it. */
export function constantObject(argument: Node, file: SourceFile): Node {
  const inner = unwrap(argument);
  if (inner.type !== "Identifier") return inner;
  const declarator = file.variableOf(inner)?.defs[0]?.node;
  return declarator?.type === "VariableDeclarator" && declarator.init
    ? unwrap(declarator.init)
    : inner;
}
