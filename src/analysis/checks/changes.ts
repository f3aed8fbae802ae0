import { plainText } from "../flow/constant.ts";
import { meets, placeOf, type Place } from "../flow/place.ts";
import { mayFind } from "../flow/row-keys.ts";
import { isCount } from "../flow/row-checks.ts";
import { writeSite, type Hazard, type WriteEvent } from "../flow/summary.ts";
import type { Read } from "../flow/value.ts";
import { unwrap } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { isAlwaysThere, isNewerVersion } from "./repeats.ts";

/** Whether the write can change what was read, or make the outcome of the check false. */
export function changes(write: WriteEvent, hazard: Hazard): boolean {
  const read = hazard.read.place;
  if (hazard.isVerdict) return write.verb === "assign" && meets(write.place, hazard.place);
  if (!meets(write.place, read)) return isOfSelection(write, hazard.read);
  if (write.verb === "create" && isColumnOfRow(read)) return false;
  if (write.rowKeys && !mayFind(hazard.read, write.rowKeys)) return false;
  if (hazard.whenGone)
    return write.verb === "delete" && !(hazard.isLastAct && isAt(write, writeSite(hazard)));
  if (hazard.carries) return isOtherColumn(write, hazard.carries, read);
  // Where the row is gone, nothing is updated, whatever was read or compared.
  if (write.verb === "delete" && findsNoRow(hazard)) return false;
  if (hazard.outcome !== "absent" && isIdReceived(hazard)) return false;
  if (hazard.isReplacement && write.place.path.length > read.path.length) return false;
  if (hazard.drains) return addsTo(write, hazard);
  if (hazard.kind === "lost-update") return !isIdHandedOn(hazard);
  if (isNewerVersion(write, hazard) || leavesTest(write, hazard)) return false;
  if (hazard.isNotExpired && write.verb === "assign" && !write.constant) return false;
  if (hazard.kind === "overwritten")
    return write.verb === "assign" && write.constant?.isTruthy !== false;
  const isDeeper = write.place.path.length > read.path.length;
  // A row that is written as a whole keeps what it is known by.
  if (
    (write.verb === "assign" || write.verb === "update") &&
    write.place.path.length < read.path.length &&
    isIdentity(read)
  )
    return false;
  switch (hazard.outcome) {
    case "present":
      if (write.verb === "delete" || write.verb === "remove") return true;
      // The late delete takes the entry that was added anew.
      if (write.verb === "add" && hazard.verb === "delete" && !isDeeper) return true;
      // A remote resource that was found is there until it is deleted.
      if (isDeeper || isRemote(read) || isRowKept(write, hazard)) return false;
      return (
        write.verb === "update" ||
        (write.verb === "assign" &&
          write.constant?.isTruthy !== true &&
          !isAlwaysThere(write, read) &&
          !isStored(write, hazard))
      );
    case "absent":
      if (write.verb === "delete" || write.verb === "remove") return false;
      // A missing row comes into being by a create: a change of its columns finds no row.
      if (isDeeper && read.root.kind === "store" && read.root.model && read.path.length === 1)
        return false;
      // What is written into an entry needs the entry: only an element fills what was found empty.
      if (isDeeper && (read.root.kind === "store" || isElementOf(write.place, read)))
        return write.verb === "add" || write.verb === "create" || write.verb === "assign";
      if (isDeeper) return false;
      return write.constant?.isTruthy !== false;
    default:
      return !isDeeper || write.verb !== "assign";
  }
}

/** Something comes in. A loop over a list or map takes what is added behind, and misses what it is past. */
function addsTo({ verb, place, constant, reads }: WriteEvent, { drains, read }: Hazard): boolean {
  switch (verb) {
    case "add":
      return drains === "whole";
    case "update":
      return true;
    case "assign":
      return (
        constant?.isTruthy !== false &&
        (drains === "elements" ||
          place.path.length > read.place.path.length ||
          reads.some((own) => meets(own.read.place, place)))
      );
    default:
      return false;
  }
}

/**
 * A constant that the test takes like the one that was there; or the very one that is written here as well, where
 * nothing else hangs on the test.
 */
function leavesTest(
  write: WriteEvent,
  { read, place, values, isAlone, constant }: Hazard,
): boolean {
  if (!write.constant || write.place.path.length !== read.place.path.length) return false;
  const text = plainText(write.constant);
  if (
    isAlone &&
    constant &&
    place.path.length === read.place.path.length &&
    text === plainText(constant)
  )
    return true;
  return values !== undefined && values.texts.includes(text) === values.isAmong;
}

