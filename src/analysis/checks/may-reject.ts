import { returnExpressions } from "../project/call-shapes.ts";
import { CALLED } from "../project/shape.ts";
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
import { pauseOf } from "./pauses.ts";

const DEEPEST = 6;
/** Modules whose functions all return promises. */
const PROMISE_MODULES = new Set(["fs/promises", "axios", "got", "node-fetch", "undici", "ky"]);
const WRITES: ReadonlySet<string> = new Set(["write", "create", "delete", "atomic", "idempotent"]);

/** Tells calls whose promise may reject from those that give none, or one that never does. */
export class Rejections {
  readonly #world: ProjectWorld;
  readonly #known = new Map<FunctionNode, boolean>();

  constructor(world: ProjectWorld) {
    this.#world = world;
  }

  /** Whether the expression is known to be a promise that may reject with nobody told so far. */
  mayReject(expression: Node, file: SourceFile, depth = 0): boolean {
    const node = unwrap(expression);
    if (node.type !== "CallExpression") return false;
    const chain = chainOf(node);
    if (chain.isCaught) return false;
    if (chain.start === node) return this.#callMayReject(node, file, depth);
    return (
      this.#startMayReject(chain.start, file, depth) ||
      chain.callbacks.some((callback) => this.#callbackMayThrow(callback, file, depth))
    );
  }

  /** What a chain of `.then` begins with: a settled promise and a function that catches all by itself do not reject. */
  #startMayReject(node: Node, file: SourceFile, depth: number): boolean {
    const made = this.#initialiser(node, file) ?? node;
    if (made.type !== "CallExpression") return true;
    if (dottedName(made.callee) === "Promise.resolve") return false;
    const isProject = this.#world.shapes
      .of(made.callee, file)
      .some((shape) => shape.kind === "function");
    return !isProject || this.#callMayReject(made, file, depth);
  }

