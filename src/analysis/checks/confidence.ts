import type { Hazard, WriteEvent } from "../flow/summary.ts";
import type { Node } from "../syntax/ast.ts";
import type { Finding } from "../finding.ts";
import { calledNames, isCacheFill } from "./cache-fill.ts";

/**
 * Which findings the `recommended` config keeps. All are true interleavings; the ones marked `strict` do
 * little harm by themselves, and a reader would have to know more than the code says to be convinced.
 */
export function confidenceOf(hazard: Hazard, rivals: readonly WriteEvent[]): Finding["confidence"] {
  if (hazard.needsBelief) return "strict";
  if (hazard.kind !== "check-then-act" || hazard.place.root.kind === "store") return "recommended";
  if (!isLateClaim(hazard) || isCacheFill(hazard, rivals) || isRepeatedCleanUp(hazard, rivals))
    return "strict";
  if (isOutcomeKept(hazard)) return "strict";
  return "recommended";
}

/**
 * Whether the late write is what would have kept the others out, had it been made in time: it takes what was
 * there, or puts there what was not. Any other write under a stale check may be right.
 */
function isLateClaim(hazard: Hazard): boolean {
  if (hazard.verb === "assign" && hazard.place.path.length < hazard.read.place.path.length)
    return hazard.constant?.isTruthy === false;
  switch (hazard.outcome) {
    case "present":
      return hazard.verb !== "assign" || hazard.constant?.isTruthy === false;
    case "absent":
      return hazard.verb !== "delete" && hazard.constant?.isTruthy !== false;
    default:
      return true;
  }
}

/** `catch { failures += 1 }`: the write keeps how the wait ended, whatever was tested before it. */
function isOutcomeKept({ site, suspension, verb, outcome }: Hazard): boolean {
  if (outcome !== "other" || verb === "delete" || suspension.site.file !== site.file) return false;
  let node: Node | null = site.node;
  while (node && node.type !== "CatchClause") node = site.file.parentOf(node);
  const tried = node && site.file.parentOf(node);
  if (tried?.type !== "TryStatement") return false;
  const { range } = suspension.site.node;
  return tried.block.range[0] <= range[0] && range[1] <= tried.block.range[1];
}

/** Deleting an entry that another activation has deleted already, with nothing but messages in between. */
function isRepeatedCleanUp(hazard: Hazard, rivals: readonly WriteEvent[]): boolean {
  if (hazard.verb !== "delete") return false;
  const name = calledName(hazard.suspension.site.node);
  return name !== null && isMessage(name) && rivals.every((write) => write.verb === "delete");
}

/** Replies, edits and toasts: nobody is harmed when one of them is sent twice. */
function isMessage(name: string): boolean {
  return /^(?:reply|send|edit|answer|respond|say|react|followUp|defer|ack|delete.*Message|forward|pin|log)/.test(
    name,
  );
}

/** The last name of the call that a suspension waits for. */
function calledName(node: Node): string | null {
  return calledNames(node)[0] ?? null;
}
