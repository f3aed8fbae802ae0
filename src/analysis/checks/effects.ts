import type { TSESTree } from "@typescript-eslint/types";
import { ORDERED_FRAMEWORKS, ORDERING_GAP } from "../../models/effects/sends.ts";
import type { Finding } from "../finding.ts";
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
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import { describeDisorder, type DisorderKind } from "../words/effects.ts";
import type { Activation } from "./activation.ts";
import type { CallGraph, Reached } from "./call-graph.ts";
import { mayOverlap } from "./overlap.ts";
import { sendOf, type Send } from "./sends.ts";

/** Two things that a person sees or a file keeps, in an order that nothing decides. */
export interface Disorder {
  readonly kind: DisorderKind;
  readonly site: Site;
  readonly reached: Pick<Reached, "root" | "chain" | "file">;
  /** The other effect, where there is one. */
  readonly other: Site | null;
}

export function findUnorderedEffects(
  world: ProjectWorld,
  activations: readonly Activation[],
  graph: CallGraph,
): Finding[] {
  const found = new Map<string, Disorder>();
  const add = (disorder: Disorder): void => {
    const id = siteId(disorder.site);
    if (!found.has(id)) found.set(id, disorder);
  };
  for (const [fn, reached] of graph.reached) {
    const first = reached.find(({ root }) => !ORDERED_FRAMEWORKS.includes(root.framework));
    const [any] = reached;
    if (!any) continue;
    const code = new FunctionCode(world, graph, fn, any.file);
    for (const site of code.lastIndexTests())
      add({ kind: "last-index", site, reached: any, other: null });
    for (const pair of code.unkeyedTasks())
      add({ kind: "unkeyed-calls", site: pair.later, reached: any, other: pair.earlier });
    if (!first) continue;
    for (const site of code.parallelSends())
      add({ kind: "parallel", site, reached: first, other: null });
    for (const pair of code.overtakingSends())
      add({
        kind: pair.hasPause ? "unawaited-early" : "unawaited",
        site: pair.earlier,
        reached: first,
        other: pair.later,
      });
    for (const site of code.delayedSends())
      add({ kind: "delays", site, reached: first, other: null });
  }
  for (const disorder of [...snapshots(activations), ...unkeyedStreams(world, activations)])
    add(disorder);
  return [...found.values()].map(describeDisorder);
}

interface Pair {
  readonly earlier: Site;
  readonly later: Site;
}

/** The text of one function, searched for effects without an order. */
class FunctionCode {
  readonly #world: ProjectWorld;
  readonly #graph: CallGraph;
  readonly #fn: FunctionNode;
  readonly #file: SourceFile;

  constructor(world: ProjectWorld, graph: CallGraph, fn: FunctionNode, file: SourceFile) {
    this.#world = world;
    this.#graph = graph;
    this.#fn = fn;
    this.#file = file;
  }

  #site(node: Node): Site {
    return { file: this.#file, node };
  }

