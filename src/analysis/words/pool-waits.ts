import { basename } from "node:path";
import type { PoolFacts } from "../checks/pool-system.ts";
import type { PoolWait } from "../checks/pool-waits.ts";
import type { SignalWait } from "../checks/signals.ts";
import { type Finding, spanOf, traceStep } from "../finding.ts";
import { lineFrom } from "./chain.ts";

const LARGEST_TRIED = 16;

/**
 * Says which tasks wait for each other and how many updates it takes with a pool of `size` (null where nobody
 * says the size). Null when pools of that size cannot come to that.
 */
export function describePoolWait(wait: PoolWait, size: number | null): Finding | null {
  if (size === Number.POSITIVE_INFINITY) return null;
  const needed = size === null ? neededAtAnySize(wait) : wait.updatesNeeded(size);
  if (needed === null) return null;
  const { file, node } = wait.site;
  const chain = wait.chain.join(" -> ");
  const isCertain = needed === 1;
  return {
    hazard: "nested-pool-wait",
    ...spanOf(wait.site),
    message: [
      whatWaits(wait, chain),
      isCertain ? alone(wait, size) : underLoad(wait, size, needed),
      wayOut(wait, size, isCertain),
    ].join(" "),
    isCheck: false,
    trace: [traceStep(file, node.range[0], "A", "submit", `${basename(file.path)}: ${chain}`)],
    confidence: "recommended",
    ...(size === null ? { poolWait: wait } : {}),
  };
}

/** Nobody says the size: a wait that two slots and two updates cannot hang is none at any. */
function neededAtAnySize(wait: PoolWait): number | null {
  if (wait.depth === Number.POSITIVE_INFINITY) return wait.updatesNeeded(2);
  const needed = wait.updatesNeeded(2);
  return needed === null ? null : Number.POSITIVE_INFINITY;
}

function whatWaits({ pool, through, isFor, heldSince }: PoolWait, chain: string): string {
  if (isFor === "idle")
    return `A task of \`${pool.name}\` waits here until the pool is idle, which it is not before this very task has ended: ${chain}.`;
  const holder = heldSince
    ? `The slot of \`${pool.name}\` taken on line ${String(heldSince.file.lineOf(heldSince.node))} is kept here`
    : `A task of \`${pool.name}\` keeps its slot here`;
  if (through)
    return `${holder} while it waits for a task of \`${through.name}\`, which waits for \`${pool.name}\` in turn: ${chain}.`;
  if (isFor === "start")
    return `A task of \`${pool.name}\` (overflow: "block") keeps its slot until what it submits here has a slot of the same pool: ${chain}.`;
  return heldSince
    ? `${holder} while another one is requested: ${chain}.`
    : `${holder} while it waits for another task of the same pool: ${chain}.`;
}

function alone({ depth, pool, isFor }: PoolWait, size: number | null): string {
  if (isFor === "idle") return "This update alone hangs, and its slot never comes back.";
  const had = size === null ? "a fixed number" : String(size);
  const needs =
    depth === Number.POSITIVE_INFINITY
      ? "It recurs, so no number of slots is enough for every input"
      : `It needs up to ${String(depth)} slots at once`;
  return `${needs}, and \`${pool.name}\` has ${had}. This update alone deadlocks the pool, and every later one hangs behind it.`;
}

function underLoad({ pool }: PoolWait, size: number | null, needed: number): string {
  const who = pool.home ? "tasks of this update" : "updates";
  const count =
    needed === Number.POSITIVE_INFINITY
      ? `As many ${who} at once as it has slots`
      : `${String(needed)} ${who} at once`;
  // More updates than one fill more slots than one.
  const slots = size === null ? "its slots" : `its ${String(size)} slots`;
  return `${count} fill ${slots}, each waits for a task that stands in the line of \`${pool.name}\` behind them all, and the bot hangs.`;
}

function wayOut(wait: PoolWait, size: number | null, isCertain: boolean): string {
  if (wait.isFor === "idle") return "Wait for the idle pool outside of its tasks.";
  const larger = isCertain && size !== null ? smallestPool(wait, size) : null;
  const hint =
    larger === null
      ? "A larger pool only moves the number of updates at which it happens."
      : `One update alone would get through with ${String(larger)} slots, more of them at once would not.`;
  return `${hint} Do the inner work inside the slot that is held already, wait outside of the task, or give the inner tasks a pool of their own.`;
}

/** The smallest pool in which one update gets through, or null when none does. */
function smallestPool({ updatesNeeded, depth }: PoolWait, size: number): number | null {
  if (depth === Number.POSITIVE_INFINITY) return null;
  for (let larger = size + 1; larger <= LARGEST_TRIED; larger += 1)
    if (updatesNeeded(larger) !== 1) return larger;
  return null;
}

/** A slot (or the dispatcher's turn) that is kept while its holder waits for somebody who needs it. */
export function describeSignalInPool(wait: SignalWait, pool: PoolFacts | null): Finding {
  const { file, node } = wait.site;
  const line = lineFrom(wait.site);
  const [sender] = wait.senders;
  const who = `\`${sender.activation.root.name}\` (${line(sender.site)})`;
  const name = wait.activation.root.name;
  const slots =
    pool?.size === null || pool === null ? "its slots" : `its ${String(pool.size)} slots`;
  const message = pool
    ? `\`${name}\` keeps a slot of \`${pool.name}\` here while it waits for a signal, and whoever sends it, ${who}, needs a slot of the same pool. When waiting tasks fill ${slots}, the signal can never be sent. Send it from code outside the pool, or wait without a slot.`
    : `\`${name}\` waits here for a signal that only a later update sends, ${who}, and the dispatcher takes no update before this one is done: it hangs for ever. Return after the question and go on in the handler of the answer, or make this handler a runAsync function.`;
  const isKeyedInPool = pool !== null && wait.isKeyed;
  return {
    hazard: "nested-pool-wait",
    ...spanOf(wait.site),
    message,
    isCheck: false,
    trace: [
      traceStep(file, node.range[0], "A", "wait", "waits for a signal"),
      traceStep(
        sender.site.file,
        sender.site.node.range[0],
        "B",
        "submit",
        "would send it, but needs a slot",
      ),
    ],
    activations: { A: name, B: sender.activation.root.name },
    confidence: isKeyedInPool ? "strict" : "recommended",
    ...(isKeyedInPool ? { isUserReply: true } : {}),
  };
}
