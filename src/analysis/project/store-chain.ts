import type { TSESTree } from "@typescript-eslint/types";
import {
  isFunction,
  memberName,
  namedProperties,
  propertyName,
  stringValue,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { group, lastPart } from "../syntax/text.ts";
import { CALLED } from "./shape.ts";

/** One member of a chain, with the call of it. */
export interface ChainLink {
  readonly name: string;
  readonly call: TSESTree.CallExpression | null;
  /** The expression up to and with this link. */
  readonly node: Node;
  readonly file: SourceFile;
}

/** `db("users").where({ id }).first()`: the links from the base expression outwards. */
export interface Chain {
  readonly base: Node;
  readonly file: SourceFile;
  readonly links: readonly ChainLink[];
  /** It hangs on what a transaction gave its callback. */
  readonly isInTransaction?: boolean;
}

const DEEPEST_CONSTANT = 4;

/** What a call's callee hangs on, through constants that hold the beginning of the chain. */
export function chainOf(
  node: Node,
  file: SourceFile,
  isTransaction: (method: string) => boolean,
  depth = 0,
): Chain {
  const links: ChainLink[] = [];
  let inner = unwrap(node);
  let call: TSESTree.CallExpression | null = null;
  for (;;) {
    if (inner.type === "CallExpression") {
      if (call) links.unshift({ name: CALLED, call, node: call, file });
      call = inner;
      inner = unwrap(inner.callee);
    } else if (inner.type === "MemberExpression") {
      links.unshift({ name: propertyName(inner) ?? "[]", call, node: call ?? inner, file });
      call = null;
      inner = unwrap(inner.object);
    } else break;
  }
  if (call) links.unshift({ name: CALLED, call, node: call, file });
  if (inner.type === "Identifier" && depth < DEEPEST_CONSTANT) {
    const before = constantChain(inner, file, isTransaction, depth);
    if (before) return { ...before, links: [...before.links, ...links] };
  }
  return { base: inner, file, links };
}

/** `const ref = db.doc(id)`: a constant that holds the beginning of a chain. */
function constantChain(
  identifier: TSESTree.Identifier,
  file: SourceFile,
  isTransaction: (method: string) => boolean,
  depth: number,
): Chain | null {
  const definition = file.variableOf(identifier)?.defs[0];
  if (definition?.type === "Parameter") {
    const fn = definition.node;
    return transactionHandle(fn, definition.name, file, isTransaction, depth);
  }
  const declarator = definition?.node;
  if (
    declarator?.type !== "VariableDeclarator" ||
    declarator.id.type !== "Identifier" ||
    !declarator.init
  )
    return null;
  const init = unwrap(declarator.init);
  if (init.type !== "CallExpression" && init.type !== "MemberExpression") return null;
  const isModuleLevel = file.enclosing(declarator).type === "Program";
  return isModuleLevel && init.type === "CallExpression"
    ? null
    : chainOf(init, file, isTransaction, depth + 1);
}

/** `prisma.$transaction(async (tx) => tx.user...)`: inside, `tx` stands for `prisma`. */
function transactionHandle(
  fn: Node,
  name: Node,
  file: SourceFile,
  isTransaction: (method: string) => boolean,
  depth: number,
): Chain | null {
  if (!isFunction(fn) || fn.params[0] !== name) return null;
  const call = file.parentOf(fn);
  if (call?.type !== "CallExpression") return null;
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression" || !isTransaction(memberName(callee))) return null;
  let handle = unwrap(callee.object);
  // `db.transaction().setIsolationLevel("serializable").execute(async (tx) => ...)`
  while (
    handle.type === "CallExpression" &&
    handle.callee.type === "MemberExpression" &&
    /^(?:transaction|setIsolationLevel|setAccessMode)$/.test(memberName(handle.callee))
  )
    handle = unwrap(handle.callee.object);
  return { ...chainOf(handle, file, isTransaction, depth + 1), isInTransaction: true };
}

/** One condition of a filter: `status = "open"`, `balance >= amount`. */
export interface Condition {
  readonly column: string | null;
  readonly isEquality: boolean;
  readonly value: Node | null;
}

const EQUALITY = new Set(["=", "==", "===", "eq", "$eq", "equals", "is", "match"]);
const OPERATOR =
  /^(?:\$?(?:gte?|lte?|ne|neq|not|n?in|exists|equals|contains|elemMatch|size|path)|\$.*)$/;
const CONJUNCTIONS = new Set(["and", "$and", "AND"]);
/** Every column that one of the alternatives compares: what was found by none of them is new in all. */
const DISJUNCTIONS = new Set(["$or", "OR"]);

/** What a filter's argument asks for: an object, `(column, operator, value)`, `eq(table.column, value)`. */
export function conditionsOf(link: string, args: readonly Node[]): Condition[] {
  const [first, second, third] = args.map((argument) => unwrap(argument));
  if (!first) return [];
  if (first.type === "ObjectExpression") return objectConditions(first);
  const column = stringValue(first);
  if (column !== null && /[\s:=?]/.test(column)) return textConditions(column, second);
  if (column !== null && third)
    return [
      { column, isEquality: EQUALITY.has(stringValue(second) ?? "="), value: args[2] ?? null },
    ];
  if (column !== null && second)
    return [{ column, isEquality: link === "where" || EQUALITY.has(link), value: args[1] ?? null }];
  if (first.type === "CallExpression") return callConditions(first);
  if (isFunction(first)) return [];
  return [{ column: null, isEquality: true, value: args[0] ?? null }];
}

function objectConditions(object: TSESTree.ObjectExpression): Condition[] {
  return object.properties.flatMap((property): Condition[] => {
    if (property.type !== "Property")
      return [{ column: null, isEquality: true, value: property.argument }];
    const column = propertyName(property);
    const value = unwrap(property.value);
    if (
      column !== null &&
      (CONJUNCTIONS.has(column) || DISJUNCTIONS.has(column)) &&
      value.type === "ArrayExpression"
    )
      return value.elements.flatMap((item) =>
        item?.type === "ObjectExpression" ? objectConditions(item) : [],
      );
    if (value.type !== "ObjectExpression")
      return [{ column, isEquality: true, value: property.value }];
    const names = namedProperties(value).map((inner) => inner.name);
    if (names.some((name) => OPERATOR.test(name)))
      return [{ column, isEquality: names.every((name) => EQUALITY.has(name)), value: null }];
    // A compound unique key (`where: { userId_chatId: { userId, chatId } }`), or a column of a relation.
    const inner = objectConditions(value);
    const isCompound = inner.every(({ column: part }) => part !== null && column?.includes(part));
    return isCompound
      ? inner
      : inner.map((condition) => ({
          ...condition,
          column:
            column === null || condition.column === null ? null : `${column}.${condition.column}`,
        }));
  });
}

/** drizzle: `and(eq(users.id, id), gte(users.balance, amount))`. */
function callConditions(call: TSESTree.CallExpression): Condition[] {
  const name = call.callee.type === "Identifier" ? call.callee.name : propertyNameOf(call.callee);
  if (name !== null && CONJUNCTIONS.has(name))
    return call.arguments.flatMap((argument) =>
      argument.type === "CallExpression" ? callConditions(argument) : [],
    );
  const [column, value] = call.arguments;
  return [
    {
      column: column?.type === "MemberExpression" ? propertyName(column) : null,
      isEquality: name !== null && EQUALITY.has(name),
      value: value && value.type !== "SpreadElement" ? value : null,
    },
  ];
}

function propertyNameOf(node: Node): string | null {
  return node.type === "MemberExpression" ? propertyName(node) : null;
}

/** TypeORM: `.where("user.id = :id AND user.balance >= :amount", { id, amount })`. */
function textConditions(text: string, parameters: Node | undefined): Condition[] {
  return text.split(/\s+and\s+/i).map((part) => {
    const match = /([\w.]+)\s*(=|[<>!]+=?|is|in)\s*[:@$]?(\w+)?/i.exec(part);
    const value =
      parameters?.type === "ObjectExpression" && match?.[3] !== undefined
        ? namedProperties(parameters).find(({ name }) => name === match[3])
        : undefined;
    return {
      column: match ? lastPart(group(match, 1)) : null,
      isEquality: match?.[2] === "=",
      value: value?.value ?? null,
    };
  });
}

/**
 * Whether the filter also says what the row must still hold: a comparison, a constant, or a column that the
 * same statement changes. A filter of one condition is taken to name the row.
 */
export function isConditional(
  conditions: readonly Condition[],
  written: readonly string[],
): boolean {
  if (conditions.length < 2) return false;
  return conditions.some(
    (condition) =>
      !condition.isEquality ||
      (condition.value !== null && isConstantValue(condition.value)) ||
      (condition.column !== null && written.includes(condition.column)),
  );
}

function isConstantValue(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "Literal" || (inner.type === "MemberExpression" && isEnumMember(inner));
}

/** `Status.Open`: a member of something that is written like a type. */
function isEnumMember(node: TSESTree.MemberExpression): boolean {
  return node.object.type === "Identifier" && /^[A-Z]/.test(node.object.name);
}

/** The value of an object literal's property. */
export function optionOf(object: Node | undefined, name: string): Node | null {
  const inner = object && unwrap(object);
  if (inner?.type !== "ObjectExpression") return null;
  for (const property of inner.properties)
    if (property.type === "Property" && propertyName(property) === name) return property.value;
  return null;
}
