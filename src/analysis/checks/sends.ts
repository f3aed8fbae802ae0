import { lastPart } from "../syntax/text.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { EDITS } from "../../models/effects/sends.ts";
import type { FunctionShape } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** A call that shows something to a person. */
export interface Send {
  readonly call: TSESTree.CallExpression;
  /** What decides where it goes: the chat's id, or the context that it answers. */
  readonly targets: readonly Node[];
  /** The same text for the same place, as far as the code shows. */
  readonly target: string;
  readonly content: readonly Node[];
  /** A function of the project sends it, to where its caller says. */
  readonly isThroughHelper: boolean;
}

/** What Bolt gives a listener among its arguments. */
const BARE_SENDS = new Set(["say", "respond"]);

/** Sockets, threads and HTTP responses keep the order in which they are written to. */
const CARRIERS = /^(?:ws|wss|socket|conn|connection|req|res|response|process|worker|port)$/i;

/** Helpers of helpers that are looked through. */
const DEEPEST_HELPER = 3;

export function sendOf(
  world: ProjectWorld,
  call: Node,
  file: SourceFile,
  depth = DEEPEST_HELPER,
): Send | null {
  if (call.type !== "CallExpression") return null;
  const helpers = world.shapes.of(call.callee, file).filter((shape) => shape.kind === "function");
  if (helpers.length > 0) return depth > 0 ? helperSend(world, call, helpers, file, depth) : null;
  const callee = unwrap(call.callee);
  const args = call.arguments.filter((argument) => argument.type !== "SpreadElement");
  if (
    callee.type === "Identifier" &&
    BARE_SENDS.has(callee.name) &&
    file.variableOf(callee)?.defs[0]?.type === "Parameter"
  )
    return { call, targets: [], target: callee.name, content: args, isThroughHelper: false };
  const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
  if (name === null || callee.type !== "MemberExpression") return null;
  if (!world.facts.isSend(name) && !EDITS.includes(name)) return null;
  if (name === "send" && isCarrier(callee.object)) return null;
  const [first] = args;
  const isAddressed = /^send.+|^edit(?:MessageText|MessageCaption)$/.test(name) && args.length > 1;
  const targets = isAddressed && first ? [first] : [callee.object];
  const object = dottedName(callee.object);
  return {
    call,
    targets,
    target: isAddressed && first ? `${object}:${file.textOf(first)}` : object,
    content: isAddressed ? args.slice(1) : args,
    isThroughHelper: false,
  };
}

/** `ws.send(...)`, `res.status(401).send(...)`. */
function isCarrier(object: Node): boolean {
  let base = unwrap(object);
  const last = lastPart(dottedName(base));
  while (base.type === "CallExpression" || base.type === "MemberExpression")
    base = unwrap(base.type === "CallExpression" ? base.callee : base.object);
  return CARRIERS.test(last) || (base.type === "Identifier" && CARRIERS.test(base.name));
}

/** `notify(ctx, "one")`, where `notify` sends to its own parameter whatever happens. */
function helperSend(
  world: ProjectWorld,
  call: TSESTree.CallExpression,
  helpers: readonly FunctionShape[],
  file: SourceFile,
  depth: number,
): Send | null {
  const [helper] = helpers;
  if (!helper || helpers.length > 1 || helper.wrappers?.length) return null;
  const { body } = helper.node;
  const statements: readonly Node[] = body.type === "BlockStatement" ? body.body : [body];
  for (const statement of statements) {
    if (!/^(?:ExpressionStatement|ReturnStatement|VariableDeclaration)$/.test(statement.type)) {
      if (body.type === "BlockStatement") return null;
    }
    const send = firstSend(world, statement, helper.file, depth - 1);
    if (send) return seenFromCall(send, call, helper, file);
  }
  return null;
}

function firstSend(world: ProjectWorld, node: Node, file: SourceFile, depth: number): Send | null {
  const own = sendOf(world, node, file, depth);
  if (own) return own;
  for (const child of childrenOf(node)) {
    const found = isFunction(child) ? null : firstSend(world, child, file, depth);
    if (found) return found;
  }
  return null;
}

/** The helper's send with the caller's arguments in the place of its parameters; null where it goes elsewhere. */
function seenFromCall(
  send: Send,
  call: TSESTree.CallExpression,
  helper: FunctionShape,
  file: SourceFile,
): Send | null {
  let { target } = send;
  const targets: Node[] = [];
  for (const [index, parameter] of helper.node.params.entries()) {
    const argument = call.arguments[index];
    if (parameter.type !== "Identifier" || !argument || argument.type === "SpreadElement") continue;
    const name = new RegExp(`(?<![\\w.])${parameter.name}(?!\\w)`, "g");
    if (!name.test(target)) continue;
    target = target.replace(name, () => file.textOf(argument));
    targets.push(argument);
  }
  if (targets.length === 0) return null;
  const content = call.arguments.filter((argument) => !targets.includes(argument));
  return { call, targets, target, content, isThroughHelper: true };
}
