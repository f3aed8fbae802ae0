import type { TSESTree } from "@typescript-eslint/types";
import type { Style } from "../extraction/style.ts";
import type { Hazard } from "../flow/summary.ts";
import {
  childrenOf,
  contains,
  isFunction,
  unwrap,
  type FunctionNode,
  type Node,
  type Statement,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** A race whose read, suspension and write stand in one function of one file. */
export interface LocalRace {
  readonly hazard: Hazard;
  readonly file: SourceFile;
  readonly fn: FunctionNode;
}

/** A list of statements that run one after the other, and one of them. */
export interface Position {
  readonly list: readonly Statement[];
  readonly index: number;
  /** What holds the list: a block, or a case of a switch. */
  readonly holder: Node;
}

/** The race in terms of one function, or null where a repair would have to look into several. */
export function localRace(hazard: Hazard): LocalRace | null {
  const { site, read, suspension, chain, place } = hazard;
  if (place.root.kind === "store" || chain.length > 0 || read.chain.length > 0) return null;
  const { file } = site;
  const fn = file.enclosing(site.node);
  const isLocal = [read.site, suspension.site].every(
    (other) => other.file === file && file.enclosing(other.node) === fn,
  );
  return isLocal && isFunction(fn) && !fn.generator ? { hazard, file, fn } : null;
}

/** The lists of statements around a node, from the innermost to the function's body. */
export function positionsOf(node: Node, { file, fn }: LocalRace): Position[] {
  const positions: Position[] = [];
  let inner = node;
  for (let parent = file.parentOf(node); parent && inner !== fn; parent = file.parentOf(inner)) {
    const list =
      parent.type === "BlockStatement"
        ? parent.body
        : parent.type === "SwitchCase"
          ? parent.consequent
          : null;
    const index = list?.indexOf(inner as Statement) ?? -1;
    if (list && index !== -1) positions.push({ list, index, holder: parent });
    inner = parent;
  }
  return positions;
}

/** Index of the statement of a list that a node stands in; -1 for none. */
export function indexIn(list: readonly Statement[], node: Node): number {
  return list.findIndex((statement) => contains(statement, node));
}

/** The node and those below it in source order, functions' insides left out unless `isDeep`. */
export function nodesIn(node: Node, isDeep = false): readonly Node[] {
  const found: Node[] = [];
  const visit = (inner: Node): void => {
    found.push(inner);
    for (const child of childrenOf(inner)) if (isDeep || !isFunction(child)) visit(child);
  };
  visit(node);
  return found;
}

export function hasAwait(node: Node): boolean {
  for (const inner of nodesIn(node))
    if (
      inner.type === "AwaitExpression" ||
      inner.type === "YieldExpression" ||
      (inner.type === "ForOfStatement" && inner.await)
    )
      return true;
  return false;
}

/** Whether a statement may go somewhere else than to the next one, exceptions left out. */
export function mayLeave(statement: Node): boolean {
  for (const inner of nodesIn(statement))
    if (
      inner.type === "ReturnStatement" ||
      inner.type === "BreakStatement" ||
      inner.type === "ContinueStatement" ||
      inner.type === "YieldExpression"
    )
      return true;
  return false;
}

const READING_METHODS = new Set(
  "get has at includes indexOf find some every filter map slice join keys values entries toString trim toFixed toLowerCase toUpperCase concat".split(
    " ",
  ),
);
const PURE_FUNCTIONS = /^(?:Number|String|Boolean|BigInt|parseInt|parseFloat|structuredClone)$/;

/** An expression that only reads: evaluated somewhat later, it gives what is there by then. */
export function isReading(node: Node): boolean {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Identifier":
    case "ThisExpression":
    case "Literal":
    case "TemplateElement":
    case "PrivateIdentifier":
      return true;
    case "MemberExpression":
    case "TemplateLiteral":
    case "BinaryExpression":
    case "LogicalExpression":
    case "ConditionalExpression":
    case "ObjectExpression":
    case "ArrayExpression":
    case "SpreadElement":
    case "Property":
      return childrenOf(inner).every(isReading);
    case "UnaryExpression":
      return inner.operator !== "delete" && isReading(inner.argument);
    case "CallExpression":
      return isReadingCallee(inner.callee) && inner.arguments.every(isReading);
    default:
      return false;
  }
}

