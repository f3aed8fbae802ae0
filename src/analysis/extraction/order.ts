import type { TSESTree } from "@typescript-eslint/types";
import { SPEAKERS } from "../../models/effects/dialogues.ts";
import { ENDS } from "../../models/effects/process.ts";
import { ACKNOWLEDGES, LOOKS_UP } from "../../models/effects/sends.ts";
import { sendOf } from "../checks/sends.ts";
import { isLoop } from "../explain/rows.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  leftmost,
  memberName,
  stringValue,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Movable } from "./movable.ts";

/** What stays in the handler, runs after a statement that moves, and may show the same person something. */
export interface Overtaker {
  readonly node: Node;
  readonly name: string;
}

/**
 * Looks for what could arrive before a statement that is moved into a task, though it now comes after it. The
 * tasks themselves keep their order by their key; what stays in the handler knows nothing of it.
 */
export class Overtakers {
  readonly #world: ProjectWorld;
  readonly #fn: FunctionNode;
  readonly #file: SourceFile;

  constructor(world: ProjectWorld, fn: FunctionNode, file: SourceFile) {
    this.#world = world;
    this.#fn = fn;
    this.#file = file;
  }

  /** The first one, or null. Nobody minds when a log entry or the note at a button appears: these have none. */
  of({ statement, core, isLog }: Movable, moved: ReadonlySet<Node>): Overtaker | null {
    if (isLog || acknowledges(core)) return null;
    for (const node of statementsAfter(statement, this.#fn, this.#file)) {
      const found = this.#in(node, core, moved);
      if (found) return found;
    }
    return null;
  }

  #in(node: Node, sent: TSESTree.CallExpression, moved: ReadonlySet<Node>): Overtaker | null {
    if (moved.has(node)) return null;
    if (node.type === "CallExpression" && this.#mayShow(node, sent))
      return { node, name: dottedName(node.callee) };
    for (const child of childrenOf(node)) {
      const found = this.#in(child, sent, moved);
      if (found) return found;
    }
    return null;
  }

  #mayShow(call: TSESTree.CallExpression, sent: TSESTree.CallExpression): boolean {
    if (acknowledges(call)) return false;
    if (ENDS.test(dottedName(call.callee))) return true;
    const { shapes, facts } = this.#world;
    const file = this.#file;
    const functions = shapes.of(call.callee, file).filter((shape) => shape.kind === "function");
    // A task has an order of its own, or none that anybody could rely on.
    if (functions.some(({ wrappers }) => wrappers?.some(({ callee }) => facts.isRunAsync(callee))))
      return false;
    const send = sendOf(this.#world, call, file);
    if (send) {
      const own = sendOf(this.#world, sent, file);
      return !own || !areElsewhere(own.targets[0], send.targets[0], file);
    }
    if (functions.length > 0)
      return functions.some((shape) =>
        this.#world
          .summaryOf(shape.node, shape.file)
          .events.some((event) => event.kind === "effect"),
      );
    return this.#isGivenTheChat(call, sent);
  }

  /** Unknown code that is handed the whole context, the next middleware, and methods of the context itself. */
  #isGivenTheChat(call: TSESTree.CallExpression, sent: TSESTree.CallExpression): boolean {
    const callee = unwrap(call.callee);
    if (callee.type === "Identifier" && this.#isParameter(callee)) return true;
    const speaker = rootOf(sent.callee);
    const isSpeaker = (node: Node): boolean =>
      node.type === "Identifier" &&
      speaker !== null &&
      this.#file.variableOf(node) === this.#file.variableOf(speaker) &&
      node.name === speaker.name;
    const isContext = (node: Node): boolean => isSpeaker(node) && this.#isParameter(node);
    if (call.arguments.some((argument) => isContext(unwrap(argument)))) return true;
    if (callee.type !== "MemberExpression") return false;
    if (LOOKS_UP.test(memberName(callee))) return false;
    const receiver = unwrap(callee.object);
    if (isSpeaker(receiver)) return true;
    const root = rootOf(receiver);
    return root !== null && isSpeaker(root) && SPEAKERS.test(dottedName(receiver));
  }

  #isParameter(node: Node): boolean {
    const variable = this.#file.variableOf(node);
    return variable?.defs[0]?.type === "Parameter" && this.#file.ownerOf(variable) === this.#fn;
  }
}

/** The note at a pressed button, which is seen apart from the messages. */
export function acknowledges({ callee }: TSESTree.CallExpression): boolean {
  return ACKNOWLEDGES.test(memberName(callee));
}

/** A chat that the configuration names is not the one that the update came from. */
function areElsewhere(a: Node | undefined, b: Node | undefined, file: SourceFile): boolean {
  return a !== undefined && b !== undefined && isConfigured(a, file) !== isConfigured(b, file);
}

function isConfigured(target: Node, file: SourceFile): boolean {
  const inner = unwrap(target);
  // The numbers of groups and channels are negative.
  if (inner.type === "UnaryExpression") return isConfigured(inner.argument, file);
  if (inner.type === "Literal" || stringValue(inner) !== null) return true;
  const root = rootOf(inner);
  if (root?.name === "process") return true;
  const variable = root && file.variableOf(root);
  return variable ? variable.scope.block.type === "Program" : false;
}

/** The identifier that a chain of members and calls begins with. */
export function rootOf(node: Node): TSESTree.Identifier | null {
  const first = leftmost(node);
  if (first.type === "AwaitExpression") return rootOf(first.argument);
  return first.type === "Identifier" ? first : null;
}

/**
 * Code of the function that may run after a statement, on some path; loops are given as a whole. What moves has
 * no `finally` behind it.
 */
function* statementsAfter(statement: Node, fn: FunctionNode, file: SourceFile): Iterable<Node> {
  let inner: Node = statement;
  for (let node = file.parentOf(inner); node && inner !== fn; node = file.parentOf(inner)) {
    if (isLoop(node)) yield node;
    const body: readonly Node[] =
      node.type === "BlockStatement"
        ? node.body
        : node.type === "SwitchCase"
          ? node.consequent
          : node.type === "SwitchStatement"
            ? node.cases
            : [];
    const index = body.indexOf(inner);
    let left: Node | null = null;
    for (const next of index === -1 ? [] : body.slice(index + 1)) {
      yield next;
      if (/^(?:Return|Throw|Break|Continue)Statement$/.test(next.type)) {
        left = next;
        break;
      }
    }
    if (left?.type === "ReturnStatement" || left?.type === "ThrowStatement") return;
    inner = left ? (jumpedFrom(node, file) ?? node) : node;
    if (left && isLoop(inner)) yield inner;
  }
}

/** The loop or switch that a `break` or `continue` is about. */
function jumpedFrom(node: Node, file: SourceFile): Node | null {
  for (let inner: Node | null = node; inner; inner = file.parentOf(inner))
    if (isLoop(inner) || inner.type === "SwitchStatement") return inner;
  return null;
}