function isElementOf({ path }: Place, container: Place): boolean {
  return path.length === container.path.length + 1 && path.at(-1)?.kind === "element";
}

function isRemote(place: Place): boolean {
  return place.root.kind === "store" && place.root.model?.remote !== undefined;
}

function isIdentity({ root, path }: Place): boolean {
  const column = path.at(-1);
  return root.kind === "store" && column?.kind === "field" && isIdName(column.name);
}

function isIdName(name: string): boolean {
  return /^(?:_?id|.*_id|.*Id|uuid|tid)$/.test(name);
}

/** An id that was looked up is written as it was: nobody computes another one from it. */
function isIdHandedOn({ read, place, verb }: Hazard): boolean {
  const [, column, ...inner] = read.place.path;
  return (
    place.root.kind === "store" &&
    column?.kind === "field" &&
    isIdName(column.name) &&
    (verb !== "create" || inner.length === 0)
  );
}

/** `session.id = event.session_id`: an id that came from outside, whatever was sent there before. */
function isIdReceived(hazard: Hazard): boolean {
  const { read, place } = hazard;
  const [last, before] = [place.path.at(-1), read.place.path.at(-1)];
  if (place.root.kind === "store" || last?.kind !== "field" || before?.kind !== "field")
    return false;
  const assignment = unwrap(writeSite(hazard).node);
  return (
    last.name === before.name &&
    isIdName(last.name) &&
    !/^(?:next|last|latest|max|min|prev)/i.test(last.name) &&
    assignment.type === "AssignmentExpression" &&
    assignment.operator === "=" &&
    unwrap(assignment.right).type === "MemberExpression"
  );
}

/** A new row changes no column of another, but it does change what is counted over rows. */
function isColumnOfRow(read: Place): boolean {
  const column = read.path[1];
  return (
    read.root.kind === "store" &&
    read.root.model !== null &&
    !isRemote(read) &&
    column?.kind === "field" &&
    !isCount(column.name)
  );
}

/** `WHERE status = 'open'` chose the rows that were listed: a change of that column changes which there are. */
function isOfSelection({ verb, place }: WriteEvent, { place: read, columns }: Read): boolean {
  const [row, counted] = read.path;
  const [, written] = place.path;
  return (
    read.root.kind === "store" &&
    (verb === "assign" || verb === "update") &&
    row !== undefined &&
    counted?.kind === "field" &&
    counted.name === "length" &&
    written?.kind === "field" &&
    columns?.includes(written.name) === true &&
    meets(placeOf(place.root, place.path.slice(0, 1)), placeOf(read.root, [row]))
  );
}

/** The write changes a column that the hazard's row carries back unread. */
function isOtherColumn(write: WriteEvent, carried: readonly string[], row: Place): boolean {
  const column = write.place.path[row.path.length];
  return (
    (write.verb === "assign" || write.verb === "update") &&
    column?.kind === "field" &&
    !carried.includes(column.name)
  );
}

/** Where a table's row is gone, a change of its columns changes nothing; a key-value store makes the entry anew. */
function findsNoRow({ place, verb }: Hazard): boolean {
  return (
    place.root.kind === "store" &&
    place.root.model !== null &&
    place.root.model.isOneTable === undefined &&
    // It would store the whole row anew.
    place.root.model.saveWrites !== "all" &&
    (verb === "assign" || verb === "update")
  );
}

function isAt(write: WriteEvent, site: Site): boolean {
  return siteId(write.site) === siteId(site);
}

/** A table's row that was asked for by its key is there until it is deleted, whatever its columns are set to. */
function isRowKept(write: WriteEvent, { read }: Hazard): boolean {
  const { root, path } = read.place;
  const columns = read.columns ?? [];
  return (
    root.kind === "store" &&
    root.model !== null &&
    root.model.isOneTable === undefined &&
    path.length === 1 &&
    write.place.path.length === 1 &&
    write.constant === undefined &&
    (read.isUniqueLookup === true || (columns.length > 0 && columns.every(isIdName)))
  );
}

/** A row that is stored again is still there. */
function isStored(write: WriteEvent, hazard: Hazard): boolean {
  return (
    write.place.root.kind === "store" &&
    hazard.read.place.path.length <= write.place.path.length &&
    write.reads.length > 0
  );
}
