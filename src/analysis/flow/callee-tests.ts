import { areInOneFunction, siteId, type Site } from "../syntax/source-file.ts";
import { isNewList, isSum, storedValue } from "../syntax/stored-value.ts";
import type { Atom } from "./key.ts";
import { columnId, includes, type Place } from "./place.ts";
import type { Check, Suspension } from "./state.ts";
import type { UsedCheck, UsedRead } from "./summary.ts";
import type { Read } from "./value.ts";
import type { WriteDetails } from "./write-details.ts";

/** The function that made a read, and which part of its answer it is. */
function helperOf({ site: { file, node }, place: { path } }: Read): string {
  const names = path.map((step) => (step.kind === "field" ? step.name : "[]"));
  return [siteId({ file, node: file.enclosing(node) }), ...names].join(".");
}

/** The helpers whose answers, or the same part of them, a callee tested in the segment of its write. */
export function askedHelpers(checks: readonly UsedCheck[]): ReadonlySet<string> {
  const answers = checks.filter(({ check, stale }) => !stale && check.read.chain.length > 0);
  return new Set(answers.map(({ check }) => helperOf(check.read)));
}

/** A check that was stale at a write, of the function at hand or of the callee that writes. */
interface StaleCheck {
  readonly check: Check;
  readonly stale: Suspension;
  readonly isCallees: boolean;
}

/** The same location was tested again after the suspension, here or in the callee that writes. */
export function isRechecked(
  { read, outcome }: Check,
  rechecked: ReadonlySet<string>,
  { fromCallee }: WriteDetails,
): boolean {
  if (rechecked.has(read.place.id)) return true;
  // Whether something is there, the callee asks itself; two comparisons may be about two different values.
  if (
    outcome !== "other" &&
    fromCallee?.ownTests.some(
      ({ check }) => check.outcome !== "other" && check.read.place.id === read.place.id,
    )
  )
    return true;
  // `if (!entryOf(k)) return; ...; remove(k)`, and `remove` asks `entryOf(k)` as well.
  if (read.chain.length > 0 && fromCallee?.askedHelpers.has(helperOf(read))) return true;
  const here = fromCallee?.recheckedPlaces;
  return (
    here !== undefined && [read.place.id, columnId(read.place)].some((id) => id && here.has(id))
  );
}

/**
 * Whether the callee that writes answers for a check itself: it fills what it finds missing, asks the same again,
 * decides by what the entry holds, or begins anew with what it reads.
 */
export function isCalleesConcern(
  { check, stale, isCallees }: StaleCheck,
  place: Place,
  details: WriteDetails,
): boolean {
  const { fromCallee } = details;
  if (isFilledByCallee(check, place, details) || isAskedAgain(check, details)) return true;
  if (!fromCallee || place.root.kind === "store") return false;
  if (isDecidedByCallee(check, place, details)) return true;
  if (!isCallees && isEntryOfCallee(check, place)) return true;
  // What it was given was read late, and that is a race by itself: the test of it in the callee adds nothing.
  if (isCallees)
    return fromCallee.reads.some((passed) => passed.stale && passed.read.id === check.read.id);
  // What it writes it read in the segment of the check: from there on the race is its own.
  return (
    stale.site.node === details.site.node &&
    ownReads(details).some((own) => own.stale && own.read.place.id === check.read.place.id)
  );
}

/** `limit = config(k).limit`, then `config(k)` once more, which loads it where it is missing: no act on the limit. */
function isFilledByCallee(
  check: Check,
  place: Place,
  { fillsMissing, verb }: WriteDetails,
): boolean {
  // Two that find no row make two.
  if (verb === "create") return false;
  return fillsMissing === true && check.read.place.path.length > place.path.length;
}

/**
 * `if (!(await binding())) return; ...; await report()`, and `report` calls `binding()` again, which writes the
 * default where it finds none: what it found the first time does not decide that.
 */
