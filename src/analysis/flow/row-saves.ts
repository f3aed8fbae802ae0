import type { StoreModel } from "../../models/store-model.ts";
import type { StoreCall } from "../project/stores.ts";
import type { Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { contentOf, deepReads } from "./local-objects.ts";
import { eventBase, used } from "./access.ts";
import { writePlace } from "./writes.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { extend, field, type Place } from "./place.ts";
import type { Content } from "./state.ts";
import { isFailureSwallowed } from "./swallowed.ts";
import { UNKNOWN, type Value } from "./value.ts";

/** `repository.save(entity)`, `db.put(doc)`: rows that were read are written back, others are made. */
export function saveEntities(
  frame: Frame,
  node: Node,
  call: StoreCall,
  row: Place,
  values: ReadonlyMap<Node, Value>,
): Value {
  const site = frame.site(node);
  let result: Value = UNKNOWN;
  for (const data of call.data) {
    const value = values.get(data) ?? evaluate(frame, data);
    result = value;
    const places = entitiesIn(frame, value);
    let isKnown = false;
    for (const place of places) {
      if (place.root.kind === "parameter") {
        frame.addEvent({ ...eventBase(frame, site), kind: "save", place, target: row });
        isKnown = true;
      } else if (rowContent(frame, place)) {
        isKnown = true;
        // A store with revisions refuses a row that changed: the caller hears of it.
        if (!call.model?.isVersioned) saveRow(frame, place, site, site);
      }
    }
    const origins = deepReads(frame, value).filter(
      (read) =>
        read.isExternal && read.place.root.kind === "store" && read.place.root.id === call.table,
    );
    if (isKnown || (origins.length > 0 && call.model?.isVersioned)) continue;
    if (origins.length > 0)
      writePlace(frame, row, {
        verb: "assign",
        reads: used(frame, deepReads(frame, value)),
        site,
        chain: [],
      });
    else
      writePlace(frame, row, {
        verb: "create",
        reads: used(frame, deepReads(frame, value)),
        site,
        chain: [],
        failsSilently: isFailureSwallowed(frame, node),
      });
  }
  return result;
}

/** The rows in a value: itself, or the elements of an array that is written out. */
function entitiesIn(frame: Frame, value: Value): readonly Place[] {
  return value.places.flatMap((place) => [place, ...(contentOf(frame, place)?.items ?? [])]);
}

/** What is known of a row: an object that a read gave. */
function rowContent(frame: Frame, place: Place): Content | null {
  const content = contentOf(frame, place);
  return content?.origin && content.origin.place.root.kind === "store" ? content : null;
}

/**
 * A row that is given back as it was read, but for some fields: those decide whether anything is lost. Where
 * the row is the caller's, the caller says which.
 */
export function storeRow(frame: Frame, target: Place, value: Value, site: Site): boolean {
  for (const place of value.places) {
    if (place.root.kind === "parameter" && place.path.length === 0) {
      frame.addEvent({ ...eventBase(frame, site), kind: "save", place, target, isUpdate: true });
      return true;
    }
    const content = contentOf(frame, place);
    if (!content?.origin) continue;
    if (content.fields.size === 0 && content.reads.length === 0) continue;
    saveRow(frame, place, site, site, target);
    return true;
  }
  return false;
}

/**
 * `doc.save()`: writes back what was assigned since the row was read. Where the store writes every column in
 * which the row differs from the stored one, the untouched columns are carried back as well.
 */
export function saveRow(
  frame: Frame,
  row: Place,
  reportAt: Site,
  writtenAt: Site,
  target: Place | null = null,
): void {
  const content = contentOf(frame, row);
  const place = rowOf(content, target);
  if (!content || !place) return;
  const chain = reportAt === writtenAt ? [] : [writtenAt];
  if (!content.origin) {
    const reads = used(frame, deepReads(frame, { ...UNKNOWN, places: [row] }));
    const verb = content.made || modelOf(place)?.saveWrites ? "create" : "assign";
    writePlace(frame, place, { verb, reads, site: reportAt, chain });
    return;
  }
  const fields = changedFields(frame, row);
  for (const { path, value } of fields)
    writePlace(
      frame,
      path.reduce((inner, name) => extend(inner, field(name)), place),
      {
        verb: "assign",
        reads: used(frame, deepReads(frame, value)),
        constant: value.constant,
        isFlipped: value.isFlipped,
        site: reportAt,
        chain,
      },
    );
  if (content.reads.length > 0)
    writePlace(frame, place, {
      verb: "assign",
      reads: used(frame, content.reads),
      site: reportAt,
      chain,
    });
  if (modelOf(place)?.saveWrites === "all")
    writePlace(frame, place, {
      verb: "assign",
      reads: used(frame, [content.origin]),
      site: reportAt,
      chain,
      carries: fields.map(({ path }) => path[0] ?? ""),
    });
  if (modelOf(place)?.saveWrites === "changed") forgetChanges(frame, row);
}

/** What was stored is no change any more: the next `save()` does not write it again. */
function forgetChanges(frame: Frame, row: Place): void {
  const { contents } = frame.state;
  if (row.root.kind !== "local") return;
  for (const [id, content] of [...contents])
    if (id === row.root.id || id.startsWith(`${row.root.id}/`))
      contents.set(id, { ...content, reads: [], fields: new Map() });
}

/** The row that is written: the one named by the call, unless the object was read from the same table. */
function rowOf(content: Content | null, target: Place | null): Place | null {
  const origin = content?.origin?.place ?? content?.made ?? null;
  if (!target || !origin) return target ?? origin;
  const isSameTable =
    origin.root.kind === "store" &&
    target.root.kind === "store" &&
    origin.root.model !== null &&
    origin.root.id === target.root.id;
  return isSameTable ? origin : target;
}

function modelOf(place: Place): StoreModel | null {
  return place.root.kind === "store" ? place.root.model : null;
}

/** Fields assigned since the read, those of objects inside the row by their path. */
function changedFields(
  frame: Frame,
  row: Place,
): { readonly path: readonly string[]; readonly value: Value }[] {
  if (row.root.kind !== "local") return [];
  const prefix = `${row.root.id}/`;
  const changed = [...(contentOf(frame, row)?.fields ?? [])].map(([name, value]) => ({
    path: [name],
    value,
  }));
  for (const [id, content] of frame.state.contents) {
    if (!id.startsWith(prefix) || content.fields.size === 0) continue;
    const path = id.slice(prefix.length).split("/");
    if (path.includes("[]")) continue;
    for (const [name, value] of content.fields) changed.push({ path: [...path, name], value });
  }
  return changed;
}
