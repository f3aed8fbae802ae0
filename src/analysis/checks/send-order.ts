import { EDITS, ORDERING_GAP } from "../../models/effects/sends.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  isJump,
  memberName,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { isUnawaited, type CallGraph } from "./call-graph.ts";
import type { EffectPair } from "./effects.ts";
import { parallelCallback } from "./last-index.ts";
import { sendOf, type Send } from "./sends.ts";

/** The text of one function, searched for sends to one chat of which either may arrive first. */
export class SendOrder {
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

  *pairs(): Iterable<EffectPair> {
    yield* this.#parallel();
    yield* this.#together();
    yield* this.#overtaken();
    yield* this.#lateProgress();
    yield* this.#delayed();
  }

  #site(node: Node): Site {
    return { file: this.#file, node };
  }

  #sendOf(node: Node): Send | null {
    return sendOf(this.#world, node, this.#file);
  }

  /** The sends of a piece of code; those of functions inside it run at another time. */
  #sendsIn(node: Node): Send[] {
    return this.#sendsBelow(node, (child) => !isFunction(child));
  }

  #sendsBelow(node: Node, isPart: (child: Node) => boolean): Send[] {
    const own = this.#sendOf(node);
    const inner = childrenOf(node)
      .filter(isPart)
      .flatMap((child) => this.#sendsBelow(child, isPart));
    return own ? [own, ...inner] : inner;
  }

  /** `Promise.all(lines.map((line) => ctx.reply(line)))`: one chat, parts of one text, all at once. */
  *#parallel(): Iterable<EffectPair> {
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      const callback = parallelCallback(call);
      const item = callback?.params[0];
      if (!callback || !item) continue;
      const names = derivedNames(item, callback.body, this.#file);
      if (this.#sendsIn(callback.body).some((send) => this.#isPartOf(send, names)))
        yield { kind: "parallel", site: this.#site(call), other: null };
    }
    for (const loop of this.#file.nodesIn(this.#fn)) {
      if (loop.type !== "ForOfStatement") continue;
      const item =
        loop.left.type === "VariableDeclaration" ? loop.left.declarations[0].id : loop.left;
      const sends = this.#sendsIn(loop.body).filter(({ call }) => isUnawaited(call, this.#file));
      if (sends.length === 0) continue;
      const names = derivedNames(item, loop.body, this.#file);
      for (const send of sends)
        if (this.#isPartOf(send, names))
          yield { kind: "parallel", site: this.#site(send.call), other: null };
    }
  }

  /** The content comes from the element, the chat does not. */
  #isPartOf(send: Send, names: ReadonlySet<unknown>): boolean {
    return (
      send.content.some((node) => mentions(node, names, this.#file)) &&
      !send.targets.some((node) => mentions(node, names, this.#file))
    );
  }

  /** `Promise.all([ctx.reply("one"), ctx.reply("two")])`. */
  *#together(): Iterable<EffectPair> {
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      const [list] = call.arguments;
      if (!/^Promise\.(?:all|allSettled)$/.test(dottedName(call.callee))) continue;
      if (list?.type !== "ArrayExpression") continue;
      const seen = new Map<string, Send>();
      for (const element of list.elements) {
        const send = element && this.#sendOf(element);
        if (!send) continue;
        const place = `${isEdit(send) ? "edit" : "send"} ${send.target}`;
        const earlier = seen.get(place);
        if (earlier)
          yield {
            kind: "together",
            site: this.#site(send.call),
            other: this.#site(earlier.call),
          };
        seen.set(place, send);
      }
    }
  }

  /** `ctx.reply("one"); await ctx.reply("two")`: the first is on its way when the second starts. */
  *#overtaken(): Iterable<EffectPair> {
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      // Most calls are waited for, and to ask what they send takes longer.
      const send = isUnawaited(call, this.#file) ? this.#sendOf(call) : null;
      if (!send) continue;
      const later = this.#sendAfter(send);
      if (!later) continue;
      const hasPause = awaitsBetween(this.#fn.body, call, later.call);
      const isLikely = hasPause || send.isThroughHelper || later.isThroughHelper;
      yield {
        kind: isLikely ? "unawaited-early" : "unawaited",
        site: this.#site(call),
        other: this.#site(later.call),
      };
    }
  }

  #sendAfter(send: Send): Send | null {
    for (const statement of statementsAfter(send.call, this.#file)) {
      const same = this.#sendsIn(statement).find((other) => other.target === send.target);
      if (same) return same;
    }
    return null;
  }

  /** `onProgress((done) => { ctx.editMessageText(done) })` and then the final edit: a late one replaces it. */
  *#lateProgress(): Iterable<EffectPair> {
    for (const call of this.#graph.callsIn(this.#fn, this.#file)) {
      const callback = call.arguments.find((argument) => isFunction(argument));
      if (!callback) continue;
      const isInterval = dottedName(call.callee) === "setInterval";
      for (const edit of this.#sendsBelow(callback, () => true)) {
        if (!isEdit(edit) || !(isInterval || isUnawaited(edit.call, this.#file))) continue;
        const final = statementsAfter(call, this.#file)
          .flatMap((statement) => this.#sendsIn(statement))
          .find((later) => isEdit(later) && later.target === edit.target);
        if (final)
          yield {
            kind: "late-progress",
            site: this.#site(edit.call),
            other: this.#site(final.call),
          };
      }
    }
  }

  /** Sends in timers that one function starts twice: a delay orders the starts, not the arrivals. */
  *#delayed(): Iterable<EffectPair> {
    const timers = this.#timersIn(this.#fn);
    for (const { send, delay } of timers) {
      const isPaired = timers.some(
        (other) =>
          other.send.call !== send.call &&
          other.send.target === send.target &&
          isClose(delay, other.delay),
      );
      if (isPaired || this.#isStartedTwice())
        yield { kind: "delays", site: this.#site(send.call), other: null };
    }
  }

  #timersIn(fn: FunctionNode): { send: Send; delay: number | null }[] {
    return this.#graph.callsIn(fn, this.#file).flatMap((call) => {
      const [callback, delay] = call.arguments;
      if (dottedName(call.callee) !== "setTimeout" || !isFunction(callback)) return [];
      const milliseconds = delay ? this.#world.facts.numbers.of(delay, this.#file) : 0;
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
      const milliseconds = delay ? this.#world.facts.numbers.of(delay, file) : null;
      const caller = file.enclosing(node);
      const before = callers.get(caller) ?? [];
      if (before.some((other) => isClose(other, milliseconds))) return true;
      callers.set(caller, [...before, milliseconds]);
    }
    return false;
  }
}

function isEdit({ call }: Send): boolean {
  const { callee } = call;
  return EDITS.includes(memberName(callee));
}

/** The statements that run after a node in the same function, up to one that leaves. */
function statementsAfter(node: Node, file: SourceFile): Node[] {
  const after: Node[] = [];
  let inner = node;
  for (let parent = file.parentOf(inner); parent; parent = file.parentOf(inner)) {
    if (parent.type === "BlockStatement" || parent.type === "SwitchCase") {
      const body: readonly Node[] =
        parent.type === "BlockStatement" ? parent.body : parent.consequent;
      for (const statement of body.slice(body.indexOf(inner) + 1)) {
        after.push(statement);
        if (isJump(statement)) return after;
      }
    }
    if (isFunction(parent)) break;
    inner = parent;
  }
  return after;
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

function isClose(a: number | null, b: number | null): boolean {
  return a === null || b === null || Math.abs(a - b) < ORDERING_GAP;
}

/** The names of an element, and of what the body makes out of it: `const user = await fetch(item.id)`. */
function derivedNames(pattern: Node, body: Node, file: SourceFile): ReadonlySet<unknown> {
  const names = new Set<unknown>();
  const take = (node: Node): void => {
    if (node.type === "Identifier") names.add(file.variableOf(node));
    for (const child of childrenOf(node)) take(child);
  };
  const visit = (node: Node): void => {
    if (node.type === "VariableDeclarator" && node.init && mentions(node.init, names, file))
      take(node.id);
    for (const child of childrenOf(node)) visit(child);
  };
  take(pattern);
  names.delete(null);
  visit(body);
  return names;
}

function mentions(node: Node, names: ReadonlySet<unknown>, file: SourceFile): boolean {
  if (node.type === "Identifier" && names.has(file.variableOf(node))) return true;
  return childrenOf(node).some((child) => mentions(child, names, file));
}
