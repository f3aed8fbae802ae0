import { LOGGERS } from "../../models/effects/messages.ts";
import { ENDS, LOOKS_UP, TAKES_AWAY } from "../../models/effects/sends.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import { leadsTo } from "../flow/way-through.ts";
import { isFunction, isJump, type Node } from "../syntax/ast.ts";
import { areInOneFunction, type Site } from "../syntax/source-file.ts";
import {
  callsIn,
  calledNames,
  codeAfter,
  isLookUpOrMessage,
  waitsAround,
  waitsBetween,
  waitsIn,
} from "./waits.ts";

/** Deleting an entry that another activation has deleted already, with nothing but messages beside it. */
export function isRepeatedCleanUp(hazard: Hazard, rivals: readonly WriteEvent[]): boolean {
  return (
    hazard.verb === "delete" &&
    rivals.every((write) => write.verb === "delete") &&
    areInOneFunction(hazard.suspension.site, hazard.site) &&
    waitsBetween(hazard.suspension.site, hazard.site).every(
      (wait) => isLookUpOrMessage(wait) || isTriedAway(wait, hazard.site.file),
    ) &&
    hazard.chain.every(isTakenAway) &&
    codeAfter(hazard.site).flatMap(waitsIn).every(isLookUpOrMessage)
  );
}

/** `try { await message.delete() } catch {}`: of two, one finds nothing, and that stops neither. */
function isTriedAway(wait: Node, file: Site["file"]): boolean {
  const name = calledNames(wait)[0] ?? "";
  if (!TAKES_AWAY.test(name) && !ENDS.test(name)) return false;
  let inner: Node = wait;
  let outer = file.parentOf(inner);
  while (outer && outer.type !== "TryStatement" && !isFunction(outer)) {
    inner = outer;
    outer = file.parentOf(outer);
  }
  return (
    outer?.type === "TryStatement" &&
    inner === outer.block &&
    outer.handler?.body.body.every((statement) => !isJump(statement)) === true
  );
}

/** On the way to the delete, a callee waits for nothing but look-ups, and for what is taken away as well. */
function isTakenAway(step: Site): boolean {
  const { file, node } = step;
  const names = waitsAround(step)
    .filter((wait) => wait.range[1] <= node.range[0] && leadsTo(file, wait, node))
    .map((wait) => calledNames(wait)[0] ?? "");
  return names.every((name) => LOOKS_UP.test(name) || ENDS.test(name) || TAKES_AWAY.test(name));
}

/** The second delete finds nothing, nobody was told anything before it, and nothing else is done beside it. */
export function isQuietCleanUp({ suspension, site, chain }: Hazard): boolean {
  const { file, node } = suspension.site;
  const isBetween = ({ range }: Node): boolean =>
    range[0] >= node.range[1] && range[1] <= site.node.range[0];
  const waits = waitsBetween(suspension.site, site);
  const between = callsIn(file.enclosing(node)).filter(
    (call) => isBetween(call) && leadsTo(file, call, site.node),
  );
  return (
    chain.every((step) => waitsAround(step).length === 0) &&
    waits.every((wait) => LOOKS_UP.test(calledNames(wait)[0] ?? "")) &&
    between.every((call) => isHarmless(call) || ENDS.test(calledNames(call)[0] ?? "")) &&
    codeAfter(site).flatMap(callsIn).every(isHarmless)
  );
}

/** A look-up, a message, a line in the log. */
function isHarmless(call: Node): boolean {
  return isLookUpOrMessage(call) || LOGGERS.test(calledNames(call)[1] ?? "");
}
