import type { TSESTree } from "@typescript-eslint/types";

export type Node = TSESTree.Node;
export type Expression = TSESTree.Expression;
export type Statement = TSESTree.Statement;
export type Program = TSESTree.Program;
export type Identifier = TSESTree.Identifier;
export type CallLike = TSESTree.CallExpression | TSESTree.NewExpression;
export type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression;
export type FunctionNode =
  TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression;

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return (
    node?.type === "FunctionDeclaration" ||
    node?.type === "FunctionExpression" ||
    node?.type === "ArrowFunctionExpression"
  );
}

export function isClass(node: Node | null | undefined): node is ClassNode {
  return node?.type === "ClassDeclaration" || node?.type === "ClassExpression";
}

/** Keys that hold no evaluated code: skipping them keeps walks short and types out of the way. */
const SKIPPED_KEYS = new Set([
  "type",
  "range",
  "loc",
  "parent",
  "start",
  "end",
  "tokens",
  "comments",
  "typeAnnotation",
  "returnType",
  "typeParameters",
  "typeArguments",
  "superTypeArguments",
  "implements",
]);

/** The child nodes of `node` in source order, types left out. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const key in node) {
    const value = (node as unknown as Record<string, unknown>)[key];
    if (typeof value !== "object" || value === null || SKIPPED_KEYS.has(key)) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** Removes what changes nothing at run time: parentheses, casts, `!`, `satisfies`, optional chains' shell. */
export function unwrap(node: Node): Node {
  let inner = node;
  for (;;) {
    switch (inner.type) {
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
      case "TSInstantiationExpression":
      case "ChainExpression":
        inner = inner.expression;
        continue;
      default:
        if ((inner.type as string) === "ParenthesizedExpression") {
          inner = (inner as unknown as { expression: Node }).expression;
          continue;
        }
        return inner;
    }
  }
}

/** The name of a property where the source spells it out, else null. `#p` keeps its mark. */
export function propertyName(
  node:
    | TSESTree.MemberExpression
    | TSESTree.Property
    | TSESTree.MethodDefinition
    | TSESTree.PropertyDefinition
    | TSESTree.AccessorProperty,
): string | null {
  const key = node.type === "MemberExpression" ? node.property : node.key;
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  if (!node.computed && key.type === "Identifier") return key.name;
  return stringValue(key);
}

/** The name of the member that an expression accesses; empty where there is none, or none that is spelled out. */
export function memberName(node: Node): string {
  const inner = unwrap(node);
  return inner.type === "MemberExpression" ? (propertyName(inner) ?? "") : "";
}

export interface NamedProperty {
  readonly name: string;
  readonly value: Node;
}

/** The properties of a literal whose names the source spells out. */
export function namedProperties(object: TSESTree.ObjectExpression): NamedProperty[] {
  return object.properties.flatMap((property): NamedProperty[] => {
    const name = property.type === "Property" ? propertyName(property) : null;
    return property.type === "Property" && name !== null ? [{ name, value: property.value }] : [];
  });
}

/** The text of a string literal or of a template without expressions, else null. */
export function stringValue(node: Node | null | undefined): string | null {
  if (!node) return null;
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type === "TemplateLiteral" && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? null;
  return null;
}

/** A dotted rendering of a callee or receiver (`bot.api.sendMessage`), for messages. */
export function dottedName(node: Node): string {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Identifier":
      return inner.name;
    case "ThisExpression":
      return "this";
    case "Super":
      return "super";
    case "MetaProperty":
      return `${inner.meta.name}.${inner.property.name}`;
    case "MemberExpression": {
      const name = propertyName(inner);
      const object = dottedName(inner.object);
      return name === null ? `${object}[...]` : `${object}.${name}`;
    }
    case "CallExpression":
    case "NewExpression":
      return `${dottedName(inner.callee)}(...)`;
    case "AwaitExpression":
      return dottedName(inner.argument);
    default:
      return "(...)";
  }
}

export function nodeId(node: Node): number {
  return node.range[0] * 4096 + ((node.range[1] - node.range[0]) % 4096);
}

/** Whether one node is the other, or stands within it. Both are of one file. */
export function contains(outer: Node, inner: Node): boolean {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}

/** Where the name of a called method ends: the call's own range begins with the whole chain. */
export function endOfCallee(node: Node): number {
  return node.type === "CallExpression" ? node.callee.range[1] : node.range[1];
}

/** A method that goes on with a promise's outcome. */
export function isPromiseStep(name: string): boolean {
  return name === "then" || name === "catch" || name === "finally";
}

/** A statement after which the next one of its list does not run. */
export function isJump({ type }: Node): boolean {
  return /^(?:Return|Throw|Continue|Break)Statement$/.test(type);
}

/** The statement with which a branch ends: the last one of a block. */
export function lastStatement(branch: Node): Node {
  return branch.type === "BlockStatement" ? (branch.body.at(-1) ?? branch) : branch;
}

/** `true`, written out: an option that is on. */
export function isTrue(node: Node | null): boolean {
  return node?.type === "Literal" && node.value === true;
}

/** What a chain of members and calls begins with: `db` of `db("users").where(...)`. */
export function leftmost(node: Node): Node {
  let inner: Node = unwrap(node);
  for (;;) {
    if (inner.type === "CallExpression") inner = unwrap(inner.callee);
    else if (inner.type === "MemberExpression") inner = unwrap(inner.object);
    else return inner;
  }
}
