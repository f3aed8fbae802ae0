import type { WriteDetails } from "./write-details.ts";
import { ANY_KEY, mayMeet, type Key } from "./key.ts";
import { columnId, placeOf, type Place } from "./place.ts";
import type { Check } from "./state.ts";
import type { WriteEvent, WriteVerb } from "./summary.ts";
import type { Read } from "./value.ts";

/** What a row's own key is mostly called. */
const OWN_KEYS = new Set(["id", "_id", "key", "uuid"]);

/** Two columns of what may be one row of a store: a test of one often decides what is written in the other. */
export function isSameRow(checked: Place, written: Place): boolean {
  if (checked.root.kind !== "store" || written.root.kind !== "store") return false;
  if (checked.root.id !== written.root.id || !checked.root.model) return false;
  const [a, b] = [checked.path[0], written.path[0]];
  if (a?.kind !== "element" || b?.kind !== "element" || !mayMeet(a.key, b.key)) return false;
  return checked.path.length > 1 && written.path.length > 1;
}

/**
 * A column that says how many rows there are: `COUNT(*) AS n`, `_sum`, `user_count`. Not `freezeCount`, nor
 * `totalRepayment`: those are columns of one row.
 */
export function isCount(column: string): boolean {
  return /^_?(?:count|cnt|sum|total|n|num|size|length)$|^_(?:max|min|avg)$|^(?:count|total|num)_|_(?:count|cnt|total)$/i.test(
    column,
  );
}

/**
 * `update(id, change)`, of columns that nobody knows, where one column was read. A row of the table that is stored
 * again has been changed by somebody who knew it.
 */
export function isGuess(write: Pick<WriteEvent, "place" | "verb" | "reads">, read: Place): boolean {
  const { root, path } = write.place;
  return (
    write.verb === "assign" &&
    root.kind === "store" &&
    root.model !== null &&
    root.model.isOneTable === undefined &&
    root.model.saveWrites !== "all" &&
    path.length === 1 &&
    read.path.length > 1 &&
    !write.reads.some((used) => used.read.place.rootId === write.place.rootId)
  );
}

/**
 * Whether one activation that read `read` and writes `written` may mean one row. Two calls of one function
 * that look a row up by the same variable of theirs mean two rows: `cache.wrap(a)`, then `cache.wrap(b)`.
 */
export function mayBeSameRow(read: Place, written: Place): boolean {
  if (read.root.kind !== "store" || !read.root.model) return true;
  const [a, b] = [read.path[0], written.path[0]];
  if (a?.kind !== "element" || b?.kind !== "element" || a.key.text === b.key.text) return true;
  const [one, other] = [localOfCall(a.key), localOfCall(b.key)];
  return one === null || one !== other;
}

/**
 * A row that the same call asked for in an earlier round of a loop, by a variable of the function that it
 * calls: `while (...) { page = await cache.wrap(load, { page }); }`. This round asks for another.
 */
export function isOfEarlierRound(
  { chain, place }: Read,
  { site, chain: calls }: WriteDetails,
): boolean {
  const [step] = place.path;
  return (
    calls.length > 0 &&
    chain[0]?.node === site.node &&
    step?.kind === "element" &&
    localOfCall(step.key) !== null
  );
}

function localOfCall(key: Key): string | null {
  const [only] = key.parts;
  return key.parts.length === 1 && only !== undefined && typeof only !== "string"
    ? (/~\d+$/.exec(only.id)?.[0] ?? null)
    : null;
}

/** A row that was found says nothing about whether another one may be made, unless rows were counted. */
export function isAboutAnotherRow(check: Check, place: Place, verb: WriteVerb): boolean {
  if (verb !== "create" || place.root.kind !== "store" || !place.root.model) return false;
  if (check.outcome === "present") return true;
  const column = check.read.place.path.at(-1);
  // A field of one resource tells nothing of others; the list that a request gave does.
  if (place.root.model.remote && column?.kind === "field" && !/[^s]s$/.test(column.name))
    return true;
  const tested = check.read.place.path[place.path.length];
  if (check.outcome === "other")
    return [tested, column].some((step) => step?.kind === "field" && !isCount(step.name));
  // `if (!row.reminded) create(...)`: the row is there.
  return (
    !place.root.model.remote &&
    tested?.kind === "field" &&
    !isCount(tested.name) &&
    !EXISTS.has(tested.name)
  );
}

