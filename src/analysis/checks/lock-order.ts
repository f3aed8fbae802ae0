import { isConstant, type Key } from "../flow/key.ts";
import type { LockEvent, SubmitEvent } from "../flow/summary.ts";
import type { HeldLock, LockRef } from "../flow/value.ts";
import type { Finding } from "../finding.ts";
import { groupBy } from "../group-by.ts";
import type { Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import {
  describeKeyOrder,
  describeLockCycle,
  describeReacquired,
  describeSignalUnderLock,
} from "../words/lock-order.ts";
import type { Activation } from "./activation.ts";
import { mayOverlap } from "./overlap.ts";
import type { SignalWait } from "./signals.ts";

/** A request of one lock (or of a pool's slot) by an activation that holds another. */
export interface LockEdge {
  readonly from: string;
  readonly to: string;
  readonly fromName: string;
  readonly toName: string;
  readonly activation: Activation;
  /** The request. */
  readonly site: Site;
  readonly heldSince: Site;
  /** Everything held at the request: a lock that all parties of a cycle hold keeps them apart. */
  readonly gates: readonly string[];
}

const LONGEST_CYCLE = 4;

/**
 * Waits in a circle for locks: two locks in opposite orders, two keys of one lock in an order that the data
 * decides, a lock requested by its own holder, and a signal that only a holder of the lock can send.
 */
export function findLockOrder(
  activations: readonly Activation[],
  signals: readonly SignalWait[],
): Finding[] {
  const findings = new Map<string, Finding>();
  const add = (site: Site, describe: () => Finding): void => {
    const id = siteId(site);
    if (!findings.has(id)) findings.set(id, describe());
  };
  const edges: LockEdge[] = [];
  for (const activation of activations) {
    const submissions = submissionSites(activation);
    for (const event of activation.requests) {
      if (event.kind === "submit") edges.push(...edgesOfSubmission(activation, event));
      if (event.kind !== "lock") continue;
      const overlapsItself = mayOverlap(activation.root, activation.root);
      if (event.isOrdered && overlapsItself && isDataOrdered(event.lock.keys))
        add(event.site, () => describeKeyOrder(activation, event.site, event.lock, null));
      for (const held of heldBy(activation, event)) {
        if (held.lock.id !== event.lock.id) {
          edges.push(edge(activation, event, held, event.site));
          continue;
        }
        const relation = sameLock(held.lock.keys, event.lock.keys);
        if (relation === "same" && !submissions.has(siteId(event.site)))
          add(event.site, () => describeReacquired(activation, event.site, event.lock, held));
        else if (relation === "constants") edges.push(edge(activation, event, held, event.site));
        else if (relation === "data" && overlapsItself)
          add(event.site, () => describeKeyOrder(activation, event.site, event.lock, held));
      }
    }
  }
  const byFrom = groupBy(edges, ({ from }) => from);
  for (const candidate of edges) {
    const cycle = cycleThrough(candidate, byFrom);
    if (cycle) add(candidate.site, () => describeLockCycle(cycle));
  }
  for (const wait of signals) {
    const lock = lockOfAllSenders(wait);
    if (lock) add(wait.site, () => describeSignalUnderLock(wait, lock));
  }
  return [...findings.values()];
}

/** Locks that the requester itself holds; what the request's starter holds is not waited for. */
function heldBy(activation: Activation, event: LockEvent): HeldLock[] {
  return event.locks.filter((held) => {
    if (held.acquisition === "serializer" || held.lock.id.startsWith("transaction:")) return false;
    if (!event.isDetached) return true;
    return activation.events.some(
      (other) =>
        other.kind === "lock" &&
        other.isDetached &&
        siteId(other.site) === siteId(held.site) &&
        other !== event,
    );
  });
}

function sameLock(
  held: readonly Key[],
  wanted: readonly Key[],
): "same" | "constants" | "sorted" | "data" {
  const texts = wanted.map((key) => key.text);
  if (held.length === 0 && wanted.length === 0) return "same";
  if (held.some((key) => texts.includes(key.text))) return "same";
  if ([...held, ...wanted].every((key) => isConstant(key))) return "constants";
  return [...held, ...wanted].some((key) => isOrderedFirst(key)) ? "sorted" : "data";
}

/** Several keys at once, taken one after the other as the data has them. */
function isDataOrdered(keys: readonly Key[]): boolean {
  return keys.length > 1 && !keys.every((key) => isConstant(key)) && !keys.some(isOrderedFirst);
}

/** The key is a name that was given the smaller or larger of two, or an element of a sorted list. */
function isOrderedFirst(key: Key): boolean {
  return key.parts.some((part) => {
    if (typeof part === "string" || part.root.kind !== "variable") return false;
    const definition = part.root.variable.defs[0]?.node as
      { readonly type: string; readonly init?: unknown } | undefined;
    return definition?.type === "VariableDeclarator" && isOrdering(definition.init);
  });
}

const ORDERINGS = new Set(["sort", "toSorted", "min", "max", "sortBy", "orderBy"]);

function isOrdering(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const node = value as Node;
  if (node.type === "Identifier" && ORDERINGS.has(node.name)) return true;
  if (node.type === "BinaryExpression" && /^[<>]=?$/.test(node.operator)) return true;
  return Object.entries(value).some(([name, child]) =>
    name === "parent" || name === "loc"
      ? false
      : Array.isArray(child)
        ? child.some((item) => isOrdering(item))
        : isOrdering(child),
  );
}

function nodeOf(lock: LockRef): string {
  const constants = lock.keys.filter((key) => isConstant(key)).map((key) => key.text);
  return constants.length > 0 && constants.length === lock.keys.length
    ? `${lock.id}|${constants.join(",")}`
    : lock.id;
}

function edge(activation: Activation, event: LockEvent, held: HeldLock, site: Site): LockEdge {
  return {
    from: nodeOf(held.lock),
    to: nodeOf(event.lock),
    fromName: held.lock.name,
    toName: event.lock.name,
    activation,
    site,
    heldSince: held.site,
    gates: event.locks
      .filter((other) => other !== held && other.lock.keys.every((key) => isConstant(key)))
      .map((other) => nodeOf(other.lock)),
  };
}

function submissionSites(activation: Activation): ReadonlySet<string> {
  return new Set(
    activation.requests.flatMap((event) => (event.kind === "submit" ? [siteId(event.site)] : [])),
  );
}

/** Waiting for a slot under a lock, and the locks that the pool's tasks request while they hold a slot. */
function edgesOfSubmission(activation: Activation, event: SubmitEvent): LockEdge[] {
  const pool = `pool:${event.pool.id}`;
  const isWaited = event.isWaited && !event.isDetached;
  const waits = (isWaited ? event.locks : []).flatMap((held): LockEdge[] =>
    held.acquisition === "serializer" || held.lock.id.startsWith("transaction:")
      ? []
      : [
          {
            from: nodeOf(held.lock),
            to: pool,
            fromName: held.lock.name,
            toName: event.pool.name,
            activation,
            site: event.site,
            heldSince: held.site,
            gates: [],
          },
        ],
  );
  const requests = (event.task?.events ?? []).flatMap((inner): LockEdge[] =>
    inner.kind === "lock" && isNamedOutside(inner.lock)
      ? [
          {
            from: pool,
            to: nodeOf(inner.lock),
            fromName: event.pool.name,
            toName: inner.lock.name,
            activation,
            site: inner.site,
            heldSince: event.site,
            gates: inner.locks.map((held) => nodeOf(held.lock)),
          },
        ]
      : [],
  );
  return [...waits, ...requests];
}

function isNamedOutside({ place }: LockRef): boolean {
  if (!place) return true;
  const { root } = place;
  return root.kind === "instance" || (root.kind === "variable" && root.owner.type === "Program");
}

/** A way back from what the edge requests to what it holds, by activations that overlap and have no gate in common. */
function cycleThrough(
  start: LockEdge,
  byFrom: ReadonlyMap<string, readonly LockEdge[]>,
): readonly LockEdge[] | null {
  const search = (path: readonly LockEdge[]): readonly LockEdge[] | null => {
    const last = path.at(-1);
    if (!last) return null;
    if (last.to === start.from) return hasGate(path) ? null : path;
    if (path.length === LONGEST_CYCLE) return null;
    for (const next of byFrom.get(last.to) ?? []) {
      if (path.some((other) => other.from === next.from)) continue;
      if (!path.every((other) => overlap(other, next))) continue;
      const found = search([...path, next]);
      if (found) return found;
    }
    return null;
  };
  return search([start]);
}

function overlap(a: LockEdge, b: LockEdge): boolean {
  return mayOverlap(a.activation.root, b.activation.root);
}

function hasGate(path: readonly LockEdge[]): boolean {
  const [first, ...others] = path;
  const own = new Set(path.map((other) => other.from));
  return (first?.gates ?? []).some(
    (gate) => !own.has(gate) && others.every((other) => other.gates.includes(gate)),
  );
}

/** The lock that the waiting activation keeps and that each possible sender needs first. */
function lockOfAllSenders(wait: SignalWait): HeldLock | null {
  return (
    wait.locks.find((held) =>
      wait.senders.every((sender) =>
        sender.locks.some(
          (other) =>
            other.lock.id === held.lock.id && other.lock.keys.length === held.lock.keys.length,
        ),
      ),
    ) ?? null
  );
}
