import type { Frame } from "./frame.ts";
import { addHazard } from "./late-writes.ts";
import { type Place } from "./place.ts";
import type { WriteDetails } from "./write-details.ts";

/**
 * A verdict on a remote service: what one resource said decides what another one is set to (a pull request's
 * labels, its check). Of two activations the one with the older answer may set it last. Only a service's
 * client says that both are one system; tables and objects of the process are judged by their own checks.
 */
export function noteVerdict(frame: Frame, place: Place, details: WriteDetails): void {
  const model = place.root.kind === "store" ? place.root.model : null;
  if (!model?.remote || details.verb !== "assign") return;
  for (const check of frame.state.checks) {
    const { read } = check;
    const stale = frame.state.staleness(read);
    if (!stale || read.place.root.kind !== "store" || read.place.root.model !== model) continue;
    if (read.place.rootId === place.rootId) continue;
    addHazard(frame, place, details, {
      kind: "check-then-act",
      read,
      suspension: stale,
      outcome: check.outcome,
      needsBelief: true,
      isVerdict: true,
    });
  }
}
