import type { SubmitEvent, Summary } from "../flow/summary.ts";
import { poolOfRunAsync } from "../flow/pool-refs.ts";
import type { LockRef } from "../flow/value.ts";
import type { Finding } from "../finding.ts";
import type { ProjectWorld } from "../project/world.ts";
import { isFunction } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { describePoolWait, describeSignalInPool } from "../words/pool-waits.ts";
import type { Activation } from "./activation.ts";
import { explorePools } from "./pool-states.ts";
import { poolFacts, poolIdentity, submissionsOf, systemOf, type PoolFacts } from "./pool-system.ts";
import type { SignalWait } from "./signals.ts";

/** A task that keeps its slot while it waits for a slot that may never be free, with the chain of waits. */
export interface PoolWait {
  readonly pool: PoolFacts;
  /** The pool in between, where two pools wait for each other. */
  readonly through: PoolFacts | null;
  readonly site: Site;
  readonly chain: readonly string[];
  /** Slots that one activation may hold and want at once; infinite for recursion. */
  readonly depth: number;
  /** The wait is for the start of a submission only: `overflow: "block"`. */
  readonly isForStart: boolean;
  /** How many updates at once it takes with pools of this size; null when none suffices. */
  readonly updatesNeeded: (size: number) => number | null;
}

/**
 * Hold-and-wait on bounded pools: a task waits for a submission to its own pool, or to one whose tasks wait
 * for its own, while it holds a slot.
 */
export function findPoolWaits(
  world: ProjectWorld,
  activations: readonly Activation[],
  signals: readonly SignalWait[],
): Finding[] {
  const finder = new PoolWaitFinder(world, activations);
  return [...finder.find(), ...signalsInPools(world, signals)];
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
        this.#walk(task, this.#factsOf(poolOfRunAsync(this.#world.shapes, root.site), root.site));
      }
      for (const event of activation.events)
        if (event.kind === "submit" && event.task)
          this.#walk(event.task, this.#factsOf(event.pool, event.site));
    }
    return [...this.#waits.values()].flatMap(
      (wait) => describePoolWait(wait, wait.pool.size) ?? [],
    );
  }

  #factsOf(pool: LockRef, site: Site): PoolFacts {
    const id = poolIdentity(this.#world, pool, site);
    let facts = this.#facts.get(id);
    if (!facts) this.#facts.set(id, (facts = poolFacts(this.#world, pool, site)));
    return facts;
  }

  /** Looks in a task of the pool for submissions that lead back to the pool. */
  #walk(task: Summary, pool: PoolFacts): void {
    for (const event of submissionsOf(task)) {
      const other = this.#factsOf(event.pool, event.site);
      const isWaited = event.isWaited && !event.isDetached;
      const isForStart = !isWaited && other.overflow === "block";
      if (!isWaited && !isForStart) continue;
      const isSame = other.id === pool.id;
      if (!isSame && !(event.task && this.#leadsTo(event.task, pool.id, [task]))) continue;
      const site = siteInTask(task, event);
      const id = `${pool.id}|${siteId(site)}`;
      if (this.#waits.has(id)) continue;
      const depth = this.#depthOf(task, pool.id, []);
      this.#waits.set(id, {
        pool,
        through: isSame ? null : other,
        site,
        chain: this.#chainOf(task, event),
        depth,
        isForStart,
        updatesNeeded: (size) => this.#updatesNeeded(task, pool, depth, size, isForStart),
      });
    }
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
  #depthOf(task: Summary, pool: string, path: readonly Summary[]): number {
    if (path.length > 30 || path.some((other) => other.fn === task.fn))
      return Number.POSITIVE_INFINITY;
    let deepest = 1;
    for (const event of submissionsOf(task)) {
      if (!event.isWaited && this.#factsOf(event.pool, event.site).overflow !== "block") continue;
      const own = event.pool.id === pool ? 1 : 0;
      const below = event.task ? this.#depthOf(event.task, pool, [...path, task]) : 1;
      // A task of another pool counts no slot of its own here.
      deepest = Math.max(deepest, own === 1 || below > 1 ? 1 + (own === 1 ? below : below - 1) : 1);
    }
    return deepest;
  }

  /**
   * Explores the pools' states with one update, with two, and so on up to one for each slot. Where the tree
   * is too large for that, the depth decides: one update suffices past the size, one a slot otherwise.
   */
  #updatesNeeded(
    task: Summary,
    pool: PoolFacts,
    depth: number,
    size: number,
    isForStart: boolean,
  ): number | null {
    const most = this.#isAloneAtATime(task) ? 1 : size;
    const byDepth = depth > size ? 1 : isForStart || most < size ? null : size;
    if (depth === Number.POSITIVE_INFINITY) return pool.nested === "inherit" ? null : 1;
    const system = systemOf(
      task,
      pool,
      (event) => this.#factsOf(event.pool, event.site),
      (other) => (other.id === pool.id ? size : (other.size ?? size)),
    );
    if (!system || size > LARGEST_EXPLORED) return byDepth;
    const root = system.tasks.length - 1;
    for (let updates = 1; updates <= most; updates += 1) {
      const verdict = explorePools(
        system,
        Array.from({ length: updates }, () => root),
      );
      if (verdict === "deadlock") return updates;
      if (verdict === "unknown") return byDepth;
    }
    return null;
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

  #chainOf(task: Summary, event: SubmitEvent): string[] {
    const names = [taskName(task)];
    const seen = new Set([task.fn]);
    let next: SubmitEvent | undefined = event;
    while (next && names.length < 8) {
      names.push(next.task ? taskName(next.task) : `the task on line ${lineOf(next.site)}`);
      if (!next.task || seen.has(next.task.fn)) break;
      seen.add(next.task.fn);
      next = submissionsOf(next.task).find((inner) => inner.isWaited);
    }
    return names;
  }
}

