import { childrenOf, isFunction, type FunctionNode, type Node } from "../syntax/ast.ts";

/** A statement, or the head of a compound one, on a line of its own. */
export interface Row {
  readonly node: Node;
  /** How many compound statements are around it. */
  readonly depth: number;
  /** Where its own text ends: a head ends where its first inner statement begins. */
  readonly end: number;
  /** The innermost loop around it, within the function. */
  readonly loop: Node | null;
}

const LOOPS = new Set([
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
]);

export function isLoop(node: Node): boolean {
  return LOOPS.has(node.type);
}

/** The statements of a function in source order; those of inner functions belong to the line they stand on. */
export function rowsOf(fn: FunctionNode): Row[] {
  const rows: Row[] = [];
  if (fn.body.type !== "BlockStatement")
    return [{ node: fn.body, depth: 0, end: fn.body.range[1], loop: null }];
  for (const statement of fn.body.body) addRows(statement, 0, null, rows);
  return rows;
}

function addRows(node: Node, depth: number, loop: Node | null, rows: Row[]): void {
  if (node.type === "BlockStatement") {
    for (const statement of node.body) addRows(statement, depth, loop, rows);
    return;
  }
  if (node.type === "EmptyStatement") return;
  const inner = innerStatements(node);
  const [first] = inner;
  rows.push({ node, depth, end: first ? first.range[0] : node.range[1], loop });
  const around = isLoop(node) ? node : loop;
  for (const statement of inner) addRows(statement, depth + 1, around, rows);
}

/** Statements inside a statement, not counting those of functions in its expressions. */
function innerStatements(node: Node): Node[] {
  if (isFunction(node) || node.type === "ClassDeclaration") return [];
  return childrenOf(node).flatMap((child) => {
    if (isStatement(child)) return [child];
    return child.type === "SwitchCase" || child.type === "CatchClause"
      ? innerStatements(child)
      : [];
  });
}

function isStatement(node: Node): boolean {
  // The declaration in a loop's head is part of the head.
  return node.type.endsWith("Statement");
}

/** The innermost row that an offset is in. */
export function rowAt(rows: readonly Row[], offset: number): Row | null {
  let found: Row | null = null;
  for (const row of rows)
    if (row.node.range[0] <= offset && offset < row.node.range[1]) found = row;
  return found;
}
