import type { TSESTree } from "@typescript-eslint/types";
import { contains, isFunction, propertyName, type Node } from "./ast.ts";

/** What is to be done with each name of a pattern; `defaults` are the default values around it, outermost first. */
export type OnName = (name: TSESTree.Identifier, defaults: readonly Node[]) => void;

/** The names that a pattern gives a value, in order. Gives back what is evaluated on the way. */
export function forEachName(pattern: Node, onName: OnName): Node[] {
  const others: Node[] = [];
  const visit = (node: Node, defaults: readonly Node[]): void => {
    switch (node.type) {
      case "Identifier":
        onName(node, defaults);
        break;
      case "ObjectPattern":
        for (const property of node.properties) visit(property, defaults);
        break;
      case "Property":
        if (node.computed) others.push(node.key);
        visit(node.value, defaults);
        break;
      case "ArrayPattern":
        for (const element of node.elements) if (element) visit(element, defaults);
        break;
      case "AssignmentPattern":
        visit(node.left, [...defaults, node.right]);
        others.push(node.right);
        break;
      case "RestElement":
        visit(node.argument, defaults);
        break;
      case "TSParameterProperty":
        visit(node.parameter, defaults);
        break;
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "TSTypeAssertion":
      case "TSSatisfiesExpression":
        visit(node.expression, defaults);
        break;
      default:
        others.push(node);
    }
  };
  visit(pattern, NO_DEFAULTS);
  return others;
}

const NO_DEFAULTS: readonly Node[] = [];

/** The properties that lead to a name in a parameter's pattern; null where it is no plain path. */
export function pathInPattern(pattern: Node | undefined, name: Node): readonly string[] | null {
  if (!pattern || isFunction(pattern)) return null;
  if (pattern === name) return [];
  if (pattern.type === "AssignmentPattern") return pathInPattern(pattern.left, name);
  if (pattern.type === "TSParameterProperty") return pathInPattern(pattern.parameter, name);
  if (pattern.type !== "ObjectPattern") return null;
  for (const property of pattern.properties) {
    const key = property.type === "Property" ? propertyName(property) : null;
    if (property.type !== "Property" || key === null || !contains(property, name)) continue;
    const below = pathInPattern(property.value, name);
    return below && [key, ...below];
  }
  return null;
}
