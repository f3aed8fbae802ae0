import { basename } from "node:path";
import type { SubmitEvent, Summary } from "../flow/summary.ts";
import { traceStep, type Finding } from "../finding.ts";
import { RUN_ASYNC_POOL } from "../flow/calls.ts";
import { isFunction } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { pools } from "../../models/pools/index.ts";
import { matchExport, RUNTIME } from "../project/facts.ts";
import { CALLED } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import type { Activation } from "./activation.ts";

/** A wait of a task for another task of the same pool, with the chain that leads to it. */
interface NestedWait {
  readonly pool: string;
  readonly name: string;
  readonly size: number | null;
  /** How many slots one activation may hold and want at once; infinite for recursion. */
  readonly depth: number;
  readonly site: Site;
  readonly chain: readonly string[];
}

/**
 * Hold-and-wait on a bounded pool: a task waits for a submission to its own pool while it holds a slot. W
 * updates at once deadlock; a chain deeper than W, or a recursive one, deadlocks alone.
 */
export function findPoolWaits(world: ProjectWorld, activations: readonly Activation[]): Finding[] {
  const waits = new Map<string, NestedWait>();
  const submissions = new Map<string, SubmitEvent>();
  for (const activation of activations) {
    for (const event of activation.events)
      if (event.kind === "submit") submissions.set(`${event.pool.id}|${siteId(event.site)}`, event);
    if (activation.root.trigger === "task")
      walk(world, taskOf(world, activation), RUN_ASYNC_POOL.id, RUN_ASYNC_POOL.name, waits);
  }
  for (const event of submissions.values())
    if (event.task) walk(world, event.task, event.pool.id, event.pool.name, waits);
  return [...waits.values()].map(describe);
}

function taskOf(world: ProjectWorld, activation: Activation): Summary {
  return world.summaryOf(activation.root.fn.node, activation.root.fn.file);
}

/** Looks in a task of the pool, and in what it waits for, for submissions to the same pool. */
function walk(
  world: ProjectWorld,
  task: Summary,
  pool: string,
  name: string,
  waits: Map<string, NestedWait>,
): void {
  for (const event of task.events) {
    if (event.kind !== "submit" || !event.isWaited || event.pool.id !== pool) continue;
    const site = siteInTask(task, event);
    const id = `${pool}|${siteId(site)}`;
    if (waits.has(id)) continue;
    const depth = 1 + (event.task ? depthOf(event.task, pool, [task]) : 1);
    waits.set(id, {
      pool,
      name: event.pool.name === "workers" ? name : event.pool.name,
      size: sizeOf(world, event),
      depth,
      site,
      chain: chainOf(task, event, pool),
    });
  }
}

/** The line of the task's own code that waits: a forwarding arrow hands the question on to what it calls. */
function siteInTask(task: Summary, event: SubmitEvent): Site {
  const [first, second] = event.chain;
  if (!first) return event.site;
  const isForwarder = isFunction(task.fn) && task.fn.body.type !== "BlockStatement";
  return isForwarder ? (second ?? event.site) : first;
}

/** The longest chain of waits inside one pool; a task that is reached again never ends. */
function depthOf(task: Summary, pool: string, path: readonly Summary[]): number {
  if (path.some((other) => other.fn === task.fn)) return Number.POSITIVE_INFINITY;
  if (path.length > 30) return Number.POSITIVE_INFINITY;
  let deepest = 1;
  for (const event of task.events)
    if (event.kind === "submit" && event.isWaited && event.pool.id === pool && event.task)
      deepest = Math.max(deepest, 1 + depthOf(event.task, pool, [...path, task]));
  return deepest;
}

