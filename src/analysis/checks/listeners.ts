import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { frameworks } from "../../models/frameworks/index.ts";
import type { Finding } from "../finding.ts";
import { matchExport, RUNTIME } from "../project/facts.ts";
import { CALLED, type ExternalShape } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import { dottedName, isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { describeListener } from "../words/listeners.ts";
import type { CallGraph, Reached } from "./call-graph.ts";
import { isDoneOnce } from "./once.ts";

/** A listener that each activation of a root adds to an object that outlives it. */
export interface LateListener {
  /** The registering call's callee: what is underlined. */
  readonly site: Site;
  readonly reached: Reached;
  /** `bot.on`. */
  readonly name: string;
  readonly method: string;
  readonly receiver: string;
  /** It goes away after the first event, whoever caused that. */
  readonly isOnce: boolean;
}

const EMITTER_METHODS = new Set(["on", "addListener", "prependListener"]);
const REMOVERS = new Set([
  "off",
  "removeListener",
  "removeEventListener",
  "removeHandler",
  "removeTextListener",
  "removeReplyListener",
]);

/** Listeners that are registered again for every update, and that nobody takes off by the same reference. */
export function findLateListeners(world: ProjectWorld, graph: CallGraph): Finding[] {
  const findings: Finding[] = [];
  for (const [fn, reached] of graph.reached) {
    const [first] = reached;
    if (!first) continue;
    for (const call of graph.callsIn(fn, first.file)) {
      if (call.type !== "CallExpression") continue;
      const listener = lateListener(world, graph, call, first);
      if (listener) findings.push(describeListener(listener));
    }
  }
  return findings;
}

function lateListener(
  world: ProjectWorld,
  graph: CallGraph,
  call: TSESTree.CallExpression,
  reached: Reached,
): LateListener | null {
  const { file } = reached;
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return null;
  const method = propertyName(callee);
  const handler = handlerOf(world, call, file);
  if (method === null || !handler || !isShared(world, graph, callee, method, reached)) return null;
  if (isRemoved(call, handler, file) || isDoneOnce(call, file)) return null;
  return {
    site: { file, node: callee },
    reached,
    name: dottedName(callee),
    method,
    receiver: dottedName(callee.object),
    isOnce: method === "once",
  };
}

/** The function among the arguments: `ctx.scene.enter("name")` registers nothing. */
function handlerOf(
  world: ProjectWorld,
  call: TSESTree.CallExpression,
  file: SourceFile,
): Node | null {
  for (const argument of [...call.arguments].reverse()) {
    if (argument.type === "SpreadElement") continue;
    if (isFunction(argument)) return argument;
    if (world.shapes.of(argument, file).some((shape) => shape.kind === "function")) return argument;
    if (isHandlerObject(world, argument, file)) return argument;
  }
  return null;
}

/** `dispatcher.addHandler(new CommandHandler("x", fn))`. */
function isHandlerObject(world: ProjectWorld, argument: Node, file: SourceFile): boolean {
  return world.shapes
    .of(argument, file)
    .some(
      (shape) =>
        shape.kind === "external" &&
        shape.module === RUNTIME &&
        /Handler$/.test(shape.path[0] ?? "") &&
        shape.path.at(-1) === CALLED,
    );
}

/** Whether the receiver outlives the activation: a bot, a client, the process, a module's emitter. */
function isShared(
  world: ProjectWorld,
  graph: CallGraph,
  callee: TSESTree.MemberExpression,
  method: string,
  reached: Reached,
): boolean {
  const { file, root } = reached;
  const shapes = world.shapes.of(callee, file);
  for (const shape of shapes) {
    if (shape.kind !== "external" || isMadeHere(shape, graph)) continue;
    const [first] = shape.path;
    if (shape.module === "global" && first === "process" && shape.path.length === 2)
      return EMITTER_METHODS.has(method);
    if (shape.module === "events" && shape.path.at(-2) === CALLED)
      return EMITTER_METHODS.has(method);
    if (shape.module === RUNTIME && method === "addHandler") return true;
    for (const model of frameworks)
      for (const dispatcher of model.dispatchers) {
        const rest = matchExport(shape, model.packages, dispatcher.exports);
        if (rest?.[0] === CALLED && rest.length === 2 && lookup(dispatcher.listeners, method))
          return true;
      }
  }
  if (shapes.some((shape) => shape.kind !== "external")) return false;
  return isCustomary(callee, method, root.framework) && !isLocal(callee.object, graph, file);
}

/** No type says what `client` is, but its name does, in code that handlers of that framework reach. */
function isCustomary(
  callee: TSESTree.MemberExpression,
  method: string,
  framework: string,
): boolean {
  const name = dottedName(callee.object).split(".").at(-1) ?? "";
  const model = frameworks.find((candidate) => candidate.id === framework);
  return (
    model?.dispatchers.some(
      (dispatcher) =>
        lookup(dispatcher.listeners, method) && dispatcher.customaryNames?.includes(name),
    ) ?? false
  );
}

function isMadeHere(shape: ExternalShape, graph: CallGraph): boolean {
  if (!shape.site) return false;
  const owner = shape.site.file.enclosing(shape.site.node);
  return owner.type !== "Program" && graph.reached.has(owner);
}

/** A variable that repeated code itself initialises is new each time. */
function isLocal(object: Node, graph: CallGraph, file: SourceFile): boolean {
  const inner = unwrap(object);
  if (inner.type !== "Identifier") return false;
  const definition = file.variableOf(inner)?.defs[0];
  const node = definition?.node as Node | undefined;
  if (node?.type !== "VariableDeclarator" || !node.init) return false;
  const owner = file.enclosing(node);
  const init = unwrap(node.init);
  const isMade = init.type === "NewExpression" || init.type === "CallExpression";
  return isMade && owner.type !== "Program" && graph.reached.has(owner);
}

/** `bot.off("x", f)` with the same `f`, or the returned id given back, somewhere in the file. */
function isRemoved(call: TSESTree.CallExpression, handler: Node, file: SourceFile): boolean {
  const names = [handler].flatMap((node) => referenceTo(node) ?? []);
  const parent = file.parentOf(call);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier")
    names.push(parent.id.name);
  const pattern = call.arguments[0] && referenceTo(call.arguments[0]);
  return file.calls.some((other) => {
    const callee = unwrap(other.callee);
    const method = callee.type === "MemberExpression" ? propertyName(callee) : null;
    if (method === "removeTextListener" && pattern !== undefined && pattern !== null)
      names.push(pattern);
    return (
      REMOVERS.has(method ?? "") &&
      other.arguments.some((argument) => {
        const name = referenceTo(argument);
        return name !== null && names.includes(name);
      })
    );
  });
}

function referenceTo(node: Node): string | null {
  if (node.type === "FunctionExpression") return node.id?.name ?? null;
  const inner = unwrap(node);
  return inner.type === "Identifier" || inner.type === "MemberExpression"
    ? dottedName(inner)
    : null;
}