/** What an answer says of the row being there at all. */
const EXISTS = new Set(["exists", "empty", "found", "rowCount", "docs", "data"]);

/** `if (!exists(slot)) insert(slot)` in one segment: the row that was asked for, by whatever columns, is there now. */
export function makesWhatWasMissing(check: Check, place: Place, verb: WriteVerb): boolean {
  return (
    verb === "create" &&
    check.outcome === "absent" &&
    place.root.kind === "store" &&
    check.read.place.root.kind === "store" &&
    place.root.id === check.read.place.root.id
  );
}

/** Which row a create makes, where its call does not say: the one that was asked for and not found. */
export function rowMade(place: Place, verb: WriteVerb, checks: readonly Check[]): Place {
  const { root, path } = place;
  const last = path.at(-1);
  if (verb !== "create" || last?.kind !== "element" || last.key.text !== ANY_KEY.text) return place;
  const check = checks.findLast(({ outcome, read }) => {
    const column = read.place.path[path.length];
    return (
      outcome === "absent" &&
      read.place.rootId === place.rootId &&
      (!column || (column.kind === "field" && isCount(column.name)))
    );
  });
  const asked = check?.read.place.path[path.length - 1];
  return asked?.kind === "element" ? placeOf(root, [...path.slice(0, -1), asked]) : place;
}

/**
 * Nothing was found by columns that include a unique key, so of two creates the second fails, and somebody
 * hears of it.
 */
export function isKeptByUniqueKey(check: Check, place: Place, details: WriteDetails): boolean {
  if (details.verb !== "create" || place.root.kind !== "store" || details.failsSilently)
    return false;
  if (check.read.isUniqueLookup) return true;
  const columns = check.read.columns?.map((column) => column.toLowerCase());
  if (!columns || !place.root.uniqueKeys) return false;
  return place.root.uniqueKeys.some(
    (key) => key.length > 0 && key.every((column) => columns.includes(column.toLowerCase())),
  );
}

/**
 * `seller = find(chat); if (!seller.userId) update({ userId: find(chat).id })`: the row and the one it is linked to are
 * found by the same key, so whoever fills the link puts the same there.
 */
export function isLink({ outcome, read }: Check, place: Place, details: WriteDetails): boolean {
  const [row] = read.place.path;
  const column = columnId(place);
  return (
    outcome === "absent" &&
    details.verb === "assign" &&
    column !== null &&
    column === columnId(read.place) &&
    row?.kind === "element" &&
    !isAnyRow(row.key) &&
    details.reads.length > 0 &&
    details.reads.every(({ read: { place: other, isExternal } }) => {
      const [step, id, ...inner] = other.path;
      return (
        isExternal &&
        other.rootId !== place.rootId &&
        step?.kind === "element" &&
        step.key.text === row.key.text &&
        id?.kind === "field" &&
        OWN_KEYS.has(id.name) &&
        inner.length === 0
      );
    })
  );
}

function isAnyRow(key: Key): boolean {
  return key.text === ANY_KEY.text;
}

/** Whether the finding rests on something that the project does not show. */
export function needsBelief(read: Read, place: Place, details: WriteDetails): boolean {
  // Which resource a request is about, says the service: two deliveries may be about two.
  if (place.root.kind === "store" && place.root.model?.remote) return true;
  if (details.verb !== "create" || place.root.kind !== "store" || !place.root.model) return false;
  if (details.failsSilently) return true;
  // Who locks rows works in a transaction: what else that has locked, its beginning shows, which is elsewhere.
  if (read.isOnGivenConnection && read.isLocked === false) return true;
  // No schema was found, and a row's own key is unique in any.
  const columns = read.columns ?? [];
  return !place.root.uniqueKeys && columns.length === 1 && OWN_KEYS.has(columns[0] ?? "");
}
