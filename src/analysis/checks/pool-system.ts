import { RUN_ASYNC_POOL, type PoolRef } from "../flow/pool-refs.ts";
import type { SubmitEvent, Summary } from "../flow/summary.ts";
import { RUNTIME } from "../project/facts.ts";
import { CALLED, type ExternalShape } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import { isFunction, stringValue, type Node } from "../syntax/ast.ts";
import { isLoop } from "../syntax/loops.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import type { PoolSpec, PoolSystem, StepSpec, TaskSpec } from "./pool-states.ts";

/** What the code says of a pool; a size that it does not say is null. */
export interface PoolFacts {
  readonly id: string;
  readonly name: string;
  readonly size: number | null;
  /** `reject`: a submission that finds no slot fails, so nothing ever stands in line. */
  readonly overflow: PoolSpec["overflow"] | "reject";
  /** `error`: a wait for a task of one's own pool fails. */
  readonly nested: PoolSpec["nested"] | "error";
  /** The function each of whose calls makes a pool of its own. */
  readonly home: Site | null;
}

/** Which pool a submission at `site` means: every program of the project has an updater of its own. */
export function poolIdentity(world: ProjectWorld, pool: PoolRef, { file }: Site): string {
  if (pool.id !== RUN_ASYNC_POOL.id) return pool.id;
  return `${pool.id}:${String(world.project.componentOf(file.path))}`;
}

/** The pool of a submission, with its size and policies where the code says them. */
export function poolFacts(world: ProjectWorld, pool: PoolRef, site: Site): PoolFacts {
  const made = pool.id === RUN_ASYNC_POOL.id ? updaterOf(world, site) : constructorOf(world, pool);
  const { numbers } = world.facts;
  const text = (option: string): string | null => {
    const given = made?.hasPolicies ? numbers.given(made.shape, made.argument, option) : null;
    return given ? stringValue(given.node) : null;
  };
  const overflow = text("overflow");
  const nested = text("nested");
  const hasNoQueue =
    made?.hasPolicies === true && numbers.ofGiven(made.shape, made.argument, "maxQueue") === 0;
  return {
    id: pool.id,
    name: pool.name,
    size: made ? sizeOf(world, made) : null,
    overflow:
      overflow === "reject" || hasNoQueue ? "reject" : overflow === "block" ? "block" : "queue",
    nested: nested === "inherit" || nested === "error" ? nested : "queue",
    home: pool.home && pool.made?.shape.site ? { ...pool.made.shape.site, node: pool.home } : null,
  };
}

interface MadePool {
  readonly shape: ExternalShape;
  readonly argument: number;
  readonly option: string | undefined;
  readonly default: number;
  /** A pool of the runtime, with the options `overflow`, `nested` and `maxQueue`. */
  readonly hasPolicies: boolean;
}

function sizeOf(
  world: ProjectWorld,
  { shape, argument, option, ...made }: MadePool,
): number | null {
  const { numbers } = world.facts;
  const given = numbers.given(shape, argument, option);
  if (!given || isNothing(given.node)) return made.default;
  return numbers.of(given.node, given.file);
}

/** `maxConcurrent: null`. */
function isNothing(node: Node): boolean {
  return (
    (node.type === "Literal" && node.value === null) ||
    (node.type === "Identifier" && node.name === "undefined")
  );
}

function constructorOf(world: ProjectWorld, { made }: PoolRef): MadePool | null {
  if (!made?.shape.site) return null;
  const { model, shape } = made;
  const { file, node } = made.shape.site;
  // A context in front moves the worker and the size one place back.
  const first = file.calls.find((call) => call === node)?.arguments[0];
  const hasContext =
    model.worker !== undefined &&
    first !== undefined &&
    !world.shapes.of(first, file).some(({ kind }) => kind === "function");
  return {
    shape,
    option: undefined,
    ...model.size,
    argument: model.size.argument + (hasContext ? 1 : 0),
    hasPolicies: shape.module === RUNTIME,
  };
}

/** The Updater of the same file, or of one that imports it or that it imports. */
function updaterOf(world: ProjectWorld, site: Site): MadePool | null {
  const { path } = site.file;
  const near = new Set([
    path,
    ...world.project.importersOf(path),
    ...world.project.importsOf(path),
  ]);
  for (const other of near) {
    const file = world.project.fileAt(other);
    if (!file) continue;
    for (const call of file.calls)
      for (const shape of world.shapes.of(call, file))
        if (
          call.type === "NewExpression" &&
          shape.kind === "external" &&
          shape.module === RUNTIME &&
          shape.path.join(".") === `Updater.${CALLED}`
        )
          return { shape, argument: 1, option: "workers", default: 4, hasPolicies: true };
  }
  return null;
}