function chainOf(task: Summary, event: SubmitEvent, pool: string): string[] {
  const names = [nameOf(task)];
  let next: SubmitEvent | undefined = event;
  const seen = new Set<Summary>([task]);
  while (next?.task && names.length < 8) {
    names.push(nameOf(next.task));
    if (seen.has(next.task)) break;
    seen.add(next.task);
    next = next.task.events.find(
      (inner): inner is SubmitEvent =>
        inner.kind === "submit" && inner.isWaited && inner.pool.id === pool,
    );
  }
  return names;
}

function nameOf(summary: Summary): string {
  const { fn, file } = summary;
  if (fn.type === "Program") return "the program";
  if (fn.type !== "ArrowFunctionExpression" && fn.id) return fn.id.name;
  let parent = file.parentOf(fn);
  while (parent && (parent.type === "CallExpression" || isFunction(parent)))
    parent = file.parentOf(parent);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier")
    return parent.id.name;
  return `the task on line ${String(file.lineOf(fn))}`;
}

/** The number of slots, where the code says it. */
function sizeOf(world: ProjectWorld, event: SubmitEvent): number | null {
  if (event.pool.id === RUN_ASYNC_POOL.id) return updaterWorkers(world, event.site);
  const root = event.pool.place?.root;
  if (root?.kind !== "variable") return null;
  for (const shape of world.shapes.ofVariable(root.variable, root.file)) {
    if (shape.kind !== "external") continue;
    for (const model of pools) {
      const rest = matchExport(shape, model.packages, model.exports);
      if (rest?.[0] === CALLED && rest.length === 1)
        return world.facts.constructorNumber(shape, model.size.argument, model.size.option) ?? null;
    }
  }
  return null;
}

function updaterWorkers(world: ProjectWorld, site: Site): number | null {
  const files = [site.file.path, ...world.project.component()];
  for (const path of new Set(files)) {
    const file = world.project.fileAt(path);
    if (
      !file ||
      (path !== site.file.path &&
        !world.project.importersOf(site.file.path).has(path) &&
        !world.project.importsOf(site.file.path).includes(path))
    )
      continue;
    for (const call of file.calls)
      for (const shape of world.shapes.of(call, file))
        if (
          shape.kind === "external" &&
          shape.module === RUNTIME &&
          shape.path[0] === "Updater" &&
          shape.path[1] === CALLED &&
          shape.path.length === 2 &&
          call.type === "NewExpression"
        )
          return world.facts.constructorNumber(shape, 1, "workers") ?? 4;
  }
  return null;
}

function describe(wait: NestedWait): Finding {
  const { file, node } = wait.site;
  const chain = wait.chain.join(" -> ");
  const size = wait.size === null ? "its" : `its ${String(wait.size)}`;
  const slots = wait.size === 1 ? "slot" : "slots";
  const isCertain =
    wait.depth === Number.POSITIVE_INFINITY || (wait.size !== null && wait.depth > wait.size);
  const needs =
    wait.depth === Number.POSITIVE_INFINITY
      ? "recurs without end, so no pool is large enough"
      : `needs ${String(wait.depth)} slots at once`;
  const message = isCertain
    ? `A task of ${wait.name} waits here for another task of the same pool and keeps its slot meanwhile: ${chain} ${needs}, and ${wait.name} has ${wait.size === null ? "a fixed number" : String(wait.size)}. This update alone deadlocks the pool, and every later one hangs behind it. ${wayOut}`
    : `A task of ${wait.name} waits here for another task of the same pool and keeps its slot meanwhile (${chain}). As many updates at once as the pool has slots fill ${size} ${slots}, each waits for a task that is queued behind them all, and the bot hangs. ${wayOut}`;
  return {
    hazard: "nested-pool-wait",
    path: file.path,
    start: node.range[0],
    end: node.range[1],
    message,
    isCheck: false,
    trace: [traceStep(file, node.range[0], "A", "submit", `${basename(file.path)}: ${chain}`)],
    confidence: "recommended",
  };
}

const wayOut =
  "Submit only the outermost or only the innermost work, wait outside the task, or give the inner tasks a pool of their own.";