const LARGEST_EXPLORED = 4;

/** The line of the task's own code that waits: a forwarding arrow hands the question on to what it calls. */
function siteInTask(task: Summary, event: SubmitEvent): Site {
  const [first, second] = event.chain;
  if (!first) return event.site;
  const isForwarder = isFunction(task.fn) && task.fn.body.type !== "BlockStatement";
  return isForwarder ? (second ?? event.site) : first;
}

function lineOf({ file, node }: Site): string {
  return String(file.lineOf(node));
}

/** What a reader knows a task by: its function's name, or its line. */
export function taskName({ fn, file }: Summary): string {
  if (fn.type === "Program") return "the program";
  if (fn.type !== "ArrowFunctionExpression" && fn.id) return fn.id.name;
  let parent = file.parentOf(fn);
  while (parent && (parent.type === "CallExpression" || isFunction(parent)))
    parent = file.parentOf(parent);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier")
    return parent.id.name;
  return `the task on line ${lineOf({ file, node: fn })}`;
}

/** Waits for a signal that only a task of the same pool, or an update of the same sequential dispatcher, sends. */
function signalsInPools(world: ProjectWorld, signals: readonly SignalWait[]): Finding[] {
  return signals.flatMap((wait) => {
    const pool = poolOf(world, wait.activation);
    if (pool && wait.senders.every((sender) => poolOf(world, sender.activation)?.id === pool.id))
      return [describeSignalInPool(wait, poolFacts(world, pool, wait.site))];
    const { root } = wait.activation;
    const isStuck =
      root.concurrency === "sequential" &&
      root.trigger === "update" &&
      wait.senders.every(
        ({ activation }) =>
          activation.root.concurrency === "sequential" &&
          activation.root.trigger === "update" &&
          activation.root.dispatcher === root.dispatcher,
      );
    return isStuck ? [describeSignalInPool(wait, null)] : [];
  });
}

/** The pool whose slot an activation holds from its beginning to its end. */
function poolOf(world: ProjectWorld, { root }: Activation): LockRef | null {
  if (root.trigger === "task") return poolOfRunAsync(world.shapes, root.site);
  const wrapper = root.fn.wrappers?.find(({ callee }) => world.facts.isRunAsync(callee));
  return wrapper ? poolOfRunAsync(world.shapes, wrapper.site) : null;
}