function isAskedAgain({ read }: Check, { site, chain }: WriteDetails): boolean {
  const home = site.file.enclosing(site.node);
  return [...read.chain, read.site].some(({ file, node }) => {
    const helper = file.enclosing(node);
    return (
      helper !== home &&
      chain.some(
        (step) =>
          step.file === file &&
          file.enclosing(step.node) === helper &&
          node.range[0] < step.node.range[0],
      )
    );
  });
}

/** Whether tests that the callee makes in the segment of its write take the place of the caller's older one. */
function isDecidedByCallee(
  { read }: Check,
  place: Place,
  { fromCallee, verb }: WriteDetails,
): boolean {
  const tests = fromCallee?.ownTests.map(({ check }) => check) ?? [];
  // `if (isRecent(k)) return; ...; isRecent(k)`: one function asks, and asks again.
  if (tests.some((test) => isMadeWhere(read.site, test))) return true;
  // `if (entries.get(k) === mine) entries.delete(k)`: it takes away what it expects to be there, and nothing else.
  if (
    verb === "delete" &&
    tests.some((test) => isComparison(test) && test.read.place.id === place.id)
  )
    return true;
  if (read.place.path.length <= place.path.length || !includes(place, read.place)) return false;
  return tests.some((test) => test.read.place.id !== place.id && includes(place, test.read.place));
}

/**
 * `if (!users.has(id)) await load()`, and `load` sets the entries of all that a file lists: which those are, it says
 * itself, and whether one was there before decides nothing about them.
 */
function isEntryOfCallee({ read, outcome }: Check, place: Place): boolean {
  if (outcome === "other") return false;
  const depth = place.path.findIndex(
    (step) =>
      step.kind === "element" &&
      step.key.parts.some((part) => typeof part !== "string" && isListed(part)),
  );
  const asked = read.place.path[depth];
  return asked?.kind === "element" && asked.key.parts.every((part) => !isOneEvaluation(part));
}

function isListed({ root }: Atom): boolean {
  return root.kind === "site" && root.isListed === true;
}

function isOneEvaluation(part: string | Atom): boolean {
  return typeof part !== "string" && part.root.kind === "site";
}

function isComparison({ outcome, comparedWith }: Check): boolean {
  return outcome === "other" && comparedWith !== undefined && comparedWith.length > 0;
}

/** Whether it is the test of a read at that site, made by the function that reads. */
function isMadeWhere(asked: Site, { read, site }: Check): boolean {
  return siteId(read.site) === siteId(asked) && areInOneFunction(asked, site);
}

/**
 * `add(k, n)`, which sets `k` to what it reads there plus `n`, or with `n` behind the rest: the caller's `n` may be
 * old, but it is a step and replaces nothing. Of an entry of fields (`{ ...entry, ...patch }`), the patch replaces one.
 */
export function isStepOfCallee(place: Place, details: WriteDetails, column?: Place): boolean {
  if (place.root.kind === "store") return !column && isComputedByCallee(place, details);
  const value = valueWritten(details);
  const isOfFields = !value || !(isSum(value) || isNewList(value));
  return ownReads(details).some(
    ({ read }) =>
      (!isOfFields || read.place.path.at(-1)?.kind === "field") &&
      includes(place, read.place) &&
      (!column || column.id === read.place.id),
  );
}

/** `remember(entry)`, which puts its entry behind those that it finds there itself. */
export function isAppendedByCallee(place: Place, details: WriteDetails): boolean {
  const value = valueWritten(details);
  return value !== null && isNewList(value) && isStepOfCallee(place, details);
}

function valueWritten({ site, chain }: WriteDetails): Site | null {
  const { file, node } = chain.at(-1) ?? site;
  const value = storedValue(node);
  return value && { file, node: value };
}

/** `repay(amount)` reads the loan itself, and takes no more than is left: what is lost, is lost between those two. */
function isComputedByCallee(place: Place, details: WriteDetails): boolean {
  const column = columnId(place);
  return column !== null && ownReads(details).some(({ read }) => columnId(read.place) === column);
}

/** What the callee read itself for the value that it writes. */
function ownReads({ reads, fromCallee }: WriteDetails): readonly UsedRead[] {
  return fromCallee ? reads.filter((used) => !fromCallee.reads.includes(used)) : [];
}
