import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { frameworks } from "../../models/frameworks/index.ts";
import type { Finding } from "../finding.ts";
import { RUNTIME } from "../project/facts.ts";
import { matchExport } from "../project/match-export.ts";
import { CALLED, type ExternalShape } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  memberName,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { describeListener } from "../words/listeners.ts";
import type { CallGraph, Reached } from "./call-graph.ts";
import { isRemoved } from "./listener-removal.ts";
import { isReachedOnce } from "./once.ts";

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

/** Listeners that are registered again for every update, and that nobody takes off by the same reference. */
export function findLateListeners(world: ProjectWorld, graph: CallGraph, only?: string): Finding[] {
  const findings: Finding[] = [];
  for (const [fn, reached] of graph.reachedIn(only)) {
    const [first] = reached;
    for (const call of graph.callsIn(fn, first.file)) {
      if (call.type !== "CallExpression") continue;
      // What most calls lack is looked for first.
      const handler = handlerOf(world, call, first.file);
      if (!handler && !isEventsOnce(world, call, first.file)) continue;
      const repeated = reached.find((way) => !isReachedOnce(way, call));
      const listener =
        repeated &&
        ((handler && lateListener(world, graph, call, handler, repeated)) ??
          lateWait(world, graph, call, repeated));
      if (listener) findings.push(describeListener(listener));
    }
  }
  return findings;
}

/** `await once(client, "message")`: the next event ends the wait, whoever caused it. */
function lateWait(
  world: ProjectWorld,
  graph: CallGraph,
  call: TSESTree.CallExpression,
  reached: Reached,
): LateListener | null {
  const { file } = reached;
  const [emitter, event] = call.arguments;
  if (!isEventsOnce(world, call, file)) return null;
  if (!emitter || emitter.type === "SpreadElement" || isNameOfOne(event)) return null;
  const shapes = world.shapes
    .of(emitter, file)
    .flatMap((shape) =>
      shape.kind === "external" ? [{ ...shape, path: [...shape.path, "once"] }] : [],
    );
  if (!shapes.some((shape) => isSharedShape(shape, shapes, graph, "once"))) return null;
  return {
    site: { file, node: call },
    reached,
    name: "once",
    method: "once",
    receiver: file.textOf(emitter),
    isOnce: true,
  };
}

/** `once(emitter, "event")` of Node.js. */
function isEventsOnce(
  world: ProjectWorld,
  call: TSESTree.CallExpression,
  file: SourceFile,
): boolean {
  return world.shapes
    .of(call.callee, file)
    .some(
      (shape) =>
        shape.kind === "external" && shape.module === "events" && shape.path.at(-1) === "once",
    );
}

function lateListener(
  world: ProjectWorld,
  graph: CallGraph,
  call: TSESTree.CallExpression,
  handler: Node,
  reached: Reached,
): LateListener | null {
  const { file } = reached;
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return null;
  const method = propertyName(callee);
  if (method === null || !isShared(world, graph, callee, method, reached)) return null;
  if (isOfUnknownCaller(callee.object, reached)) return null;
  const isOnce = method === "once";
  if (isOnce && (waitsOn(handler, call, file) || isNameOfOne(call.arguments[0]))) return null;
  if (!isOnce && (isRemoved(call, handler, file) || hasSignal(call))) return null;
  return {
    site: { file, node: callee },
    reached,
    name: dottedName(callee),
    method,
    receiver: dottedName(callee.object),
    isOnce,
  };
}

/** `{ signal }`: whoever made the signal takes the listener off. */
function hasSignal(call: TSESTree.CallExpression): boolean {
  return call.arguments.some(
    (argument) =>
      argument.type === "ObjectExpression" &&
      argument.properties.some(
        (property) => property.type === "Property" && propertyName(property) === "signal",
      ),
  );
}

/**
 * The emitter is a parameter of a function that only its types make a handler: who calls it, and with what, is
 * not in the project.
 */
function isOfUnknownCaller(object: Node, { root, chain, file }: Reached): boolean {
  if (chain.length > 0 || root.site.node !== root.fn.node) return false;
  const definition = object.type === "Identifier" ? file.variableOf(object)?.defs[0] : undefined;
  return definition?.type === "Parameter" && definition.node === root.fn.node;
}

/** An event that is named after whom it is for: `once(\`answer:${id}\`, ...)`. */
function isNameOfOne(event: Node | undefined): boolean {
  return (
    (event?.type === "TemplateLiteral" && event.expressions.length > 0) ||
    event?.type === "BinaryExpression" ||
    event?.type === "CallExpression"
  );
}