  /** What a constant of this file was made by. */
  #initialiser(node: Node, file: SourceFile): Node | null {
    const definition = node.type === "Identifier" ? file.variableOf(node)?.defs[0] : undefined;
    const declarator = definition?.node;
    return declarator?.type === "VariableDeclarator" && declarator.init
      ? unwrap(declarator.init)
      : null;
  }

  #callbackMayThrow(callback: Node, file: SourceFile, depth: number): boolean {
    const functions = this.#world.shapes
      .of(callback, file)
      .filter((shape) => shape.kind === "function");
    if (functions.length === 0) return true;
    return functions.some(({ node, file: home }) =>
      node.async ? this.functionMayReject(node, home, depth + 1) : throws(node.body),
    );
  }

  #callMayReject(node: Node, file: SourceFile, depth: number): boolean {
    if (node.type !== "CallExpression") return false;
    const { facts, shapes } = this.#world;
    const callees = shapes.of(node.callee, file);
    const functions = callees.filter((shape) => shape.kind === "function");
    if (isVoidCallback(node.callee, file)) return false;
    if (functions.length > 0)
      return functions.some(
        (shape) =>
          !shape.wrappers?.some(({ callee }) => facts.isRunAsync(callee)) &&
          this.functionMayReject(shape.node, shape.file, depth + 1),
      );
    const callee = unwrap(node.callee);
    const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
    const [callback] = node.arguments;
    if ((name === "map" || name === "forEach") && isFunction(callback))
      return callback.async && this.functionMayReject(callback, file, depth + 1);
    if (dottedName(callee) === "fetch") return true;
    for (const shape of callees)
      if (shape.kind === "external" && PROMISE_MODULES.has(shape.module) && !isOfAnswer(shape.path))
        return true;
    if (name !== null && facts.isSend(name)) return !isCarrier(callee);
    // A callback at the end gets the error; writes of a transaction or batch reject with its commit.
    if (isFunction(node.arguments.at(-1)) || isBatched(callee)) return false;
    const store = facts.stores.call(node, file);
    return store !== null && !store.isSynchronous && WRITES.has(store.kind);
  }

  /** Whether the promise that the function returns may reject. */
  functionMayReject(fn: FunctionNode, file: SourceFile, depth = 0): boolean {
    const known = this.#known.get(fn);
    if (known !== undefined) return known;
    if (depth > DEEPEST) return false;
    this.#known.set(fn, false);
    const result = fn.async
      ? this.#bodyMayReject(fn.body, file, depth)
      : returnExpressions(fn).some((expression) => this.mayReject(expression, file, depth));
    this.#known.set(fn, result);
    return result;
  }

  #bodyMayReject(node: Node, file: SourceFile, depth: number): boolean {
    if (isFunction(node)) return false;
    switch (node.type) {
      case "ThrowStatement":
        return true;
      case "TryStatement": {
        const isCaught = node.handler !== null && !throws(node.handler.body);
        return (
          (!isCaught && this.#bodyMayReject(node.block, file, depth)) ||
          (node.finalizer !== null && this.#bodyMayReject(node.finalizer, file, depth))
        );
      }
      case "AwaitExpression":
        return this.#awaitMayReject(node.argument, file, depth);
      case "ReturnStatement":
        if (node.argument?.type === "CallExpression" && this.mayReject(node.argument, file, depth))
          return true;
        break;
    }
    return childrenOf(node).some((child) => this.#bodyMayReject(child, file, depth));
  }

  /** An awaited call of unknown code may reject; a pause and what catches all by itself do not. */
  #awaitMayReject(argument: Node, file: SourceFile, depth: number): boolean {
    const awaited = unwrap(argument);
    const node = this.#initialiser(awaited, file) ?? awaited;
    if (pauseOf(this.#world, node, file) !== null) return false;
    if (node.type !== "CallExpression") return node.type !== "NewExpression";
    if (chainOf(node).isCaught || /^Promise\.allSettled$/.test(dottedName(node.callee)))
      return false;
    const functions = this.#world.shapes
      .of(node.callee, file)
      .filter((shape) => shape.kind === "function");
    if (functions.length === 0) return true;
    return functions.some((shape) => this.functionMayReject(shape.node, shape.file, depth + 1));
  }
}

interface Chain {
  /** `.catch(fn)` or a second argument of `.then` takes the rejection. */
  readonly isCaught: boolean;
  /** What the chain of `.then` and `.finally` begins with; the call itself where there is none. */
  readonly start: Node;
  /** What the chain calls. */
  readonly callbacks: readonly Node[];
}

function chainOf(call: Node): Chain {
  let node = unwrap(call);
  const callbacks: Node[] = [];
  while (node.type === "CallExpression") {
    const callee = unwrap(node.callee);
    const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
    const isCaught =
      (name === "catch" && node.arguments.length > 0) ||
      (name === "then" && node.arguments.length > 1);
    if (isCaught) return { isCaught: true, start: node, callbacks };
    if ((name !== "then" && name !== "finally") || callee.type !== "MemberExpression") break;
    callbacks.push(...node.arguments);
    node = unwrap(callee.object);
  }
  return { isCaught: false, start: node, callbacks };
}

/** `response.data.pipe`: below what a request gave, and no request itself. */
function isOfAnswer(path: readonly string[]): boolean {
  return path.some(
    (part, index) => part === CALLED && !/^(?:create|extend)$/.test(path[index - 1] ?? ""),
  );
}

/** A parameter that the types say gives nothing: whoever passes an async function there answers for it. */
function isVoidCallback(callee: Node, file: SourceFile): boolean {
  const definition = callee.type === "Identifier" ? file.variableOf(callee)?.defs[0] : undefined;
  if (definition?.type !== "Parameter" || definition.name.type !== "Identifier") return false;
  const type = definition.name.typeAnnotation?.typeAnnotation;
  return (
    type?.type === "TSFunctionType" && type.returnType?.typeAnnotation.type === "TSVoidKeyword"
  );
}

function throws(node: Node): boolean {
  if (isFunction(node)) return false;
  return node.type === "ThrowStatement" || childrenOf(node).some((child) => throws(child));
}

function isBatched(callee: Node): boolean {
  return (
    callee.type === "MemberExpression" &&
    /(?:^|\.)(?:tx|trx|t|transaction|batch|bulk|pipeline|multi)$/i.test(dottedName(callee.object))
  );
}

/** Sockets, workers and HTTP responses have a `send` that gives no promise. */
function isCarrier(callee: Node): boolean {
  const object = callee.type === "MemberExpression" ? dottedName(callee.object) : "";
  return /(?:^|\.)(?:ws|wss|socket|conn|connection|res|response|process|worker|port|reply)$|status\(\.\.\.\)$/i.test(
    object,
  );
}
