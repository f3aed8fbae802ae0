import type { LockEvent, SubmitEvent, Summary } from "../flow/summary.ts";
import { poolOfRunAsync, type HeldSlots, type PoolRef } from "../flow/pool-refs.ts";
import type { Finding } from "../finding.ts";
import type { ProjectWorld } from "../project/world.ts";
import { contains, isFunction } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { describePoolWait } from "../words/pool-waits.ts";
import type { Activation } from "./activation.ts";
import { explorePools } from "./pool-states.ts";
import {
  isFannedOut,
  poolFacts,
  poolIdentity,
  submissionsOf,
  systemOf,
  type Around,
  type PoolFacts,
} from "./pool-system.ts";

/** A task that keeps its slot while it waits for a slot that may never be free, with the chain of waits. */
export interface PoolWait {
  readonly pool: PoolFacts;
  /** The pool in between, where two pools wait for each other. */
  readonly through: PoolFacts | null;
  readonly site: Site;
  readonly chain: readonly string[];
  /** Slots that one activation may hold and want at once; infinite for recursion. */
  readonly depth: number;
  /** What is waited for: a task, the start of a submission (`overflow: "block"`), or an idle pool. */
  readonly isFor: "task" | "start" | "idle";
  /** Where the slots were taken, when the code takes and gives them back itself. */
  readonly heldSince: Site | null;
  /** How many updates at once it takes with pools of this size; null when none suffices. */
  readonly updatesNeeded: (size: number) => number | null;
}

/**
 * Hold-and-wait on bounded pools: a task waits for a submission to its own pool, or to one whose tasks wait
 * for its own, while it holds a slot.
 */
export function findPoolWaits(world: ProjectWorld, activations: readonly Activation[]): Finding[] {
  return new PoolWaitFinder(world, activations).find();
}

class PoolWaitFinder {
  readonly #world: ProjectWorld;
  readonly #activations: readonly Activation[];
  readonly #waits = new Map<string, PoolWait>();
  readonly #facts = new Map<string, PoolFacts>();

  constructor(world: ProjectWorld, activations: readonly Activation[]) {
    this.#world = world;
    this.#activations = activations;
  }

  find(): Finding[] {
    for (const activation of this.#activations) {
      const { root } = activation;
      if (root.trigger === "task") {
        const task = this.#world.summaryOf(root.fn.node, root.fn.file);
        const pool = this.#factsOf(poolOfRunAsync(this.#world, root.site), root.site);
        this.#walk({ task, pool, slots: 1, isFannedOut: false });
      }
      for (const event of activation.requests) {
        if (event.kind !== "submit") continue;
        const pool = this.#factsOf(event.pool, event.site);
        const { task, slots } = event;
        if (task) this.#walk({ task, pool, slots, isFannedOut: isFannedOut(event) });
        if (event.holding.length > 0) this.#holdAndRequest(event, pool, activation.requests);
      }
    }
    return [...this.#waits.values()].flatMap(
      (wait) => describePoolWait(wait, wait.pool.size) ?? [],
    );
  }

  #factsOf(pool: PoolRef, site: Site): PoolFacts {
    const id = poolIdentity(this.#world, pool, site);
    let facts = this.#facts.get(id);
    if (!facts) this.#facts.set(id, (facts = poolFacts(this.#world, pool, site)));
    return facts;
  }

  #add(site: Site, wait: Omit<PoolWait, "site">): void {
    const id = `${wait.pool.id}|${siteId(site)}`;
    if (!this.#waits.has(id)) this.#waits.set(id, { ...wait, site });
  }