function isReadingCallee(node: Node): boolean {
  const callee = unwrap(node);
  if (callee.type === "Identifier") return PURE_FUNCTIONS.test(callee.name);
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return false;
  const { object } = callee;
  const isMath = object.type === "Identifier" && object.name === "Math";
  return (
    !callee.computed &&
    (isMath ? callee.property.name !== "random" : READING_METHODS.has(callee.property.name)) &&
    isReading(object)
  );
}

/** Whether every name in an expression means the same later: nothing assigns it again. */
export function isStable(node: Node, file: SourceFile, except: string): boolean {
  for (const inner of nodesIn(node, true)) {
    if (inner.type !== "Identifier" || inner.name === except) continue;
    const variable = file.variableOf(inner);
    if (variable?.isReassigned) return false;
  }
  return true;
}

/** `has(id)` and `add(id)`. */
export function isSameKey(read: Node, key: Node, file: SourceFile): boolean {
  const inner = unwrap(read);
  const [asked] = inner.type === "CallExpression" ? inner.arguments : [];
  return asked !== undefined && file.textOf(asked) === file.textOf(key);
}

/** How the source names shared state: `counts` for `counts.get(id)`, `this.total` for itself. */
export function stateName(read: Node, file: SourceFile): string {
  const inner = unwrap(read);
  if (inner.type === "CallExpression") {
    const callee = unwrap(inner.callee);
    return callee.type === "MemberExpression" ? file.textOf(callee.object) : file.textOf(inner);
  }
  if (inner.type === "MemberExpression" && inner.computed) return file.textOf(inner.object);
  if (inner.type === "UpdateExpression") return stateName(inner.argument, file);
  if (inner.type === "AssignmentExpression") return stateName(inner.left, file);
  return file.textOf(inner);
}

/** Whether code speaks of the state, in functions inside it too. */
export function mentions(node: Node, state: string, file: SourceFile): boolean {
  for (const inner of nodesIn(node, true))
    if (
      (inner.type === "Identifier" || inner.type === "MemberExpression") &&
      file.textOf(inner) === state
    )
      return true;
  return false;
}

/** The declarator of `const name = ...`, alone in its statement. */
export function constantOf(statement: Node): TSESTree.VariableDeclarator | null {
  if (statement.type !== "VariableDeclaration" || statement.kind !== "const") return null;
  const [declarator, ...others] = statement.declarations as TSESTree.VariableDeclarator[];
  return others.length === 0 && declarator?.id.type === "Identifier" ? declarator : null;
}

/** Variables that a statement declares, with functions and classes. */
export function declaredIn(
  statement: Node,
  file: SourceFile,
): NonNullable<ReturnType<SourceFile["variableOf"]>>[] {
  const found = new Set<NonNullable<ReturnType<SourceFile["variableOf"]>>>();
  for (const inner of nodesIn(statement)) {
    const variable = inner.type === "Identifier" ? file.variableOf(inner) : null;
    if (variable?.identifiers.some((identifier) => contains(statement, identifier)))
      found.add(variable);
  }
  return [...found];
}

/** Whether something behind an offset uses what the statements declare. */
export function isUsedBehind(
  statements: readonly Statement[],
  offset: number,
  file: SourceFile,
): boolean {
  return statements.some((statement) =>
    declaredIn(statement, file).some((variable) =>
      variable.references.some(({ identifier }) => identifier.range[0] >= offset),
    ),
  );
}

/** Where the last of some statements ends. */
export function endOf(statements: readonly [Statement, ...Statement[]]): number {
  return (statements.at(-1) ?? statements[0]).range[1];
}

/** Code moved one step to the right. What stands in a template of several lines is text, and stays. */
export function indented(
  statements: readonly Statement[],
  [start, end]: readonly [number, number],
  file: SourceFile,
  { indent }: Style,
): string {
  const texts = statements.flatMap((statement) =>
    [...nodesIn(statement, true)].filter((node) => node.type === "TemplateElement"),
  );
  return file.text
    .slice(start, end)
    .replace(/\n(?=[ \t]*[^\s])/g, (newLine, offset: number) =>
      texts.some(({ range }) => range[0] <= start + offset && start + offset < range[1])
        ? newLine
        : newLine + indent,
    );
}

/** A name that nothing in the file has. */
export function freeName(wanted: string, file: SourceFile): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}${String(count)}`;
    if (!new RegExp(`\\b${name}\\b`).test(file.text)) return name;
  }
}
