import { LONG_PAUSE } from "../../models/effects/blocking.ts";
import type { Finding } from "../finding.ts";
import { describeBlocking } from "../words/blocking.ts";
import type { ProjectWorld } from "../project/world.ts";
import { childrenOf, dottedName, isFunction, type FunctionNode, type Node } from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import { isWaitedFor, type CallGraph, type Reached } from "./call-graph.ts";
import { dataLoops } from "./data-loops.ts";
import { isReachedOnce } from "./once.ts";
import { pauseOf } from "./pauses.ts";

/** What keeps others from running, where, and on whose behalf. */
export interface Block {
  readonly site: Site;
  readonly reached: Reached;
  readonly kind: "call" | "busy-wait" | "data-loop" | "pause";
  /** The function called, as a reader knows it. */
  readonly name: string;
  readonly duration: "long" | "brief";
  /** Name of the asynchronous function to call instead, and the call itself. */
  readonly twin: string | null;
  /** For a pause, in milliseconds. */
  readonly milliseconds: number | null;
}

/**
 * Code that runs for each update and lets nothing else run meanwhile: synchronous work stops the process,
 * a long pause in a sequential handler stops its dispatcher.
 */
export function findBlocking(world: ProjectWorld, graph: CallGraph, only?: string): Finding[] {
  const blocks = new Map<string, Block>();
  const add = (block: Block): void => {
    const id = siteId(block.site);
    if (!blocks.has(id)) blocks.set(id, block);
  };
  for (const [fn, reached] of graph.reachedIn(only)) {
    const [first] = reached;
    const { file } = first;
    for (const call of graph.callsIn(fn, file)) {
      const blocking = world.facts.blockingCall(world.shapes.of(call.callee, file));
      const repeated = blocking && reached.find((way) => !isReachedOnce(way, call));
      if (repeated)
        add({
          site: { file, node: call },
          reached: repeated,
          kind: "call",
          name: blocking.name,
          duration: blocking.duration,
          twin: blocking.twin ?? null,
          milliseconds: null,
        });
    }
    for (const loop of busyWaits(fn, file))
      add({
        site: { file, node: loop },
        reached: first,
        kind: "busy-wait",
        name: "a loop on the clock",
        duration: "long",
        twin: null,
        milliseconds: null,
      });
    for (const { node, inner, outer } of dataLoops(world, fn, file))
      add({
        site: { file, node },
        reached: first,
        kind: "data-loop",
        name: `This loop goes over all of \`${inner}\` for each element of \`${outer}\``,
        duration: "brief",
        twin: null,
        milliseconds: null,
      });
    const sequential = reached.find(({ root, isAwaited }) => isAwaited && holdsDispatcher(root));
    if (!sequential) continue;
    for (const call of graph.callsIn(fn, file)) {
      const pause = isWaitedFor(call, file) ? pauseOf(world, call, file) : null;
      if (pause !== null && pause >= LONG_PAUSE)
        add({
          site: { file, node: call },
          reached: sequential,
          kind: "pause",
          name: dottedName(call.callee),
          duration: "long",
          twin: null,
          milliseconds: pause,
        });
    }
  }
  return [...blocks.values()].map(describeBlocking);
}

function holdsDispatcher(root: Reached["root"]): boolean {
  return (
    root.concurrency === "sequential" && (root.trigger === "update" || root.trigger === "event")
  );
}

/** `while (Date.now() < end) {}`: nothing in the loop lets go, and only the clock ends it. */
function busyWaits(fn: FunctionNode, file: SourceFile): Node[] {
  return file
    .nodesIn(fn)
    .filter(
      (node) =>
        (node.type === "WhileStatement" ||
          node.type === "DoWhileStatement" ||
          node.type === "ForStatement") &&
        node.test &&
        readsClock(node.test) &&
        !letsGo(node) &&
        !getsOn(node, namesIn(node.test)),
    );
}

/** `while (days.has(dayOf(Date.now() - n * DAY))) n += 1;`: what is tested moves on by itself, and not with the clock. */
function getsOn(node: Node, tested: ReadonlySet<string>): boolean {
  const target =
    node.type === "AssignmentExpression"
      ? node.left
      : node.type === "UpdateExpression"
        ? node.argument
        : null;
  const isTested = target?.type === "Identifier" && tested.has(target.name);
  if (isTested && !(node.type === "AssignmentExpression" && readsClock(node.right))) return true;
  return childrenOf(node).some((child) => getsOn(child, tested));
}

function namesIn(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (inner: Node): void => {
    if (inner.type === "Identifier") names.add(inner.name);
    childrenOf(inner).forEach(visit);
  };
  visit(node);
  return names;
}

function readsClock(node: Node): boolean {
  if (node.type === "CallExpression" && /^(?:Date|performance)\.now$/.test(dottedName(node.callee)))
    return true;
  if (node.type === "NewExpression" && dottedName(node.callee) === "Date") return true;
  return childrenOf(node).some((child) => readsClock(child));
}

function letsGo(node: Node): boolean {
  if (isFunction(node)) return false;
  if (node.type === "AwaitExpression" || node.type === "YieldExpression") return true;
  if (node.type === "ForOfStatement" && node.await) return true;
  return childrenOf(node).some((child) => letsGo(child));
}