  /** Looks in a task of the pool for submissions that lead back to the pool. */
  #walk(submitted: Submitted): void {
    const { task, pool, slots } = submitted;
    if (pool.overflow === "reject") return;
    for (const event of submissionsOf(task)) {
      const other = this.#factsOf(event.pool, event.site);
      const isWaited = event.isWaited && !event.isDetached;
      const isForStart = !isWaited && other.overflow === "block";
      const isSame = other.id === pool.id;
      if ((!isWaited && !isForStart) || !this.#isInHome(pool, event)) continue;
      if (isSame && isWaited && pool.nested === "error") continue;
      if (!isSame && !(event.task && this.#leadsTo(event.task, pool.id, [task]))) continue;
      const depth = this.#depthOf(task, pool.id, slots, []);
      const isFor = event.isDrain ? "idle" : isForStart ? "start" : "task";
      this.#add(siteInTask(task, event), {
        pool,
        through: isSame ? null : other,
        chain: this.#chainOf(taskName(task), task, event),
        depth,
        isFor,
        heldSince: null,
        updatesNeeded: (size) =>
          isFor === "idle"
            ? 1
            : this.#updatesNeeded(submitted, [], {
                pool,
                depth,
                size,
                isForStart,
                most: this.#mostAtOnce(submitted, size),
              }),
      });
    }
  }

  /** Slots that the code took itself are kept while it asks for more of them, or for what needs them. */
  #holdAndRequest(event: SubmitEvent, other: PoolFacts, requests: Activation["requests"]): void {
    if (!event.isWaited || event.isDetached || event.isDrain) return;
    const around = event.holding.map((held) => ({
      held,
      slots: held.slots,
      pool: this.#factsOf(held.pool, held.site),
    }));
    for (const [index, { held, pool }] of around.entries()) {
      const isSame = pool.id === other.id;
      if (!this.#asksFor(event, pool)) continue;
      // A task's own request is a part of what waiting for the task means, and is reported there.
      if (requests.some((outer) => isMadeBy(outer, event, held) && this.#asksFor(outer, pool)))
        continue;
      const own = around.slice(index);
      const below = event.task
        ? this.#depthOf(event.task, pool.id, isSame ? event.slots : 0, [])
        : event.slots;
      const depth = own.reduce(
        (sum, outer) => sum + (outer.pool.id === pool.id ? outer.slots : 0),
        below,
      );
      const requested = { task: event.task, pool: other, slots: event.slots };
      const isAlone = event.locks.some(
        ({ lock, site }) => lock.keys.length === 0 && isBefore(site, held.site),
      );
      // Where the other pool is full, it refuses, and whoever is refused gives the slot back.
      const admitted = other.overflow === "reject" ? (other.size ?? 0) : Number.POSITIVE_INFINITY;
      this.#add(siteAfter(held.site, event), {
        pool,
        through: isSame ? null : other,
        chain: this.#chainOf(`the slot of line ${lineOf(held.site)}`, null, event),
        depth,
        isFor: "task",
        heldSince: held.site,
        updatesNeeded: (size) =>
          this.#updatesNeeded(requested, own, {
            pool,
            depth,
            size,
            isForStart: false,
            most: Math.min(isAlone ? 1 : size, admitted),
          }),
      });
      return;
    }
  }

  /** A pool that one function makes for itself is the same pool only inside that function's one call. */
  #isInHome({ home }: PoolFacts, { site, chain }: SubmitEvent): boolean {
    if (!home) return true;
    if (![...chain, site].every((other) => isWithin(other, home))) return false;
    return !chain.some(
      ({ file, node }) =>
        node.type === "CallExpression" &&
        this.#world.shapes
          .of(node.callee, file)
          .some((shape) => shape.kind === "function" && shape.node === home.node),
    );
  }

  /** Whether a submission waits for the pool: it is one to it, or its task waits for one. */
  #asksFor({ pool, site, task }: SubmitEvent, wanted: PoolFacts): boolean {
    return (
      this.#factsOf(pool, site).id === wanted.id ||
      (task !== null && this.#leadsTo(task, wanted.id, []))
    );
  }

  #leadsTo(task: Summary, pool: string, path: readonly Summary[]): boolean {
    if (path.length > 12 || path.some((other) => other.fn === task.fn)) return false;
    return submissionsOf(task).some(
      (event) =>
        event.isWaited &&
        !event.isDetached &&
        (event.pool.id === pool ||
          (event.task !== null && this.#leadsTo(event.task, pool, [...path, task]))),
    );
  }

  /** Slots of the pool on the longest chain of waits; a task that is reached again never ends. */
  #depthOf(task: Summary, pool: string, slots: number, path: readonly Summary[]): number {
    if (path.length > 30 || path.some((other) => other.fn === task.fn))
      return Number.POSITIVE_INFINITY;
    let deepest = 0;
    for (const event of submissionsOf(task)) {
      if (!event.isWaited && this.#factsOf(event.pool, event.site).overflow !== "block") continue;
      // A task of another pool takes no slot of this one.
      const own = event.pool.id === pool ? event.slots : 0;
      const below = event.task ? this.#depthOf(event.task, pool, own, [...path, task]) : own;
      deepest = Math.max(deepest, below);
    }
    return slots + deepest;
  }

  /**
   * Explores the pools' states with one update, with two, and so on up to one for each slot. Where the tree
   * is too large for that, the depth decides: one update suffices past the size, one a slot otherwise.
   */
  #updatesNeeded(
    root: { readonly task: Summary | null; readonly pool: PoolFacts; readonly slots: number },
    around: readonly Around[],
    { pool, depth, size, isForStart, most }: Exploration,
  ): number | null {
    const recurs = depth === Number.POSITIVE_INFINITY;
    const byDepth = depth > size ? 1 : isForStart || most < size ? null : size;
    const unknown = recurs && pool.nested === "inherit" ? null : byDepth;
    if (size > LARGEST_EXPLORED) return unknown;
    const system = systemOf(root, around, {
      factsOf: (other, site) => this.#factsOf(other, site),
      sizeOf: (other) => (other.id === pool.id ? size : (other.size ?? size)),
      wholeOf: (task) => (isFunction(task.fn) ? this.#world.summaryOf(task.fn, task.file) : task),
      unrolled: recurs ? size + 1 : 1,
    });
    if (!system) return unknown;
    const outermost = system.tasks.length - 1;
    for (let updates = 1; updates <= (recurs ? 1 : most); updates += 1) {
      const verdict = explorePools(
        system,
        Array.from({ length: updates }, () => outermost),
      );
      if (verdict === "deadlock") return updates;
      if (verdict === "unknown") return unknown;
    }
    return null;
  }

  /** How many of the tasks can be in the pool together. */
  #mostAtOnce({ task, pool, isFannedOut: isMany }: Submitted, size: number): number {
    if (pool.home) return isMany ? size : 1;
    return this.#isAloneAtATime(task) ? 1 : size;
  }

  /** Every submission of the task is made under one lock without keys: two of them never run at once. */
  #isAloneAtATime(task: Summary): boolean {
    let common: string[] | null = null;
    for (const activation of this.#activations) {
      if (activation.root.trigger === "task" && activation.root.fn.node === task.fn) return false;
      for (const event of activation.events) {
        if (event.kind !== "submit" || event.task?.fn !== task.fn) continue;
        const held = event.locks.flatMap(({ lock }) => (lock.keys.length === 0 ? [lock.id] : []));
        common = common ? common.filter((id) => held.includes(id)) : held;
      }
    }
    return common !== null && common.length > 0;
  }

  #chainOf(first: string, task: Summary | null, event: SubmitEvent): string[] {
    const names = [first];
    const seen = new Set<unknown>([task?.fn]);
    let next: SubmitEvent | undefined = event;
    while (next && names.length < 8) {
      names.push(next.task ? taskName(next.task) : requestOf(next));
      if (!next.task || seen.has(next.task.fn)) break;
      seen.add(next.task.fn);
      next = submissionsOf(next.task).find((inner) => inner.isWaited);
    }
    return names;
  }
}

