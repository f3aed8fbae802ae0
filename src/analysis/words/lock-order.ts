import type { Activation } from "../checks/activation.ts";
import type { LockEdge } from "../checks/lock-order.ts";
import type { SignalWait } from "../checks/signals.ts";
import { traceStep, type Finding, type TraceStep } from "../finding.ts";
import { describeKey } from "../flow/place.ts";
import type { HeldLock, LockRef } from "../flow/value.ts";
import type { Site } from "../syntax/source-file.ts";
import { lineFrom } from "./chain.ts";

type Lane = TraceStep["activation"];

/** Two or more activations, each of which holds what the next one wants. */
export function describeLockCycle(cycle: readonly LockEdge[]): Finding {
  const [first, ...others] = cycle;
  if (!first) throw new RangeError("A cycle has at least one edge.");
  const line = lineFrom(first.site);
  const parts = others.map(
    (edge) =>
      `\`${edge.activation.root.name}\` holds \`${edge.fromName}\` and requests \`${edge.toName}\` (${line(edge.site)})`,
  );
  return finding(
    first.site,
    [
      `\`${first.activation.root.name}\` requests \`${first.toName}\` here while it holds \`${first.fromName}\` (since ${line(first.heldSince)})`,
      `and ${parts.join(", ")}.`,
      "When they run at the same time each waits for the other for ever, with all that queues behind them.",
      "Take them in one order everywhere, or give the first back before you request the second.",
    ],
    [
      ...cycle.map((edge, index) => taken(edge.heldSince, letter(index), edge.fromName)),
      ...cycle.map((edge, index) => requested(edge.site, letter(index), edge.toName)),
    ],
    { A: first.activation.root.name, B: others[0]?.activation.root.name },
  );
}

/** Two keys of one lock, in the order in which the data names them. */
export function describeKeyOrder(
  activation: Activation,
  site: Site,
  lock: LockRef,
  held: HeldLock | null,
): Finding {
  const wanted = lock.keys.map((key) => `\`${describeKey(key)}\``).join(", ");
  const kept = held?.lock.keys.map((key) => `\`${describeKey(key)}\``).join(", ");
  const how =
    kept === undefined
      ? `\`${lock.name}\` takes the keys ${wanted} one after the other, in the order that this \`${activation.root.name}\` gives.`
      : `\`${activation.root.name}\` holds \`${lock.name}\` for ${kept} and requests it for ${wanted}, in an order that the data decides.`;
  return finding(
    site,
    [
      how,
      "Another activation with the two the other way round holds the second and waits for the first: both wait for ever.",
      kept === undefined
        ? "Sort the keys first, or take them all at once with sequential([a, b], ...)."
        : "Take both at once with sequential([a, b], ...), or the smaller key always first.",
    ],
    [requested(site, "A", lock.name)],
    { A: activation.root.name },
  );
}

/** A holder that waits for itself. */
export function describeReacquired(
  activation: Activation,
  site: Site,
  lock: LockRef,
  held: HeldLock,
): Finding {
  const line = lineFrom(site);
  const key = lock.keys[0] ? ` for the same key (\`${describeKey(lock.keys[0])}\`)` : "";
  return finding(
    site,
    [
      `\`${activation.root.name}\` already holds \`${lock.name}\` (since ${line(held.site)}) and requests it here again${key}.`,
      "The lock is not re-entrant: this activation waits for itself for ever, and every later one behind it.",
      "Call the part that needs no lock, or split the function into one that locks and one that does the work.",
    ],
    [taken(held.site, "A", lock.name), requested(site, "A", lock.name)],
    { A: activation.root.name },
  );
}

/** A lock that is kept while its holder waits for somebody who needs it. */
export function describeSignalUnderLock(wait: SignalWait, held: HeldLock): Finding {
  const line = lineFrom(wait.site);
  const [sender] = wait.senders;
  const who = `\`${sender.activation.root.name}\` (${line(sender.site)})`;
  return finding(
    wait.site,
    [
      `\`${wait.activation.root.name}\` waits here for a signal and keeps \`${held.lock.name}\` meanwhile (since ${line(held.site)}), but whoever sends it, ${who}, must take that lock first.`,
      "Both wait for ever.",
      "Wait after the lock is given back, or send the signal outside of it.",
    ],
    [
      taken(held.site, "A", held.lock.name),
      step(wait.site, "A", "wait", "waits for the signal"),
      step(sender.site, "B", "lock", "would send it, but needs the lock"),
    ],
    { A: wait.activation.root.name, B: sender.activation.root.name },
  );
}

/** The reader's own activation is A; what stands in its way is B, however many they are. */
function letter(index: number): Lane {
  return index === 0 ? "A" : "B";
}

function taken(site: Site, activation: Lane, name: string): TraceStep {
  return step(site, activation, "lock", `${name} taken`);
}

function requested(site: Site, activation: Lane, name: string): TraceStep {
  return step(site, activation, "wait", `${name} requested`);
}

function step(site: Site, activation: Lane, kind: TraceStep["step"], text: string): TraceStep {
  return traceStep(site.file, site.node.range[0], activation, kind, text);
}

function finding(
  site: Site,
  sentences: readonly string[],
  trace: readonly TraceStep[],
  activations: Finding["activations"],
): Finding {
  return {
    hazard: "lock-order",
    path: site.file.path,
    start: site.node.range[0],
    end: site.node.range[1],
    message: sentences.join(" "),
    isCheck: false,
    trace,
    activations,
    confidence: "recommended",
  };
}
