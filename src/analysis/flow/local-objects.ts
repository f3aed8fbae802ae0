import type { Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import type { Frame } from "./frame.ts";
import { extend, placeOf, type Place, type Step } from "./place.ts";
import type { Content } from "./state.ts";
import { mergeReads, UNKNOWN, type Read, type Value } from "./value.ts";
import type { WriteDetails } from "./write-details.ts";

/** A new object of this activation. */
export function localObject(
  frame: Frame,
  node: Node,
  reads: readonly Read[],
  fields: ReadonlyMap<string, Value> = new Map(),
  origin: Read | null = null,
): Value {
  const id = `${origin ? "row" : "new"}:${siteId(frame.site(node))}`;
  frame.state.contents.set(id, { origin, reads, fields });
  return { reads: origin ? [origin] : [], places: [placeOf({ kind: "local", id })], key: null };
}

export function contentOf(frame: Frame, place: Place): Content | null {
  return place.root.kind === "local" ? (frame.state.contents.get(place.root.id) ?? null) : null;
}

/** What a path below an object of this activation leads to, where a field holds another object. */
export function heldAt(frame: Frame, place: Place): readonly Place[] {
  const [step, ...rest] = place.path;
  if (place.root.kind !== "local" || step?.kind !== "field") return [place];
  const held = frame.state.contents.get(place.root.id)?.fields.get(step.name)?.places ?? [];
  if (held.length === 0) return [place];
  return held.flatMap((inner) => heldAt(frame, extend(inner, ...rest)));
}

/** Everything the value derives from, with what was put into the objects that it refers to. */
export function deepReads(frame: Frame, value: Value): readonly Read[] {
  let reads = value.reads;
  for (const place of value.places) {
    const content = contentOf(frame, place);
    if (!content) continue;
    reads = mergeReads(
      reads,
      content.reads,
      ...[...content.fields.values()].map((inner) => inner.reads),
    );
  }
  return reads;
}

/** Whether the value is nothing but objects that this activation made: they are there, whatever is in them. */
export function isMadeHere(frame: Frame, value: Value): boolean {
  return (
    value.places.length > 0 &&
    value.places.every((place) => {
      const content = contentOf(frame, place);
      return content !== null && content.origin === null && place.path.length === 0;
    })
  );
}

export function readLocal(frame: Frame, object: string, step: Step): Value {
  const content = frame.state.contents.get(object);
  if (!content) return UNKNOWN;
  const known = step.kind === "field" ? content.fields.get(step.name) : undefined;
  if (known) return known;
  if (content.origin && isAnswerField(content.origin.place, step)) return UNKNOWN;
  const reads = content.origin
    ? [{ ...content.origin, place: extend(content.origin.place, step) }]
    : content.reads.map((read) => columnOfCopy(read, step));
  const id = `${object}/${step.kind === "field" ? step.name : "[]"}`;
  if (content.origin && !frame.state.contents.has(id))
    frame.state.contents.set(id, {
      origin: { ...content.origin, place: extend(content.origin.place, step) },
      reads: [],
      fields: new Map(),
    });
  return { reads, places: content.origin ? [placeOf({ kind: "local", id })] : [], key: null };
}

/** `const { data, error } = await db.from(...)`: how the request went is no column. */
function isAnswerField({ root, path }: Place, step: Step): boolean {
  return (
    root.kind === "store" &&
    path.length === 1 &&
    step.kind === "field" &&
    root.model?.answerFields?.includes(step.name) === true
  );
}

/** `{ ...row, isNew: true }`: a field of the copy is that column of the row. */
function columnOfCopy(read: Read, step: Step): Read {
  const { root, path } = read.place;
  const isRow = root.kind === "store" && root.model !== null && path.length === 1;
  return isRow && read.isExternal && step.kind === "field"
    ? { ...read, place: extend(read.place, step) }
    : read;
}

/** Puts data into an object of this activation. */
export function writeLocal(
  frame: Frame,
  object: string,
  path: Place["path"],
  details: WriteDetails,
): void {
  const content: Content = frame.state.contents.get(object) ?? {
    origin: null,
    reads: [],
    fields: new Map(),
  };
  const reads = details.reads.map((entry) => entry.read);
  const [step, ...deeper] = path;
  const fields = new Map(content.fields);
  if (step?.kind === "field" && deeper.length === 0)
    fields.set(step.name, {
      reads,
      places: [],
      key: null,
      constant: details.constant,
      ...(details.isFlipped ? { isFlipped: true } : {}),
    });
  else if (step?.kind === "field") {
    const inner = fields.get(step.name);
    fields.set(step.name, {
      reads: mergeReads(inner?.reads ?? [], reads),
      places: inner?.places ?? [],
      key: null,
    });
  }
  const isField = step?.kind === "field";
  frame.state.contents.set(object, {
    ...content,
    reads: isField ? content.reads : mergeReads(content.reads, reads),
    fields,
  });
}
