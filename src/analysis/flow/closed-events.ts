import type { Key } from "./key.ts";
import { type Place } from "./place.ts";
import type { State } from "./state.ts";
import type { Event, ReadEvent, WriteEvent } from "./summary.ts";

/** What an event names: nothing of the function at all, its receiver, or something that every call gives anew. */
type Reach = "closed" | "receiver" | "open";

const reaches = new WeakMap<Event, Reach>();

/**
 * Whether an event means the same to the caller as to the callee: it names module state, shared instances and
 * stores only, or the receiver that both have (`hasSameReceiver`), and nothing of a parameter or an enclosing
 * function. Most events of a program do, and most callers have nothing to add to them: such an event is taken
 * over as it is, once, however many calls lead to it. This keeps a call graph of many diamonds linear.
 */
export function isClosed(event: Event, hasSameReceiver: boolean): event is WriteEvent | ReadEvent {
  let reach = reaches.get(event);
  if (reach === undefined) reaches.set(event, (reach = reachOf(event)));
  return reach === "closed" || (reach === "receiver" && hasSameReceiver);
}

function reachOf(event: Event): Reach {
  if (event.kind !== "write" && event.kind !== "read") return "open";
  const places = [
    event.place,
    ...event.claims,
    ...event.checks.map(({ check }) => check.read.place),
    ...event.locks.flatMap(({ lock }) => lock.place ?? []),
    ...(event.kind === "write" ? event.reads.map(({ read }) => read.place) : []),
  ];
  if (!places.every(isNamed) || !event.locks.every(({ lock }) => lock.keys.every(isClosedKey)))
    return "open";
  return places.some((place) => place.root.kind === "this") ? "receiver" : "closed";
}

function isNamed({ root, path }: Place): boolean {
  const isKnown =
    root.kind === "instance" ||
    root.kind === "store" ||
    root.kind === "this" ||
    (root.kind === "variable" && root.owner.type === "Program");
  return isKnown && path.every((step) => step.kind === "field" || isClosedKey(step.key));
}

function isClosedKey(key: Key): boolean {
  return key.parts.every((part) => typeof part === "string" || part.root.kind === "site");
}

/** Whether the caller holds, claimed, stored, handed on or tested anything that a closed event has to be seen with. */
export function hasBearingOn(state: State, place: Place): boolean {
  if (state.locks.length > 0 || state.claims.length > 0) return true;
  const id = place.rootId;
  if (state.handed.some((read) => read.place.rootId === id)) return true;
  if (state.checks.some((check) => check.read.place.rootId === id)) return true;
  for (const own of state.stored.values()) if (own.place.rootId === id) return true;
  return false;
}