/**
 * What a task itself submits, in order. A submission inside one of its tasks stands in the summary as well,
 * since the callback is written in it; it belongs to that task.
 */
export function submissionsOf(task: Pick<Summary, "fn" | "events">): readonly SubmitEvent[] {
  const all = task.events.filter((event): event is SubmitEvent => event.kind === "submit");
  const inner = new Set(
    all.flatMap((event) =>
      event.task && event.task.fn !== task.fn
        ? event.task.events.flatMap((nested) =>
            nested.kind === "submit" ? [siteId(nested.site)] : [],
          )
        : [],
    ),
  );
  const own = all.filter((event) => !inner.has(siteId(event.site)));
  return own.length > 0 ? own : all;
}

const MOST_TASKS = 24;
/** How many children stand for a fan-out over a list of unknown length. */
const FAN_OUT = 2;

/** What a system of pools is built from. */
export interface Building {
  readonly factsOf: (pool: PoolRef, site: Site) => PoolFacts;
  readonly sizeOf: (pool: PoolFacts) => number;
  /** All that is known of a task by now: a recursive one was submitted when half of it was. */
  readonly wholeOf: (task: Summary) => Summary;
  /** How often a task may stand on one path: recursion is followed that far. */
  readonly unrolled: number;
}

/** Slots that stay taken around a task. */
export interface Around {
  readonly pool: PoolFacts;
  readonly slots: number;
}

/**
 * The call tree below a submission as a system of pools, its last task the outermost; null when it is too
 * large to explore. `around` are slots held meanwhile, outermost first.
 */
export function systemOf(
  root: { readonly task: Summary | null; readonly pool: PoolFacts; readonly slots: number },
  around: readonly Around[],
  { factsOf, sizeOf: sizeOfPool, wholeOf, unrolled }: Building,
): PoolSystem | null {
  const specs: PoolSpec[] = [];
  const indexes = new Map<string, number>();
  const tasks: TaskSpec[] = [];
  const poolIndex = (pool: PoolFacts): number => {
    const known = indexes.get(pool.id);
    if (known !== undefined) return known;
    indexes.set(pool.id, specs.length);
    const { overflow, nested } = pool;
    return (
      specs.push({
        size: overflow === "reject" ? Number.POSITIVE_INFINITY : sizeOfPool(pool),
        overflow: overflow === "block" ? "block" : "queue",
        nested: nested === "inherit" ? "inherit" : "queue",
      }) - 1
    );
  };
  const add = (
    task: Summary | null,
    pool: PoolFacts,
    slots: number,
    path: readonly unknown[],
  ): number | null => {
    if (tasks.length > MOST_TASKS) return null;
    const depth = task ? path.filter((fn) => fn === task.fn).length : 0;
    const steps: StepSpec[] = [];
    for (const event of task && depth < unrolled ? submissionsOf(wholeOf(task)) : []) {
      if (event.isDrain) continue;
      const other = factsOf(event.pool, event.site);
      const child = add(event.task, other, event.slots, [...path, task?.fn]);
      if (child === null) return null;
      const count = isFannedOut(event) ? FAN_OUT : 1;
      const isRefused = other.id === pool.id && pool.nested === "error";
      steps.push({
        children: Array.from({ length: count }, () => child),
        isWaited: event.isWaited && !event.isDetached && !isRefused,
      });
    }
    return tasks.push({ pool: poolIndex(pool), slots, steps }) - 1;
  };
  let outermost = add(root.task, root.pool, root.slots, []);
  for (const { pool, slots } of [...around].reverse()) {
    if (outermost === null) return null;
    const steps = [{ children: [outermost], isWaited: true }];
    outermost = tasks.push({ pool: poolIndex(pool), slots, steps }) - 1;
  }
  return outermost === null ? null : { pools: specs, tasks };
}

/** Submitted for each element of a list, all at once. */
export function isFannedOut({ site, isWaited, isMany }: SubmitEvent): boolean {
  if (isMany) return true;
  const { file } = site;
  for (let node = file.parentOf(site.node); node; node = file.parentOf(node)) {
    if (!isWaited && isLoop(node)) return true;
    if (isFunction(node)) {
      const call = file.parentOf(node);
      return (
        call?.type === "CallExpression" &&
        call.callee.type === "MemberExpression" &&
        call.callee.property.type === "Identifier" &&
        (call.callee.property.name === "map" || call.callee.property.name === "forEach")
      );
    }
  }
  return false;
}
