import { dottedName, memberName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { COUNTS } from "./access.ts";
import { deepReads } from "./local-objects.ts";
import type { Frame } from "./frame.ts";
import { addHazard } from "./late-writes.ts";
import { includes, placeOf, type Place, type Step } from "./place.ts";
import { mergeReads, type Read, type Value } from "./value.ts";
import type { WriteDetails } from "./write-details.ts";

/** Classes of which a new object is empty: `Map`, discord.js' `Collection`. */
const COLLECTIONS = /(?:Map|Set|Array|Collection)$/;

/** How many of the reads are kept that calls were given. */
const MOST_HANDED = 8;

/** `await save(buffer)`, `await save(lines.join())`: the call is given what is there, and the code waits for it. */
export function handOver(frame: Frame, args: readonly Value[], nodes: readonly Node[]): void {
  const { state } = frame;
  const reads = mergeReads(
    ...args.map((arg, index) => {
      const node = nodes[index];
      return [...deepReads(frame, arg), ...(node ? references(frame, arg, node) : [])];
    }),
  ).filter(isContent);
  if (reads.length > 0) state.handed = mergeReads(reads, state.handed).slice(0, MOST_HANDED);
}

/** The object itself, of a constant that nobody has to read. */
function references(frame: Frame, { places, reads }: Value, node: Node): Read[] {
  const { state } = frame;
  return places
    .filter((place) => isOutliving(place) && !reads.some((read) => read.place.id === place.id))
    .map((place) => {
      const site = frame.site(node);
      const read = { id: `${siteId(site)}!given`, place, site, chain: [], locks: state.locks };
      state.reads.set(read.id, null);
      return { ...read, isExternal: false };
    });
}

/** What is there, and not how much of it: `list.length` tells nobody what is in the list. */
function isContent({ place, site: { node } }: Read): boolean {
  const inner = unwrap(node);
  const isCount = inner.type === "MemberExpression" && COUNTS.has(memberName(inner));
  return !isCount && isOutliving(place);
}

function isOutliving({ root: { kind } }: Place): boolean {
  return kind === "variable" || kind === "instance" || kind === "this";
}

/** `await save(buffer); buffer = []`: what others have put there since goes with the rest. */
export function judgeDrain(frame: Frame, place: Place, details: WriteDetails): void {
  const emptied = emptiedPlace(place, details);
  for (const read of frame.state.handed) {
    const suspension = frame.state.staleness(read);
    const inner = read.place.path.slice(emptied.path.length);
    if (!suspension || !includes(emptied, read.place) || !inner.every(isOfEntry)) continue;
    const drains = inner.length > 0 || isIterated(read) ? "elements" : "whole";
    addHazard(frame, place, details, { kind: "lost-update", read, suspension, drains });
    return;
  }
}

/** An element, the key or the value of an entry; a field of what is in there is no part of the list. */
function isOfEntry(step: Step): boolean {
  return step.kind === "element" || /^[01]$/.test(step.name);
}

/** `for (const line of lines) await save(line)` */
function isIterated({ site: { file, node } }: Read): boolean {
  const outer = file.parentOf(node);
  return outer?.type === "ForOfStatement" && outer.right === node;
}

/** `list = []`, `count = 0`, `list.length = 0`, `map.clear()`, here or in the callee. */
export function isEmptying({ site, fromCallee }: WriteDetails): boolean {
  if (fromCallee) return fromCallee.empties;
  const write = unwrap(site.node);
  if (write.type === "AssignmentExpression")
    return write.operator === "=" && isEmpty(unwrap(write.right));
  return (
    write.type === "CallExpression" &&
    write.callee.type === "MemberExpression" &&
    memberName(write.callee) === "clear" &&
    write.arguments.length === 0
  );
}

function isEmpty(value: Node): boolean {
  switch (value.type) {
    case "ArrayExpression":
      return value.elements.length === 0;
    case "ObjectExpression":
      return value.properties.length === 0;
    case "NewExpression":
      return value.arguments.length === 0 && COLLECTIONS.test(dottedName(value.callee));
    default:
      return value.type === "Literal" && (value.value === 0 || value.value === "");
  }
}

/** What is empty then: the list of `list.length = 0`, the map of `map.clear()`. */
function emptiedPlace(place: Place, { verb }: WriteDetails): Place {
  const isInner = verb === "delete" || isLength(place);
  return isInner ? placeOf(place.root, place.path.slice(0, -1)) : place;
}

export function isLength({ path }: Place): boolean {
  const last = path.at(-1);
  return last?.kind === "field" && last.name === "length";
}
