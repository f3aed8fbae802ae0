import type { Finding } from "../finding.ts";
import { columnId, type Place } from "../flow/place.ts";
import { writeSite, type Hazard, type WriteEvent } from "../flow/summary.ts";
import {
  childrenOf,
  contains,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { constantValue, givesList, storedValue } from "../syntax/stored-value.ts";
import { isEndOfOwnPromise } from "./own-promises.ts";

/** A write that is right whatever others did meanwhile, or that others cannot make differently. */
export function isSameAgain(hazard: Hazard): boolean {
  const write = writeSite(hazard);
  return isEndOfOwnPromise(write) || isModule(hazard) || isFiltered(write);
}

/** `list = list.filter(...)` takes out what it has to, whatever the list holds by then. */
function isFiltered({ file, node }: Site): boolean {
  const write = unwrap(node);
  if (write.type !== "AssignmentExpression" || write.operator !== "=") return false;
  const made = unwrap(write.right);
  return (
    made.type === "CallExpression" &&
    made.callee.type === "MemberExpression" &&
    propertyName(made.callee) === "filter" &&
    file.textOf(made.callee.object) === file.textOf(write.left)
  );
}

/** `if (!bot) { bot = (await import("./bot.js")).bot; }`: the same module however often. */
function isModule({ outcome, suspension, site, chain }: Hazard): boolean {
  const awaited = unwrap(suspension.site.node);
  const load = awaited.type === "AwaitExpression" ? unwrap(awaited.argument) : awaited;
  if (outcome !== "absent" || load.type !== "ImportExpression") return false;
  const stored = chain.length === 0 ? storedValue(site.node) : null;
  return stored !== null && !isMade(stored);
}

function isMade(node: Node): boolean {
  return /^(?:Call|New)Expression$/.test(node.type) || childrenOf(node).some(isMade);
}

/** `state[id] = { ... }` puts something there, whatever was there: a test that it is there goes the same way. */
export function isAlwaysThere({ site, place }: WriteEvent, read: Place): boolean {
  const value = place.path.length === read.path.length ? storedValue(site.node) : null;
  return value !== null && isObject({ file: site.file, node: value });
}

/** `{ ... }`, `new Map()`, `members.map(...)`, and a constant that holds one. */
function isObject(value: Site): boolean {
  const made = constantValue(value);
  return (
    givesList(made) ||
    /^(?:Object|Array|New|Class|Function|ArrowFunction)Expression$/.test(made.type)
  );
}

/**
 * `item = await update(item)`, by all who write it: each puts a newer version in place of the older one, and
 * what was tested of it (that it is there, whose it is) stays.
 */
export function isNewerVersion(write: WriteEvent, hazard: Hazard): boolean {
  const { verb, constant, outcome, place, read } = hazard;
  if (verb !== "assign" || write.verb !== "assign" || constant || write.constant) return false;
  if (!isReloaded(write.site)) return false;
  // `this.rules = await load()`, the rules, or the object around them, are loaded anew by all.
  if (place.root.kind === "instance") return outcome === "present" && isReloaded(writeSite(hazard));
  if (place.root.kind !== "variable" || place.path.length > 0 || write.place.path.length > 0)
    return false;
  const column = read.place.path.at(-1);
  return outcome === "present"
    ? read.place.path.length === 0
    : outcome === "other" && column?.kind === "field" && /^(?:_?id|.*_id|.*Id)$/.test(column.name);
}

function isReloaded({ file, node }: Site): boolean {
  let inner: Node = node;
  while (inner.type !== "AssignmentExpression") {
    const outer = file.parentOf(inner);
    if (!outer || isFunction(outer)) return false;
    inner = outer;
  }
  return unwrap(inner.right).type === "AwaitExpression";
}

/**
 * `if (calls.has(id)) await end(id)`, where `end` asks the same before its own wait: the race is the callee's, and
 * is reported there once and not again for each caller.
 */
export function isEcho(hazard: Hazard, others: readonly Hazard[]): boolean {
  const { site, chain, suspension, read, kind } = hazard;
  const write = chain.at(-1);
  if (!write || siteId(suspension.site) !== siteId(site)) return false;
  return others.some(
    (other) =>
      other.kind === kind &&
      other.read.place.id === read.place.id &&
      siteId(writeSite(other)) === siteId(write) &&
      other.callers.some((caller) => siteId(caller) === siteId(site)),
  );
}

/**
 * One stale test, one wait and one location are one report in a function: at the first of the late writes. The same
 * where a helper tests and another one writes, the first of the callers in a file stands for the others; and for
 * one test and one location where the later write comes after the first and not on another branch. What `recommended`
 * says of memory is left out only where the same is done once more, as in `try { ...; map.delete(id) } catch {
 * map.delete(id) }`.
 */
export function firstOfEachCheck(findings: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings)
    for (const id of groupsOf(finding)) groups.set(id, [...(groups.get(id) ?? []), finding]);
  return findings.filter((finding) => {
    const [onWay, ...same] = groupsOf(finding).map((id) => groups.get(id) ?? []);
    if (finding.confidence !== "strict" && !isOfStore(finding))
      return !same[0]?.some((other) => isOfSameVerb(other, finding) && comesBefore(other, finding));
    return (
      !onWay?.some(
        (other) =>
          other !== finding &&
          !isOfSameColumn(other, finding) &&
          (other.confidence === finding.confidence || finding.confidence === "strict") &&
          isOnTheWayTo(other, finding),
      ) && same.every((group) => group.every((other) => !comesBefore(other, finding)))
    );
  });
}