/** A once-listener that puts itself back until the event is its own. */
function waitsOn(handler: Node, call: Node, file: SourceFile): boolean {
  const variable = handler.type === "Identifier" ? file.variableOf(handler) : null;
  for (let fn = file.enclosing(call); fn.type !== "Program"; fn = file.enclosing(fn))
    if (variable?.defs.some(({ type, node }) => type === "FunctionName" && node === fn))
      return true;
  const puts = (node: Node): boolean =>
    (node.type === "CallExpression" &&
      node.callee.type === "MemberExpression" &&
      propertyName(node.callee) === "once") ||
    childrenOf(node).some(puts);
  return isFunction(handler) && puts(handler.body);
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
    if (isHandlerObject(world, argument, file) || isResolver(argument, file)) return argument;
  }
  return null;
}

/** `new Promise((resolve) => client.once("message", resolve))`. */
function isResolver(argument: Node, file: SourceFile): boolean {
  const definition = argument.type === "Identifier" && file.variableOf(argument)?.defs[0];
  if (!definition || definition.type !== "Parameter") return false;
  const made = file.parentOf(definition.node);
  return made?.type === "NewExpression" && dottedName(made.callee) === "Promise";
}

/** `dispatcher.addHandler(new CommandHandler("x", fn))`. */
function isHandlerObject(world: ProjectWorld, argument: Node, file: SourceFile): boolean {
  return world.shapes
    .of(argument, file)
    .some(
      (shape) =>
        shape.kind === "external" &&
        shape.module === RUNTIME &&
        shape.path[0]?.endsWith("Handler") === true &&
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
  const outside = shapes.filter((shape) => shape.kind === "external");
  if (outside.some((shape) => isSharedShape(shape, outside, graph, method))) return true;
  if (shapes.length > outside.length || outside.some((shape) => isMadeHere(shape, graph)))
    return false;
  return isCustomary(callee, root.framework) && !isLocal(callee.object, graph, file);
}

/** A dispatcher, the process or an emitter that repeated code does not make itself. */
function isSharedShape(
  shape: ExternalShape,
  all: readonly ExternalShape[],
  graph: CallGraph,
  method: string,
): boolean {
  // A parameter's type says nothing of its origin where a call shows what is passed.
  if (all.some((other) => isMadeHere(other, graph))) return false;
  const [first] = shape.path;
  if (shape.module === "global" && first === "process" && shape.path.length === 2)
    return EMITTER_METHODS.has(method);
  if (shape.module === "events" && shape.path.at(-2) === CALLED)
    return EMITTER_METHODS.has(method) || method === "once";
  if (shape.module === RUNTIME && method === "addHandler") return true;
  return frameworks.some((model) =>
    model.dispatchers.some((dispatcher) => {
      if (dispatcher.isOfUpdate) return false;
      const rest = matchExport(shape, model.packages, dispatcher.exports);
      if (rest?.[0] !== CALLED || rest.indexOf(CALLED, 1) !== -1) return false;
      const path = rest.slice(1);
      return (
        lookup(dispatcher.listeners, path.join(".")) !== undefined ||
        (path.length === 2 && EMITTER_METHODS.has(method))
      );
    }),
  );
}

/** No type says what `client` is, but its name does, in code that handlers of that framework reach. */
function isCustomary(callee: TSESTree.MemberExpression, framework: string): boolean {
  const parts = dottedName(callee).split(".");
  const model = frameworks.find((candidate) => candidate.id === framework);
  return (
    model?.dispatchers.some((dispatcher) =>
      Object.keys(dispatcher.listeners).some((listener) => {
        const depth = listener.split(".").length;
        const isNamed = (from: number): boolean =>
          !dispatcher.isOfUpdate &&
          dispatcher.customaryNames?.some((name) => name === parts.at(from)) === true;
        return (
          (parts.slice(-depth).join(".") === listener && isNamed(-depth - 1)) ||
          (EMITTER_METHODS.has(memberName(callee)) && parts.length > 2 && isNamed(-3))
        );
      }),
    ) === true
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
  const node = definition?.node;
  if (node?.type !== "VariableDeclarator" || !node.init) return false;
  const owner = file.enclosing(node);
  const given = unwrap(node.init);
  const init = given.type === "AwaitExpression" ? unwrap(given.argument) : given;
  const isMade = init.type === "NewExpression" || init.type === "CallExpression";
  return isMade && owner.type !== "Program" && graph.reached.has(owner);
}
