import { isNeighbour } from "../flow/place.ts";
import type { Hazard } from "../flow/summary.ts";
import type { Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { waitsIn } from "./waits.ts";

/**
 * `catch { failures += 1 }`, `catch { isBroken = true }`, `catch { note(failure) }`: the write keeps how the wait
 * ended, whatever was tested before it.
 */
export function isOutcomeKept(hazard: Hazard): boolean {
  const { verb, outcome, site, chain } = hazard;
  if ((outcome !== "other" && !isNote(hazard)) || verb === "delete") return false;
  return [site, ...chain].some((step) => isAfterFailure(step, hazard));
}

/** A failure is counted, or a flag for it goes up, or the time of it is kept: that is right however often. */
export function isFailureNoted(hazard: Hazard): boolean {
  const { kind, verb, outcome, constant, place, read, site, chain } = hazard;
  if (kind !== "check-then-act" || place.root.kind === "store") return false;
  // `catch { this.isRepeating = false }` after a test of `this.songs`: that says how the wait ended, too.
  if (hazard.needsBelief)
    return (
      verb === "assign" &&
      constant !== undefined &&
      isNeighbour(place, read.place) &&
      [site, ...chain].some((step) => isAfterFailure(step, hazard))
    );
  return (isNote(hazard) || (outcome === "other" && !constant)) && isOutcomeKept(hazard);
}

function isNote({ verb, outcome, constant }: Hazard): boolean {
  return verb === "update" || verb === "add" || (outcome === "absent" && !!constant?.isTruthy);
}

/** Whether the code runs where a wait in a `try` failed: the one at hand, or in a callee its own. */
function isAfterFailure({ file, node }: Site, { site, suspension }: Hazard): boolean {
  let handler: Node | null = node;
  while (handler && handler.type !== "CatchClause") handler = file.parentOf(handler);
  const tried = handler && file.parentOf(handler);
  if (tried?.type !== "TryStatement") return false;
  const { range } = tried.block;
  const waited = suspension.site.file === file ? suspension.site.node.range : null;
  if (waited && range[0] <= waited[0] && waited[1] <= range[1]) return true;
  return node !== site.node && waitsIn(tried.block).length > 0;
}
