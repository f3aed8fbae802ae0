import type { Summary } from "./summary.ts";

interface Claimed {
  readonly all: ReadonlySet<string>;
  readonly atOnce: ReadonlySet<string>;
}

const known = new WeakMap<Summary, Claimed>();

/** The places that a function itself claims, on some path, and those of them before it waits for anything. */
export function claimedIn(summary: Summary): Claimed {
  let claimed = known.get(summary);
  if (!claimed) {
    const all = new Set<string>();
    const late = new Set<string>();
    for (const event of summary.events)
      if (event.kind === "write" && event.isClaim) {
        all.add(event.place.id);
        if (event.suspended) late.add(event.place.id);
      }
    claimed = { all, atOnce: new Set([...all].filter((id) => !late.has(id))) };
    known.set(summary, claimed);
  }
  return claimed;
}
