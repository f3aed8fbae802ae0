import { sharedInstance } from "../flow/instances.ts";
import { extend, type Place } from "../flow/place.ts";
import type { Event } from "../flow/summary.ts";
import type { HeldLock } from "../flow/value.ts";
import type { ActivationRoot } from "../project/roots.ts";

/** An event in terms that every activation shares; nothing where its place belongs to this one alone. */
export function placed(event: Event, root: ActivationRoot, locks: readonly HeldLock[]): Event[] {
  const own = event.locks.map((lock) => canonicalLock(lock, root));
  const held = own.length + locks.length > 0 ? [...own, ...locks] : event.locks;
  const claims =
    event.claims.length > 0
      ? event.claims.flatMap((claim) => canonical(claim, root) ?? [])
      : event.claims;
  const isBare = held === event.locks && claims === event.claims;
  if (event.kind !== "write" && event.kind !== "read")
    return [isBare ? event : { ...event, locks: held, claims }];
  const place = canonical(event.place, root);
  if (!place) return [];
  return [isBare && place === event.place ? event : { ...event, place, locks: held, claims }];
}

/** The location as every activation names it, or null when it belongs to this activation alone. */
export function canonical(place: Place, root: ActivationRoot): Place | null {
  const { node, file } = root.fn;
  switch (place.root.kind) {
    case "parameter":
    case "local":
      return null;
    case "this": {
      const cls = file.classOf(node);
      return cls ? extend(sharedInstance(cls, file), ...place.path) : null;
    }
    case "variable": {
      const { owner } = place.root;
      if (owner.type === "Program") return place;
      // A captured variable outlives the activation when the root itself was made inside its owner, or
      // when the owner ran at start-up and gave the closure away.
      return owner === node ? null : place;
    }
    default:
      return place;
  }
}

/** The lock by the place where every activation finds it. */
export function canonicalLock(held: HeldLock, root: ActivationRoot): HeldLock {
  if (!held.lock.place) return held;
  const place = canonical(held.lock.place, root);
  if (!place) return held;
  const prefix = held.lock.id.startsWith("chain:") ? "chain:" : "";
  return { ...held, lock: { ...held.lock, id: prefix + place.id, place } };
}
