import { pools } from "../../models/pools/index.ts";
import { RUN_ASYNC_POOL } from "../flow/pool-refs.ts";
import type { SubmitEvent, Summary } from "../flow/summary.ts";
import type { LockRef } from "../flow/value.ts";
import { matchExport, RUNTIME } from "../project/facts.ts";
import { CALLED, type ExternalShape } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import { isFunction, stringValue } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import type { PoolSpec, PoolSystem, StepSpec, TaskSpec } from "./pool-states.ts";

/** What the code says of a pool; a size that it does not say is null. */
export interface PoolFacts {
  readonly id: string;
  readonly name: string;
  readonly size: number | null;
  readonly overflow: PoolSpec["overflow"];
  readonly nested: PoolSpec["nested"];
}

/** Which pool a submission at `site` means: every program of the project has an updater of its own. */
export function poolIdentity(world: ProjectWorld, pool: LockRef, { file }: Site): string {
  if (pool.id !== RUN_ASYNC_POOL.id) return pool.id;
  return `${pool.id}:${String(world.project.componentOf(file.path))}`;
}

/** The pool of a submission, with its size and policies where the code says them. */
export function poolFacts(world: ProjectWorld, pool: LockRef, site: Site): PoolFacts {
  const made = pool.id === RUN_ASYNC_POOL.id ? updaterOf(world, site) : constructorOf(world, pool);
  const text = (option: string): string | null => {
    const given = made && world.facts.constructorOption(made.shape, made.argument, option);
    return given ? stringValue(given.node) : null;
  };
  return {
    id: pool.id,
    name: pool.name,
    size: made ? sizeOf(world, made) : null,
    overflow: text("overflow") === "block" ? "block" : "queue",
    nested: text("nested") === "inherit" ? "inherit" : "queue",
  };
}

interface MadePool {
  readonly shape: ExternalShape;
  readonly argument: number;
  readonly option: string | undefined;
  readonly default: number;
}

function sizeOf(
  world: ProjectWorld,
  { shape, argument, option, ...made }: MadePool,
): number | null {
  if (!world.facts.constructorOption(shape, argument, option)) return made.default;
  return world.facts.constructorNumber(shape, argument, option);
}

function constructorOf(world: ProjectWorld, pool: LockRef): MadePool | null {
  const root = pool.place?.root;
  if (root?.kind !== "variable") return null;
  for (const shape of world.shapes.ofVariable(root.variable, root.file)) {
    if (shape.kind !== "external") continue;
    for (const model of pools) {
      const rest = matchExport(shape, model.packages, model.exports);
      if (rest?.[0] === CALLED && rest.length === 1)
        return { shape, option: undefined, ...model.size };
    }
  }
  return null;
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
    for (const call of file?.calls ?? [])
      for (const shape of file ? world.shapes.of(call, file) : [])
        if (
          call.type === "NewExpression" &&
          shape.kind === "external" &&
          shape.module === RUNTIME &&
          shape.path.join(".") === `Updater.${CALLED}`
        )
          return { shape, argument: 1, option: "workers", default: 4 };
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

/** The call tree below a task as a system of pools; null when it recurs or is too large to explore. */
export function systemOf(
  root: Summary,
  rootPool: PoolFacts,
  factsOf: (event: SubmitEvent) => PoolFacts,
  sizeOfPool: (pool: PoolFacts) => number,
): PoolSystem | null {
  const specs: PoolSpec[] = [];
  const indexes = new Map<string, number>();
  const tasks: TaskSpec[] = [];
  const poolIndex = (pool: PoolFacts): number => {
    const known = indexes.get(pool.id);
    if (known !== undefined) return known;
    indexes.set(pool.id, specs.length);
    const { overflow, nested } = pool;
    return specs.push({ size: sizeOfPool(pool), overflow, nested }) - 1;
  };
  const add = (task: Summary | null, pool: PoolFacts, path: readonly unknown[]): number | null => {
    if (tasks.length > MOST_TASKS || (task && path.includes(task.fn))) return null;
    const steps: StepSpec[] = [];
    for (const event of task ? submissionsOf(task) : []) {
      const child = add(event.task, factsOf(event), [...path, task?.fn]);
      if (child === null) return null;
      const count = isFannedOut(event) ? FAN_OUT : 1;
      steps.push({
        children: Array.from({ length: count }, () => child),
        isWaited: event.isWaited && !event.isDetached,
      });
    }
    return tasks.push({ pool: poolIndex(pool), steps }) - 1;
  };
  return add(root, rootPool, []) === null ? null : { pools: specs, tasks };
}

/** Submitted for each element of a list, all at once. */
function isFannedOut({ site, isWaited }: SubmitEvent): boolean {
  const { file } = site;
  for (let node = file.parentOf(site.node); node; node = file.parentOf(node)) {
    if (!isWaited && /^(?:For|While|DoWhile)/.test(node.type)) return true;
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