  #sendsIn(node: Node): Send[] {
    const own = sendOf(this.#world.facts, node, this.#file);
    const inner = childrenOf(node)
      .filter((child) => !isFunction(child))
      .flatMap((child) => this.#sendsIn(child));
    return own ? [own, ...inner] : inner;
  }

  /** `Promise.all(lines.map((line) => ctx.reply(line)))`: one chat, parts of one text, all at once. */
  *parallelSends(): Iterable<Site> {
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      const callback = parallelCallback(call);
      const item = callback?.params[0];
      if (!callback || !item) continue;
      for (const send of this.#sendsIn(callback.body))
        if (this.#isPartOf(send, item)) {
          yield this.#site(call);
          break;
        }
    }
    for (const loop of loopsIn(this.#fn.body)) {
      const item =
        loop.left.type === "VariableDeclaration" ? loop.left.declarations[0].id : loop.left;
      for (const send of this.#sendsIn(loop.body))
        if (isUnawaited(send.call, this.#file) && this.#isPartOf(send, item))
          yield this.#site(send.call);
    }
  }

  /** The content comes from the element, the chat does not. */
  #isPartOf(send: Send, item: Node): boolean {
    const names = namesIn(item, this.#file);
    return (
      send.content.some((node) => mentions(node, names, this.#file)) &&
      !send.targets.some((node) => mentions(node, names, this.#file))
    );
  }

  /** `ctx.reply("one"); await ctx.reply("two")`: the first is on its way when the second starts. */
  *overtakingSends(): Iterable<Pair & { readonly hasPause: boolean }> {
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      const send = sendOf(this.#world.facts, call, this.#file);
      if (!send || !isUnawaited(send.call, this.#file)) continue;
      const later = this.#sendAfter(send);
      if (later)
        yield {
          earlier: this.#site(call),
          later: this.#site(later.call),
          hasPause: awaitsBetween(this.#fn.body, call, later.call),
        };
    }
  }

  #sendAfter(send: Send): Send | null {
    let inner: Node = send.call;
    for (let parent = this.#file.parentOf(inner); parent; parent = this.#file.parentOf(inner)) {
      if (parent.type === "BlockStatement" || parent.type === "SwitchCase") {
        const body: readonly Node[] =
          parent.type === "BlockStatement" ? parent.body : parent.consequent;
        const rest = body.slice(body.indexOf(inner) + 1);
        for (const statement of rest) {
          const same = this.#sendsIn(statement).find((other) => other.target === send.target);
          if (same) return same;
          if (leaves(statement)) return null;
        }
      }
      if (isFunction(parent)) return null;
      inner = parent;
    }
    return null;
  }

  /** Sends in timers that one function starts twice: a delay orders the starts, not the arrivals. */
  *delayedSends(): Iterable<Site> {
    const timers = this.#timersIn(this.#fn);
    for (const { send, delay } of timers) {
      const isPaired = timers.some(
        (other) =>
          other.send.call !== send.call &&
          other.send.target === send.target &&
          isClose(delay, other.delay),
      );
      if (isPaired || this.#isStartedTwice()) yield this.#site(send.call);
    }
  }

  #timersIn(fn: FunctionNode): { send: Send; delay: number | null }[] {
    return this.#graph.callsIn(fn, this.#file).flatMap((call) => {
      const [callback, delay] = call.arguments;
      if (dottedName(call.callee) !== "setTimeout" || !isFunction(callback)) return [];
      const milliseconds = delay ? this.#world.facts.numberOf(delay, this.#file) : 0;
      return this.#sendsIn(callback.body).map((send) => ({ send, delay: milliseconds }));
    });
  }

  /** The function, which has the text as a parameter, is called twice by one caller. */
  #isStartedTwice(): boolean {
    if (this.#fn.params.length < 2) return false;
    const callers = new Map<unknown, readonly (number | null)[]>();
    for (const { file, node } of this.#world.shapes.callSitesOf(this.#fn)) {
      if (node.type !== "CallExpression" || !isUnawaited(node, file)) continue;
      const delay = node.arguments.at(-1);
      const milliseconds = delay ? this.#world.facts.numberOf(delay, file) : null;
      const caller = file.enclosing(node);
      const before = callers.get(caller) ?? [];
      if (before.some((other) => isClose(other, milliseconds))) return true;
      callers.set(caller, [...before, milliseconds]);
    }
    return false;
  }

  /** `if (i === hosts.length - 1) await respond(...)` in callbacks that overlap: the last to start is not the last to end. */
  *lastIndexTests(): Iterable<Site> {
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      const callback = parallelCallback(call);
      const index = callback?.params[1];
      if (!callback?.async || index?.type !== "Identifier") continue;
      const name = index.name;
      let hasSuspended = false;
      const found: Node[] = [];
      const visit = (node: Node): void => {
        if (isFunction(node)) return;
        if (node.type === "IfStatement" && hasSuspended && testsLast(node.test, name))
          found.push(firstCall(node.consequent) ?? node);
        for (const child of childrenOf(node)) visit(child);
        if (node.type === "AwaitExpression") hasSuspended = true;
      };
      visit(callback.body);
      for (const node of found) yield this.#site(node);
    }
  }

  /** Two calls of one `runAsync` function without key, whose tasks send: they run side by side. */
  *unkeyedTasks(): Iterable<Pair> {
    const earlier = new Map<FunctionNode, Node>();
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      if (call.type !== "CallExpression" || !isUnawaited(call, this.#file)) continue;
      for (const shape of this.#world.shapes.of(call.callee, this.#file)) {
        if (shape.kind !== "function") continue;
        const wrapper = shape.wrappers?.at(-1);
        if (!wrapper || !this.#world.facts.isRunAsync(wrapper.callee) || hasKey(wrapper.site.node))
          continue;
        const task = this.#world.summaryOf(shape.node, shape.file);
        if (!task.events.some((event) => event.kind === "effect")) continue;
        const before = earlier.get(shape.node);
        if (before) yield { earlier: this.#site(before), later: this.#site(call) };
        else earlier.set(shape.node, call);
      }
    }
  }
}

/** Snapshots of shared state that several activations write to one file, without a queue: the older may land last. */
function* snapshots(activations: readonly Activation[]): Iterable<Disorder> {
  const changed = new Set(
    activations.flatMap(({ writes }) =>
      writes.flatMap(({ place }) => (place.root.kind === "variable" ? [place.root.variable] : [])),
    ),
  );
  for (const activation of activations) {
    if (!mayOverlap(activation.root, activation.root)) continue;
    for (const write of activation.writes) {
      if (write.place.root.kind !== "store" || write.verb !== "assign" || write.locks.length > 0)
        continue;
      const site = [write.site, ...write.chain].find(({ node }) => isFileWrite(node));
      if (!site) continue;
      const isSnapshot = write.reads.some(
        ({ read }) =>
          !read.isExternal &&
          read.place.root.kind === "variable" &&
          read.place.root.owner.type === "Program" &&
          changed.has(read.place.root.variable),
      );
      const { root } = activation;
      if (isSnapshot)
        yield {
          kind: "snapshot",
          site,
          reached: { root, chain: [], file: site.file },
          other: null,
        };
    }
  }
}

function isFileWrite(node: Node): boolean {
  return node.type === "CallExpression" && /(?:^|\.)writeFile$/.test(dottedName(node.callee));
}

/** Every message of a chat is a task of its own, and each sends after it has waited. */
function* unkeyedStreams(
  world: ProjectWorld,
  activations: readonly Activation[],
): Iterable<Disorder> {
  for (const { root, events } of activations) {
    const wrapper = root.fn.wrappers?.find(({ callee }) => world.facts.isRunAsync(callee));
    if (!wrapper || hasKey(wrapper.site.node) || !/^(?:MessageHandler|TypeHandler)/.test(root.name))
      continue;
    for (const event of events)
      if (event.kind === "effect" && event.suspended && event.locks.length === 0)
        yield {
          kind: "unkeyed-stream",
          site: event.site,
          reached: { root, chain: event.chain, file: event.site.file },
          other: null,
        };
  }
}

function hasKey(wrapper: Node): boolean {
  const options = wrapper.type === "CallExpression" ? wrapper.arguments[1] : undefined;
  return (
    options?.type === "ObjectExpression" &&
    options.properties.some(
      (property) => property.type !== "Property" || propertyName(property) === "key",
    )
  );
}

/** The literal callback of a `map` or `forEach`, whose runs overlap as soon as they suspend. */
function parallelCallback(
  call: TSESTree.CallExpression | TSESTree.NewExpression,
): FunctionNode | null {
  const callee = unwrap(call.callee);
  const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
  const [callback] = call.arguments;
  if ((name !== "map" && name !== "forEach") || !isFunction(callback)) return null;
  return callback;
}

/** A statement of its own, also with `void` or a `.catch(...)` behind it. */
function isUnawaited(call: Node, file: SourceFile): boolean {
  let node = call;
  for (let parent = file.parentOf(node); parent; parent = file.parentOf(node)) {
    if (parent.type === "ExpressionStatement") return true;
    const isCaught =
      parent.type === "MemberExpression" &&
      parent.object === node &&
      propertyName(parent) === "catch";
    const isOuterCall = parent.type === "CallExpression" && parent.callee === node;
    const isVoid = parent.type === "UnaryExpression" && parent.operator === "void";
    if (!isCaught && !isOuterCall && !isVoid && parent.type !== "ChainExpression") return false;
    node = parent;
  }
  return false;
}

/** Something else is waited for in between, which gives the first send time to arrive. */
function awaitsBetween(node: Node, first: Node, second: Node): boolean {
  if (isFunction(node)) return false;
  if (
    node.type === "AwaitExpression" &&
    node.range[0] > first.range[1] &&
    node.range[1] < second.range[0]
  )
    return true;
  return childrenOf(node).some((child) => awaitsBetween(child, first, second));
}

function leaves(statement: Node): boolean {
  return /^(?:Return|Throw|Break|Continue)Statement$/.test(statement.type);
}

function isClose(a: number | null, b: number | null): boolean {
  return a === null || b === null || Math.abs(a - b) < ORDERING_GAP;
}

function testsLast(test: Node, index: string): boolean {
  const inner = unwrap(test);
  if (inner.type === "LogicalExpression")
    return testsLast(inner.left, index) || testsLast(inner.right, index);
  if (inner.type !== "BinaryExpression" || !/^={2,3}$/.test(inner.operator)) return false;
  const sides: readonly Node[] = [inner.left, inner.right];
  return (
    sides.some((side) => side.type === "Identifier" && side.name === index) &&
    sides.some(
      (side) =>
        side.type === "BinaryExpression" &&
        side.operator === "-" &&
        /\.(?:length|size)$/.test(dottedName(side.left)),
    )
  );
}

function firstCall(node: Node): Node | null {
  if (isFunction(node)) return null;
  if (node.type === "CallExpression") return node;
  for (const child of childrenOf(node)) {
    const found = firstCall(child);
    if (found) return found;
  }
  return null;
}

function loopsIn(node: Node): TSESTree.ForOfStatement[] {
  if (isFunction(node)) return [];
  const inner = childrenOf(node).flatMap((child) => loopsIn(child));
  return node.type === "ForOfStatement" ? [node, ...inner] : inner;
}

function namesIn(pattern: Node, file: SourceFile): ReadonlySet<unknown> {
  const names = new Set<unknown>();
  const visit = (node: Node): void => {
    if (node.type === "Identifier") names.add(file.variableOf(node));
    for (const child of childrenOf(node)) visit(child);
  };
  visit(pattern);
  names.delete(null);
  return names;
}

function mentions(node: Node, names: ReadonlySet<unknown>, file: SourceFile): boolean {
  if (node.type === "Identifier" && names.has(file.variableOf(node))) return true;
  return childrenOf(node).some((child) => mentions(child, names, file));
}
