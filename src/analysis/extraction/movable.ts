import { SHOWS } from "../../models/effects/sends.ts";
import { sendOf } from "../checks/sends.ts";
import { isLogStatement, type Explanation, type ExplainedStatement } from "../explain/explain.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { TSESTree } from "@typescript-eslint/types";

/** A statement that could run in a task of its own. */
export interface Movable {
  readonly statement: TSESTree.ExpressionStatement;
  /** The call itself, without `await` or `void` around it. */
  readonly call: TSESTree.CallExpression;
  /** The handler waits for it. */
  readonly isAwaited: boolean;
  readonly isLog: boolean;
}

const CRITERIA = {
  1: "modifies shared state (criterion 1)",
  2: "reads shared state and relies on it (criterion 2)",
  3: "sets what a later line uses (criterion 3)",
} as const;

/**
 * A statement as something to be moved into a task, or the reason why moving it would change what the handler
 * does, in words that go on after "it".
 */
export function movable(
  { node, criteria, writes, reads, sets, sends }: ExplainedStatement,
  { fn, file }: Explanation,
  world: ProjectWorld,
): Movable | string {
  const [criterion] = criteria;
  if (criterion !== undefined) {
    const names = { 1: writes, 2: reads, 3: sets }[criterion].map((name) => `\`${name}\``);
    return `${CRITERIA[criterion]}: ${names.join(", ")}`;
  }
  if (node.type === "ReturnStatement") return "leaves the handler (`return`)";
  if (node.type === "ThrowStatement") return "leaves the handler (`throw`)";
  if (node.type === "BreakStatement" || node.type === "ContinueStatement")
    return "leaves the loop that it is in";
  if (node.type !== "ExpressionStatement")
    return "is no call: choose the statements that log or send";
  const bound = boundToHandler(node.expression);
  if (bound !== null) return bound;
  const catcher = catcherOf(node, fn, file);
  if (catcher !== null) return catcher;
  const inner = unwrap(node.expression);
  const isAwaited = inner.type === "AwaitExpression";
  const isVoid = inner.type === "UnaryExpression" && inner.operator === "void";
  const call = isAwaited || isVoid ? unwrap(inner.argument) : inner;
  if (call.type !== "CallExpression") return "is no call: choose the statements that log or send";
  const isLog = isLogStatement(node);
  if (isLog || sends.length > 0 || sendOf(world, call, file) || showsSomething(call, fn, file))
    return { statement: node, call, isAwaited, isLog };
  return `calls \`${dottedName(call.callee)}\`, of which it is not known that it only logs or sends`;
}

/** What works only in the handler itself. */
function boundToHandler(expression: Node): string | null {
  switch (expression.type) {
    case "ThisExpression":
      return "uses `this`";
    case "Super":
      return "uses `super`";
    case "YieldExpression":
      return "yields";
    case "MetaProperty":
      return expression.meta.name === "new" ? "uses `new.target`" : null;
    case "Identifier":
      return expression.name === "arguments" ? "uses `arguments`" : null;
    case "AssignmentExpression":
    case "UpdateExpression":
      return "assigns a variable or property";
    default:
      break;
  }
  if (expression.type === "UnaryExpression" && expression.operator === "delete")
    return "deletes a property";
  // Functions that are no arrows have a `this` and `arguments` of their own.
  if (isFunction(expression) && expression.type !== "ArrowFunctionExpression") return null;
  for (const child of childrenOf(expression)) {
    const bound = boundToHandler(child);
    if (bound !== null) return bound;
  }
  return null;
}

/** Who in the handler would no longer hear of a failure, or would run before the statement is done. */
function catcherOf(statement: Node, fn: FunctionNode, file: SourceFile): string | null {
  let inner = statement;
  for (let node = file.parentOf(inner); node && inner !== fn; node = file.parentOf(inner)) {
    if (node.type === "TryStatement") {
      if (node.block === inner && node.handler)
        return `may fail, and the \`catch\` of line ${file.lineOf(node.handler)} handles that`;
      if (node.finalizer && node.finalizer !== inner)
        return `has to be done before the \`finally\` of line ${file.lineOf(node.finalizer)}`;
    }
    inner = node;
  }
  return null;
}

/** `ctx.answerCallbackQuery()`: a method of what the handler is given, or of a Bot API client, that shows something. */
function showsSomething(
  call: TSESTree.CallExpression,
  fn: FunctionNode,
  file: SourceFile,
): boolean {
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression" || !SHOWS.test(propertyName(callee) ?? "")) return false;
  const receiver = unwrap(callee.object);
  if (receiver.type === "Identifier") {
    const variable = file.variableOf(receiver);
    const isGiven = variable?.defs[0]?.type === "Parameter" && file.ownerOf(variable) === fn;
    return isGiven || /^(?:bot|api|telegram)$/i.test(receiver.name);
  }
  return /(?:^|\.)(?:bot|api|telegram)$/i.test(dottedName(receiver));
}
