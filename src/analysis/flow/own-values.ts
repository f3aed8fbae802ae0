import type { Site } from "../syntax/source-file.ts";
import type { Frame } from "./frame.ts";
import { FILES } from "../project/store-call.ts";
import { contentOf } from "./local-objects.ts";
import { isConstant, type Key } from "./key.ts";
import { includes, keysOf, type Place } from "./place.ts";
import type { Check } from "./state.ts";
import type { Read, Value } from "./value.ts";
import type { WriteVerb } from "./summary.ts";

/**
 * Values of this activation that it keeps in a place which others write as well. After a suspension the place
 * may hold somebody else's: using it then (`this.ctx = ctx; await ...; this.ctx.reply()`), or deleting it
 * without asking whose it is, is the bug.
 */
export function keepOwnValue(
  frame: Frame,
  place: Place,
  verb: WriteVerb,
  site: Site,
  isUpdateData: boolean,
): void {
  const { stored } = frame.state;
  if (verb === "assign" && (place.root.kind !== "store" || isScratchFile(place))) {
    stored.set(place.id, { place, site, suspended: null, isUpdateData });
    return;
  }
  stored.delete(place.id);
}

/** A file is a place like a variable is, if its path is the same for every update. */
function isScratchFile(place: Place): boolean {
  return place.root.kind === "store" && place.root.id === FILES && keysOf(place).every(isOfModule);
}

/** A constant, or a constant of the module. */
function isOfModule(key: Key): boolean {
  return key.parts.every(
    (part) =>
      typeof part === "string" ||
      (part.root.kind === "variable" && (part.root.variable.scope.type as string) === "module"),
  );
}

/** Whether the value is data of the update at hand, and so another one in each activation. */
export function isUpdateData(value: Value): boolean {
  return (
    value.places.some((place) => place.root.kind === "parameter") ||
    value.reads.some((read) => read.place.root.kind === "parameter") ||
    (value.key?.parts.some((part) => typeof part !== "string" && part.root.kind === "parameter") ??
      false)
  );
}

/** `{ name: ctx.from.first_name }`: an object made here of nothing but data of the update. */
export function isObjectOfUpdate(frame: Frame, { places }: Value): boolean {
  return places.some((place) => {
    const content = contentOf(frame, place);
    return (
      content !== null &&
      content.origin === null &&
      content.fields.size > 0 &&
      [...content.fields.values()].every(isUpdateData)
    );
  });
}

/** Reads a place where this activation had put its own data before it suspended. */
export function useOwnValue(frame: Frame, place: Place, read: Read): void {
  for (const own of frame.state.stored.values()) {
    if (!own.suspended || !own.isUpdateData || !includes(own.place, place)) continue;
    if (!isScratchFile(own.place) && !keysOf(own.place).every(isConstant)) continue;
    frame.addHazard({
      kind: "overwritten",
      place: own.place,
      read: { ...read, place: own.place },
      suspension: own.suspended,
      outcome: null,
      site: own.site,
      chain: [],
      callers: [],
      verb: "assign",
      constant: undefined,
      protection: frame.state.locks,
      claims: frame.state.claims.map((claim) => claim.place),
      parallel: null,
    });
  }
}

/** `if (pending.has(user)) pending.delete(user)` after a wait: the entry that is there may be a newer one. */
export function deleteOwnValue(
  frame: Frame,
  place: Place,
  site: Site,
  checks: readonly Check[],
): void {
  const own = frame.state.stored.get(place.id);
  const check = checks.find(
    (candidate) =>
      candidate.outcome === "present" &&
      candidate.read.place.id === place.id &&
      !frame.state.staleness(candidate.read),
  );
  if (!own?.suspended || !check) return;
  frame.addHazard({
    kind: "overwritten",
    place,
    read: check.read,
    suspension: own.suspended,
    outcome: "present",
    site,
    chain: [],
    callers: [],
    verb: "delete",
    constant: undefined,
    protection: frame.state.locks,
    claims: frame.state.claims.map((claim) => claim.place),
    parallel: null,
  });
}
