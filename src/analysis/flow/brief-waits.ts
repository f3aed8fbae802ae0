import { returnExpressions } from "../project/call-shapes.ts";
import { childrenOf, propertyName, unwrap, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { Frame } from "./frame.ts";

/**
 * Whether an `await`, or an awaited call, ends before anything from outside gets a turn: it is of a function of
 * the project that itself waits for nothing. Its continuation is a microtask, and those run before the next event,
 * timer or answer is looked at (https://nodejs.org/en/learn/asynchronous-work/event-loop-timers-and-nexttick).
 * Only what was started in the same turn, such as the callbacks of one `map`, may run in between.
 */
export function isBriefWait(frame: Frame, wait: Node): boolean {
  const inner = unwrap(wait);
  const call = inner.type === "AwaitExpression" ? unwrap(inner.argument) : inner;
  if (call.type !== "CallExpression" || isParameter(frame, call.callee)) return false;
  const { world, file } = frame;
  const callees = world.shapes.of(call.callee, file);
  return (
    callees.length > 0 &&
    callees.every(
      (callee) =>
        callee.kind === "function" &&
        (callee.wrappers?.length ?? 0) === 0 &&
        world.summaryOf(callee.node, callee.file).endsAtOnce,
    )
  );
}

/** What a parameter is called with is for each caller to say. */
function isParameter({ file }: Frame, callee: Node): boolean {
  return callee.type === "Identifier" && file.variableOf(callee)?.defs[0]?.type === "Parameter";
}

/** Whether a function that was gone through waits for nothing, and gives nothing that its caller would wait for. */
export function endsAtOnce(frame: Frame, fn: FunctionNode): boolean {
  if (frame.waitsForOthers || fn.generator) return false;
  if (!fn.async && isPlainType(fn)) return true;
  return returnExpressions(fn).every((value) => isPlain(frame, value));
}

/** A value that is surely no promise: what a function returns is waited for by who awaits its call. */
function isPlain(frame: Frame, value: Node): boolean {
  const node = unwrap(value);
  switch (node.type) {
    case "Literal":
    case "TemplateLiteral":
    case "ObjectExpression":
    case "ArrayExpression":
    case "BinaryExpression":
    case "UnaryExpression":
    case "UpdateExpression":
    case "AwaitExpression":
      return true;
    case "NewExpression":
      return node.callee.type === "Identifier" && node.callee.name !== "Promise";
    case "ConditionalExpression":
      return isPlain(frame, node.consequent) && isPlain(frame, node.alternate);
    case "LogicalExpression":
      return isPlain(frame, node.left) && isPlain(frame, node.right);
    case "CallExpression":
      return isOfData(node.callee) || isBriefWait(frame, node);
    case "Identifier":
      return node.name === "undefined" || isPlainVariable(frame, node);
    default:
      return false;
  }
}

function isPlainVariable(frame: Frame, name: Extract<Node, { type: "Identifier" }>): boolean {
  const variable = frame.file.variableOf(name);
  const [definition] = variable?.defs ?? [];
  if (!variable || definition?.type !== "Variable" || definition.node.id.type !== "Identifier")
    return false;
  return variable.references.every(
    ({ writeExpr }) =>
      // `x = y` would ask for y, and that perhaps for x again.
      !writeExpr || (!namesVariable(writeExpr) && isPlain(frame, writeExpr)),
  );
}

function namesVariable(node: Node): boolean {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Identifier":
      return true;
    case "ConditionalExpression":
      return namesVariable(inner.consequent) || namesVariable(inner.alternate);
    case "LogicalExpression":
      return namesVariable(inner.left) || namesVariable(inner.right);
    default:
      return false;
  }
}

/** Methods of the language that give data, whatever they are called on. */
const DATA = new Set([
  "map",
  "filter",
  "some",
  "every",
  "includes",
  "join",
  "split",
  "trim",
  "has",
]);

function isOfData(callee: Node): boolean {
  return callee.type === "MemberExpression" && DATA.has(propertyName(callee) ?? "");
}

/** `function find(): Row | null`: no promise by its own word. */
function isPlainType({ returnType, typeParameters }: FunctionNode): boolean {
  if (!returnType || typeParameters) return false;
  const mayBePromise = (node: Node): boolean =>
    node.type === "TSAnyKeyword" ||
    node.type === "TSUnknownKeyword" ||
    (node.type === "Identifier" && /Promise|Thenable|Awaitable|Async/.test(node.name)) ||
    childrenOf(node).some(mayBePromise);
  return !mayBePromise(returnType.typeAnnotation);
}