/** Two that write one column may do so for two rows: `take(from, n); give(to, n)`. */
function isOfSameColumn({ race: one }: Finding, { race: other }: Finding): boolean {
  const column = one && columnId(one.hazard.place);
  return Boolean(column && other && column === columnId(other.hazard.place));
}

function isOfSameVerb({ race: one }: Finding, { race: other }: Finding): boolean {
  return one?.hazard.verb === other?.hazard.verb;
}

function isOfStore({ race }: Finding): boolean {
  return race?.hazard.place.root.kind === "store";
}

function comesBefore(one: Finding, other: Finding): boolean {
  if (one.confidence !== other.confidence) return other.confidence === "strict";
  return one.start < other.start;
}

/** What a finding is the same as others in: first the group whose order on the way counts. */
function groupsOf({ race, path }: Finding): string[] {
  if (race?.hazard.kind !== "check-then-act") return [];
  const { read, place, site, chain, suspension } = race.hazard;
  const names = place.path.map((step) => (step.kind === "field" ? step.name : "[]"));
  const home = site.file.enclosing(site.node);
  // Whichever columns of the row are written: who makes the test and the first write one step has mended the rest.
  if (race.hazard.whenGone) return [];
  if (place.root.kind === "store")
    return [
      [path, ...[...read.chain, read.site].map(siteId), place.rootId, home.range[0]].join("|"),
    ];
  const what = [path, siteId(read.site), place.rootId, ...names].join("|");
  const here = `${what}|${String(home.range[0])}`;
  const write = chain.at(-1);
  const isOfHelpers = write !== undefined && read.site.file.enclosing(read.site.node) !== home;
  return [
    here,
    `${here}|${siteId(suspension.site)}`,
    ...(isOfHelpers ? [`${what}|${siteId(write)}`] : []),
  ];
}

/** Whether what leads to `later` runs through `first`: it stands before it, in a block around it. */
function isOnTheWayTo(first: Finding, later: Finding): boolean {
  const [one, other] = [first.race?.hazard.site, later.race?.hazard.site];
  if (!one || !other || first.start >= later.start) return false;
  return contains(branchAround(one), other.node);
}

/** The innermost code around a node that runs as a whole or not at all. */
export function branchAround({ file, node }: Site): Node {
  let branch: Node = node;
  while (!isBranch(branch)) {
    const outer = file.parentOf(branch);
    if (!outer) break;
    branch = outer;
  }
  return branch;
}

/** Code that may be left out: a block, a case, a side of a condition. */
function isBranch({ type }: Node): boolean {
  return /^(?:BlockStatement|SwitchCase|ConditionalExpression|LogicalExpression|Program)$/.test(
    type,
  );
}
