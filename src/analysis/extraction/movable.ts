import { CLIENTS, SHOWS } from "../../models/effects/sends.ts";
import { sendOf } from "../checks/sends.ts";
import { isLogStatement, type Explanation, type ExplainedStatement } from "../explain/explain.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  isPromiseStep,
  memberName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { TSESTree } from "@typescript-eslint/types";

/** A statement that could run in a task of its own. */
export interface Movable {
  readonly statement: TSESTree.ExpressionStatement;
  /** The call, without `await` or `void` around it. */
  readonly call: TSESTree.CallExpression;
  /** What logs or sends: the call without `.then(...)` and `.catch(...)` behind it. */
  readonly core: TSESTree.CallExpression;
  /** The handler waits for it. */
  readonly isAwaited: boolean;
  readonly isLog: boolean;
}

const CRITERIA = {
  1: "modifies shared state (criterion 1)",
  2: "reads shared state and relies on it (criterion 2)",
  3: "sets what a later line uses (criterion 3)",
} as const;

const MOST_NAMES = 3;

/**
 * A statement as something to be moved into a task, or the reason why moving it would change what the handler
 * does, in words that go on after "it".
 */
export function movable(
  { node, criteria, writes, reads, sets }: ExplainedStatement,
  { fn, file }: Explanation,
  world: ProjectWorld,
): Movable | string {
  const [criterion] = criteria;
  if (criterion !== undefined) {
    const names = { 1: writes, 2: reads, 3: sets }[criterion].map((name) => `\`${name}\``);
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
    return `${CRITERIA[criterion]}: ${names.slice(0, MOST_NAMES).join(", ")}${more}`;
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
  const core = withoutChain(call);
  const isLog = isLogStatement(node);
  const isSend =
    sendOf(world, core, file) !== null ||
    showsSomething(core, fn, file) ||
    isSendingHelper(core, file, world);
  if (isLog || isSend) return { statement: node, call, core, isAwaited, isLog };
  return `calls \`${dottedName(core.callee)}\`, of which it is not known that it only logs or sends`;
}

/** `send(...).catch(...)` is one call in two steps. */
function withoutChain(call: TSESTree.CallExpression): TSESTree.CallExpression {
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return call;
  const inner = unwrap(callee.object);
  const isChain = isPromiseStep(memberName(callee));
  return isChain && inner.type === "CallExpression" ? withoutChain(inner) : call;
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

/** A function of the project that sends something, and meets no criterion besides. */
function isSendingHelper(
  call: TSESTree.CallExpression,
  file: SourceFile,
  world: ProjectWorld,
): boolean {
  return world.shapes
    .of(call.callee, file)
    .some(
      (shape) =>
        shape.kind === "function" &&
        world.summaryOf(shape.node, shape.file).events.some(({ kind }) => kind === "effect"),
    );
}

/** `ctx.answerCallbackQuery()`: a method of what the handler is given, or of a Bot API client, that shows something. */
function showsSomething(
  call: TSESTree.CallExpression,
  fn: FunctionNode,
  file: SourceFile,
): boolean {
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression" || !SHOWS.test(memberName(callee))) return false;
  const receiver = unwrap(callee.object);
  if (receiver.type === "Identifier") {
    const variable = file.variableOf(receiver);
    const isGiven = variable?.defs[0]?.type === "Parameter" && file.ownerOf(variable) === fn;
    return isGiven || CLIENTS.test(receiver.name);
  }
  return CLIENTS.test(dottedName(receiver));
}
