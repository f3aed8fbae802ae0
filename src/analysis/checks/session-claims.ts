import type { Finding } from "../finding.ts";
import type { Place } from "../flow/place.ts";
import type { Check } from "../flow/state.ts";
import type { WriteEvent } from "../flow/summary.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { ProjectWorld } from "../project/world.ts";
import { describeSessionClaim } from "../words/session-claims.ts";
import { isKeptForGood } from "./scene-steps.ts";
import { unsequencedSessions, type UnsequencedSession } from "./sessions.ts";

/** A handler claims a step in its own copy of the session, and does something for good behind the claim. */
export interface SessionClaim {
  readonly root: ActivationRoot;
  readonly session: UnsequencedSession;
  readonly check: Check;
  readonly write: WriteEvent;
}

/**
 * `if (ctx.session.paid) return; ctx.session.paid = true; ...; await payouts.create(...)`: the claim keeps
 * nobody out where each update loads a copy of the session and stores it at its end.
 */
export function findSessionClaims(
  world: ProjectWorld,
  roots: readonly ActivationRoot[],
): Finding[] {
  const sessions = unsequencedSessions(world, roots);
  return sessions.flatMap((session) =>
    roots.flatMap((root) => {
      const claim = isOf(world, root, session) ? claimIn(world, root, session) : null;
      return claim ? [describeSessionClaim(claim)] : [];
    }),
  );
}

function isOf(
  { project }: ProjectWorld,
  root: ActivationRoot,
  session: UnsequencedSession,
): boolean {
  return (
    root.framework === session.framework.id &&
    root.trigger === "update" &&
    (root.concurrency === "concurrent" || (root.concurrency === "keyed" && session.hasOtherKey)) &&
    project.componentOf(root.fn.file.path) === project.componentOf(session.file.path)
  );
}

function claimIn(
  world: ProjectWorld,
  root: ActivationRoot,
  session: UnsequencedSession,
): SessionClaim | null {
  for (const event of world.summaryOf(root.fn.node, root.fn.file).events) {
    if (event.kind !== "write" || !event.suspended || event.locks.length > 0) continue;
    const used = event.checks.find(
      ({ check }) => check.isClaimedInCopy === true && isInSession(check.read.place, root, session),
    );
    if (used && isKeptForGood(event)) return { root, session, check: used.check, write: event };
  }
  return null;
}

function isInSession(
  { root, path: [first] }: Place,
  { fn }: ActivationRoot,
  { model }: UnsequencedSession,
): boolean {
  return (
    root.kind === "parameter" &&
    root.fn === fn.node &&
    root.index === 0 &&
    first?.kind === "field" &&
    first.name === model.property
  );
}