/** A task of a pool, and how it gets there. */
interface Submitted {
  readonly task: Summary;
  readonly pool: PoolFacts;
  readonly slots: number;
  readonly isFannedOut: boolean;
}

interface Exploration {
  readonly pool: PoolFacts;
  readonly depth: number;
  readonly size: number;
  readonly isForStart: boolean;
  /** Updates at once that are tried. */
  readonly most: number;
}

const LARGEST_EXPLORED = 4;

/** The line of the task's own code that waits: a forwarding arrow hands the question on to what it calls. */
function siteInTask(task: Summary, event: SubmitEvent): Site {
  const [first, second] = event.chain;
  if (!first) return event.site;
  const isForwarder = isFunction(task.fn) && task.fn.body.type !== "BlockStatement";
  return isForwarder ? (second ?? event.site) : first;
}

/** Whether a request stands in the task of another one that is made with the same slots held. */
function isMadeBy(
  outer: LockEvent | SubmitEvent,
  inner: SubmitEvent,
  held: HeldSlots,
): outer is SubmitEvent {
  return (
    outer.kind === "submit" &&
    outer.isWaited &&
    outer.holding.some(({ site }) => siteId(site) === siteId(held.site)) &&
    outer.task?.events.some(({ site }) => siteId(site) === siteId(inner.site)) === true
  );
}

/** The line of the function that took the slots which leads to the request. */
function siteAfter(held: Site, event: SubmitEvent): Site {
  const owner = held.file.enclosing(held.node);
  return (
    event.chain.find(({ file, node }) => file === held.file && file.enclosing(node) === owner) ??
    event.site
  );
}

function isWithin(inner: Site, outer: Site): boolean {
  return inner.file === outer.file && contains(outer.node, inner.node);
}

function isBefore(a: Site, b: Site): boolean {
  return a.file === b.file && a.node.range[0] < b.node.range[0];
}

function requestOf({ slots, site, isDrain }: SubmitEvent): string {
  if (isDrain) return "the idle pool";
  const what = slots === 1 ? "the task" : `${String(slots)} slots`;
  return `${what} on line ${lineOf(site)}`;
}

function lineOf({ file, node }: Site): string {
  return String(file.lineOf(node));
}

/** What a reader knows a task by: its function's name, or its line. */
export function taskName({ fn, file }: Summary): string {
  if (isFunction(fn) && fn.type !== "ArrowFunctionExpression" && fn.id) return fn.id.name;
  let parent = file.parentOf(fn);
  while (parent && (parent.type === "CallExpression" || isFunction(parent)))
    parent = file.parentOf(parent);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier")
    return parent.id.name;
  return `the task on line ${lineOf({ file, node: fn })}`;
}
