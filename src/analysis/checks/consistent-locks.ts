import { basename } from "node:path";
import { covers } from "../flow/key.ts";
import { describeKey, describePlace, keysOf, type Place } from "../flow/place.ts";
import type { WriteEvent } from "../flow/summary.ts";
import type { HeldLock } from "../flow/value.ts";
import { type Finding, spanOf, traceStep } from "../finding.ts";
import { siteId } from "../syntax/source-file.ts";
import { remembered, type Activation } from "./activation.ts";
import { mayOverlap } from "./overlap.ts";

interface Access {
  readonly activation: Activation;
  readonly event: WriteEvent;
}

interface Usage {
  readonly lock: HeldLock;
  readonly place: Place;
  readonly holders: readonly Access[];
  readonly others: readonly Access[];
}

/** How many of the accesses must hold a lock for the rest to look forgotten. */
const MOST = 2 / 3;
const FEWEST_HOLDERS = 2;

/**
 * Writes of a state without the lock, or the key, that most writers of it hold. Reads are left alone: most need
 * no more than a glance, and one that decides about a write is seen by the race rules.
 */
export function findInconsistentLocks(activations: readonly Activation[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const accesses of accessesByState(activations).values())
    for (const usage of usagesOf(accesses))
      for (const access of usage.others) {
        const rival = usage.holders.find(({ activation }) =>
          mayOverlap(access.activation.root, activation.root),
        );
        const { file, node } = access.event.site;
        const id = `${file.path}:${String(file.lineOf(node))}`;
        if (rival && !findings.has(id)) findings.set(id, describe(access, rival, usage));
      }
  return [...findings.values()];
}

/** One write for each place in the code, in the activation that has the most locks there. */
function accessesByState(activations: readonly Activation[]): Map<string, Map<string, Access>> {
  const states = new Map<string, Map<string, Access>>();
  const locked = new Set(activations.flatMap((activation) => lockedStates(activation)));
  if (locked.size === 0) return states;
  for (const activation of activations)
    for (const event of activation.writes) {
      if (activation.root.concurrency === "exclusive") continue;
      const state = stateOf(event.place);
      if (!locked.has(state)) continue;
      let accesses = states.get(state);
      if (!accesses) states.set(state, (accesses = new Map<string, Access>()));
      const id = siteId(event.site);
      const known = accesses.get(id);
      if (!known || known.event.locks.length > event.locks.length)
        accesses.set(id, { activation, event });
    }
  return states;
}

/** The states that an activation holds a lock for when writing: of the others there is nothing to forget. */
const lockedStates = remembered(({ writes }): readonly string[] =>
  writes.flatMap(({ locks, place }) => (locks.length > 0 ? [stateOf(place)] : [])),
);

/** The location without its keys and deeper parts: `carts`, `CaseLog.next`, a table. */
function stateOf({ root, path, id }: Place): string {
  const base = id.split(/[.[]/, 1)[0] ?? id;
  const [first] = path;
  return root.kind === "instance" && first?.kind === "field" ? `${base}.${first.name}` : base;
}

function usagesOf(accesses: ReadonlyMap<string, Access>): Usage[] {
  const writers = [...accesses.values()];
  const locks = new Map<string, HeldLock>();
  for (const { event } of writers)
    for (const held of event.locks)
      if (
        !held.acquisition.startsWith("serializer") &&
        !/^(?:transaction|chain):/.test(held.lock.id)
      )
        locks.set(held.lock.id, held);
  return [...locks.values()].flatMap((lock) => {
    const sample = writers.find(({ event }) => heldAs(lock, event) !== undefined);
    if (!sample) return [];
    const isCovered = ({ event }: Access): boolean => holdsLike(sample.event, event, lock);
    const holders = writers.filter(isCovered);
    const others = writers.filter((access) => !isCovered(access));
    return holders.length >= FEWEST_HOLDERS &&
      others.length > 0 &&
      holders.length / writers.length >= MOST
      ? [{ lock, place: sample.event.place, holders, others }]
      : [];
  });
}

function heldAs(lock: HeldLock, event: WriteEvent): HeldLock | undefined {
  return event.locks.find((held) => held.lock.id === lock.lock.id);
}

/** Holds the lock, for a key that is made of the location's own as the sample's is. */
function holdsLike(sample: WriteEvent, event: WriteEvent, lock: HeldLock): boolean {
  const a = heldAs(lock, sample);
  const b = heldAs(lock, event);
  if (!a || !b) return false;
  if (a.lock.keys.length === 0 && b.lock.keys.length === 0) return true;
  return a.lock.keys.some((key) =>
    b.lock.keys.some((other) => covers(key, keysOf(sample.place), other, keysOf(event.place))),
  );
}

function describe(access: Access, rival: Access, { lock, place, holders, others }: Usage): Finding {
  const { event, activation } = access;
  const { file, node } = event.site;
  const state = describePlace({ ...place, path: place.path.slice(0, 1) });
  const keys = lock.lock.keys.map((key) => describeKey(key)).join(", ");
  const name = `${lock.lock.name}${keys === "" ? "" : `[${keys}]`}`;
  const total = holders.length + others.length;
  const own = heldAs(lock, event);
  const what = own
    ? `holds it for another key (\`${own.lock.keys.map((key) => describeKey(key)).join(", ")}\`)`
    : event.locks.length > 0
      ? `holds another lock (\`${event.locks.map((held) => held.lock.name).join("`, `")}\`)`
      : "holds none";
  const line = `${basename(rival.event.site.file.path)} line ${String(rival.event.site.file.lineOf(rival.event.site.node))}`;
  return {
    hazard: "inconsistent-lock",
    ...spanOf(event.site),
    message: `${String(holders.length)} of ${String(total)} writers of \`${state}\` hold \`${name}\`, and this ${event.kind} in \`${activation.root.name}\` ${what}: it can come between what \`${rival.activation.root.name}\` reads and writes under the lock (${line}), as if there were none. Take the same lock with the same key here.`,
    isCheck: false,
    trace: [
      traceStep(file, node.range[0], "A", event.kind, `${event.kind}s ${state} without ${name}`),
      traceStep(
        rival.event.site.file,
        rival.event.site.node.range[0],
        "B",
        rival.event.kind,
        `under ${name}`,
      ),
    ],
    activations: { A: activation.root.name, B: rival.activation.root.name },
    confidence: "strict",
  };
}
