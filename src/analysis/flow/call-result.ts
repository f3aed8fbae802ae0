import { isPromiseStep, memberName, type Node } from "../syntax/ast.ts";
import { siteId, type SourceFile } from "../syntax/source-file.ts";
import { placeOf, type Place } from "./place.ts";
import type { Substitution } from "./substitution.ts";
import { mergeReads, UNKNOWN, type Read, type Value } from "./value.ts";

/** The value of the call, with what it refers to put into the state. */
export function resultOf(here: Substitution): Value {
  const { frame, summary } = here;
  const { result } = summary;
  let reads: readonly Read[] = [];
  for (const read of result.reads) {
    const stale = summary.resultStaleness.get(read.id) ?? null;
    const substituted = here.usedRead({ read, stale });
    reads = mergeReads(
      reads,
      substituted.reads.map((entry) => entry.read),
    );
    if (substituted.isCallers) continue;
    for (const entry of substituted.made)
      frame.state.reads.set(
        entry.read.id,
        entry.stale ? { ...entry.stale, site: here.call } : null,
      );
  }
  const places = result.places.flatMap((place) =>
    place.root.kind === "local" ? objectOf(here, place.root.id, place.path) : here.places(place),
  );
  const key = result.key ? here.key(result.key) : null;
  if (reads.length === 0 && places.length === 0 && !key && !result.tasks)
    return result.constant ? { ...UNKNOWN, constant: result.constant } : UNKNOWN;
  return {
    reads,
    places,
    key,
    constant: result.constant,
    tasks: result.tasks,
  };
}

/** An object that the callee made or fetched and gave away. */
function objectOf(here: Substitution, object: string, path: Place["path"]): Place[] {
  const { frame, summary } = here;
  const content = summary.objects.get(object);
  if (!content) return [];
  const id = here.isInline ? object : `${object}@${siteId(here.call)}`;
  const move = (read: Read): Read[] =>
    here.usedRead({ read, stale: null }).reads.map((entry) => entry.read);
  const fields = new Map(
    [...content.fields].map(
      ([name, value]) =>
        [name, { ...value, reads: value.reads.flatMap(move), places: [] }] as const,
    ),
  );
  const [origin] = content.origin ? move(content.origin) : [];
  frame.state.contents.set(id, {
    origin: origin ?? null,
    reads: content.reads.flatMap(move),
    fields,
    ...(content.made ? { made: content.made } : {}),
  });
  for (const read of [...(origin ? [origin] : []), ...content.reads.flatMap(move)])
    if (!frame.state.reads.has(read.id))
      frame.state.reads.set(
        read.id,
        summary.suspends ? { ...summary.suspends, site: here.call } : null,
      );
  return [placeOf({ kind: "local", id }, path)];
}

/** `await f()` and `f()` as statements look at no result. */
export function isResultUsed(file: SourceFile, call: Node): boolean {
  let parent = file.parentOf(call);
  while (parent?.type === "AwaitExpression" || parent?.type === "ChainExpression")
    parent = file.parentOf(parent);
  return parent?.type !== "ExpressionStatement";
}

/**
 * The steps (`then`, `catch`, `finally`) behind a call whose promise is dropped: `f().catch(report)` and `void f()` as
 * statements, whose function is done before `f` is. Null where something is made of the promise.
 */
export function stepsOfDropped(file: SourceFile, call: Node): readonly string[] | null {
  const steps: string[] = [];
  let node = call;
  for (;;) {
    const parent = file.parentOf(node);
    switch (parent?.type) {
      case "ExpressionStatement":
        return steps;
      case "UnaryExpression":
        return parent.operator === "void" ? steps : null;
      case "ChainExpression":
        break;
      case "MemberExpression":
        if (parent.object !== node || !isPromiseStep(memberName(parent))) return null;
        steps.push(memberName(parent));
        break;
      case "CallExpression":
        if (parent.callee !== node) return null;
        break;
      default:
        return null;
    }
    node = parent;
  }
}
