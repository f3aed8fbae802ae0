import type { Frame } from "./frame.ts";
import { includes, type Place } from "./place.ts";
import { makesWhatWasMissing } from "./row-checks.ts";
import type { Check } from "./state.ts";
import type { WriteDetails } from "./write-details.ts";

export function takeClaim(
  frame: Frame,
  place: Place,
  details: WriteDetails,
  checks: readonly Check[],
): boolean {
  const state = frame.state;
  const fresh = checks.filter(
    (check) =>
      !state.staleness(check.read) &&
      (includes(place, check.read.place) ||
        includes(check.read.place, place) ||
        makesWhatWasMissing(check, place, details.verb)),
  );
  const copies = place.root.kind === "parameter" ? fresh : [];
  // The activation knows what it stored itself: older tests of the place say nothing any more.
  state.checks = state.checks.filter(
    (check) =>
      !fresh.includes(check) &&
      !(
        checks.includes(check) &&
        (check.read.place.id === place.id ||
          makesWhatWasMissing(check, place, details.verb) ||
          (fresh.length > 0 && includes(place, check.read.place)))
      ),
  );
  if (copies.length > 0)
    state.checks = [
      ...state.checks,
      ...copies.map((check) => ({ ...check, isClaimedInCopy: true })),
    ];
  if (releases(details)) state.claims = state.claims.filter((claim) => claim.place.id !== place.id);
  if (!details.isClaim && !fresh.some((check) => keepsOthersOut(check, details))) return false;
  state.claims = [
    ...state.claims.filter((claim) => claim.place.id !== place.id),
    { place, site: details.site, isRemoval: details.verb === "delete" },
  ];
  return true;
}

/** Whether the write makes the same test go the other way for whoever makes it next. */
function keepsOthersOut(check: Check, details: WriteDetails): boolean {
  switch (check.outcome) {
    case "absent":
      return (
        details.verb === "add" ||
        details.verb === "create" ||
        (details.verb === "assign" && details.constant?.isTruthy !== false)
      );
    case "present":
      return details.verb === "delete" || details.verb === "remove" || releases(details);
    case "other":
      return details.verb === "assign";
  }
}

export function releases(details: WriteDetails): boolean {
  return (
    details.verb === "delete" || (details.verb === "assign" && details.constant?.isTruthy === false)
  );
}
