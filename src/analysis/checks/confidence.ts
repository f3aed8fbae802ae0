import { operationOfName } from "../../models/stores/generic.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import { dottedName, unwrap, type Node } from "../syntax/ast.ts";
import type { Finding } from "../finding.ts";

/**
 * Which findings the `recommended` config keeps. All are true interleavings; the ones marked `strict` do
 * little harm by themselves, and a reader would have to know more than the code says to be convinced.
 */
export function confidenceOf(hazard: Hazard, rivals: readonly WriteEvent[]): Finding["confidence"] {
  if (hazard.kind !== "check-then-act" || hazard.place.root.kind === "store") return "recommended";
  if (!isLateClaim(hazard) || isCacheFill(hazard, rivals) || isRepeatedCleanUp(hazard, rivals))
    return "strict";
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

/** `if (!cache.has(k)) cache.set(k, await load(k))`: two loads of the same thing, unless somebody else writes it. */
function isCacheFill(hazard: Hazard, rivals: readonly WriteEvent[]): boolean {
  if (hazard.outcome !== "absent" || hazard.verb !== "assign" || hazard.constant) return false;
  if (!calledNames(hazard.suspension.site.node).some(isLoader)) return false;
  return rivals.every((write) => write.site.node === hazard.site.node);
}

function isLoader(name: string): boolean {
  return (
    operationOfName(name).kind === "read" ||
    name === "single" ||
    /^(?:connect|init|login|open|resolve|download|compute|build)/i.test(name)
  );
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

/** The names along the chain of calls that a suspension waits for, the last one first. */
function calledNames(node: Node): string[] {
  const inner = unwrap(node);
  if (inner.type === "AwaitExpression") return calledNames(inner.argument);
  if (inner.type !== "CallExpression") return [];
  const names = dottedName(inner.callee).replaceAll("(...)", "").split(".").reverse();
  return names.filter((name) => !/^(?:then|catch|finally)$/.test(name));
}
