import type { TSESTree } from "@typescript-eslint/types";
import { LOGGERS } from "../../models/effects/messages.ts";
import { TELLS_OTHERS } from "../../models/effects/sends.ts";
import { meets } from "../flow/place.ts";
import { writeSite, type Hazard } from "../flow/summary.ts";
import {
  contains,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { areInOneFunction, type Site } from "../syntax/source-file.ts";
import { isLookUpName } from "./cache-fill.ts";
import type { IndexedWrite } from "./races.ts";
import { callsIn, calledNames, codeAfter, waitsBetween, waitsIn } from "./waits.ts";

/**
 * Whether a cache that is filled twice loses nothing: all that is waited for between its test and the write only
 * looks something up, nobody else is told of it, and nobody takes out what went stale. Where somebody does, the older
 * load may come last. A connection that is opened twice is no look-up: one of the two stays open.
 */
export function isLoadedTwice(hazard: Hazard, writes: readonly IndexedWrite[]): boolean {
  const { suspension, site } = hazard;
  const fill = writeSite(hazard);
  const waits = areInOneFunction(suspension.site, site)
    ? waitsBetween(suspension.site, site)
    : [suspension.site.node];
  if (!waits.every(isLookUp) || codeAfter(site).flatMap(callsIn).some(isTold)) return false;
  const home = fill.file.enclosing(fill.node);
  return !writes.some(
    ({ activation, write }) =>
      meets(write.place, hazard.place) &&
      (write.verb === "delete" || write.verb === "remove" || write.constant?.isTruthy === false) &&
      activation.root.trigger !== "timer" &&
      // Its own entry's end: `setTimeout(() => cache.delete(k), TTL)`.
      !(write.site.file === fill.file && isInsideOf(home, write.site)),
  );
}

/** In a function that stands in `home`: a timer's callback. */
function isInsideOf(home: Node, { file, node }: Site): boolean {
  return contains(home, node) && file.enclosing(node) !== home;
}

function isTold({ callee }: TSESTree.CallExpression): boolean {
  return TELLS_OTHERS.test(dottedName(callee).split(".").at(-1) ?? "");
}

/** Functions of the language that wait for several promises. */
const JOINS = new Set(["all", "allSettled", "any", "race"]);

/** What an answer's body is read with. */
const READS_BODY = new Set(["json", "text", "blob", "arrayBuffer", "formData"]);

/** Names of functions that look something up and leave something open. */
const OPENS = /^(?:connect|init|login|open)/i;

function isLookUp(wait: Node): boolean {
  const inner = unwrap(wait);
  if (inner.type === "AwaitExpression") return isLookUp(inner.argument);
  if (inner.type === "ImportExpression") return true;
  const [name, object] = calledNames(inner);
  if (name === undefined || inner.type !== "CallExpression") return false;
  if (object === "Promise" && JOINS.has(name)) return inner.arguments.every(isOfLookUps);
  if (READS_BODY.has(name) || LOGGERS.test(object ?? "")) return true;
  return isLookUpName(name) && !OPENS.test(name);
}

/** `[load(a), load(b)]`, `items.map(async (item) => ... await load(item) ...)`. */
function isOfLookUps(promises: Node): boolean {
  const inner = unwrap(promises);
  if (inner.type === "ArrayExpression")
    return inner.elements.every((element) => element !== null && isLookUp(element));
  if (inner.type !== "CallExpression" || inner.callee.type !== "MemberExpression") return false;
  const [callback] = inner.arguments;
  if (propertyName(inner.callee) !== "map" || !callback || !isFunction(callback)) return false;
  const waits = waitsIn(callback.body);
  return waits.length > 0 ? waits.every(isLookUp) : isLookUp(callback.body);
}
