import { writeSite, type Hazard } from "../flow/summary.ts";
import { siteId } from "../syntax/source-file.ts";
import type { IndexedWrite } from "./races.ts";

/**
 * `if (has(k)) return; ... set(k, v)`: who finds an entry there need not fear that this one replaces it, nor who finds
 * anything in the entry, or that something is not in it.
 */
export function isMadeWhereNoneWas({ activation, write }: IndexedWrite, hazard: Hazard): boolean {
  if (write.place.root.kind === "store") return false;
  if (write.fillsGap && write.place.path.length < hazard.read.place.path.length) return true;
  if (hazard.outcome !== "present") return false;
  const puts = write.verb === "add" || write.verb === "assign";
  return (
    write.fillsGap ||
    (puts &&
      write.constant?.isTruthy !== false &&
      activation.hazards.some(
        (made) =>
          made.outcome === "absent" &&
          made.read.place.id === write.place.id &&
          siteId(writeSite(made)) === siteId(write.site),
      ))
  );
}

/** `if (!row.link) update({ link })`: the rival fills the link as well. */
export function isLinkToo({ activation, write }: IndexedWrite): boolean {
  return activation.hazards.some(
    (made) => made.isLink && siteId(writeSite(made)) === siteId(write.site),
  );
}
