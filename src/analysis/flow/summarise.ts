import type { FunctionNode } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { executeReturn, execute } from "./statements.ts";
import { Frame, type World } from "./frame.ts";
import { atomOf, keyOf } from "./key.ts";
import { bindPattern } from "./patterns.ts";
import { endsAtOnce } from "./brief-waits.ts";
import { placeOf, type Place } from "./place.ts";
import { joinStates, type Content, type State, type Suspension } from "./state.ts";
import type { Event, Summary } from "./summary.ts";
import { UNKNOWN, type Read, type Value } from "./value.ts";

/**
 * Interprets one function and says what it does in terms of its parameters, its receiver and what it captures.
 * Somebody who wants to watch it brings a frame of their own.
 */
export function summarise(
  world: World,
  fn: FunctionNode,
  file: SourceFile,
  frame: Frame = new Frame(world, fn, file),
): Summary {
  bindParameters(frame, fn);
  if (fn.body.type === "BlockStatement") execute(frame, fn.body);
  else executeReturn(frame, fn.body);
  const end = joinStates(frame.returned, frame.state);
  const staleness = new Map<string, Suspension | null>();
  const result = frame.result ? givenBy(frame, frame.result) : UNKNOWN;
  for (const read of result.reads) staleness.set(read.id, end.reads.get(read.id) ?? null);
  const places = result.places.filter(
    (place) => place.root.kind !== "variable" || !frame.owns(place.root.variable),
  );
  return {
    fn,
    file,
    isAsync: fn.async,
    endsAtOnce: endsAtOnce(frame, fn),
    suspends: end.isDead ? null : end.suspended,
    result: { ...result, places },
    resultStaleness: staleness,
    objects: reachable(places, end.contents),
    // What a function only expects to have made free is its own affair.
    exitChecks: end.checks
      .filter((check) => !check.isExpected)
      .map((check) => ({
        check,
        stale: end.reads.get(check.read.id) ?? null,
      })),
    exitClaims: end.isDead ? [] : end.claims.map((claim) => claim.place),
    events: [...frame.events.entries()]
      .map(([id, event]) => finished(frame, id, event))
      .filter((event) => !isOwn(frame, event)),
    hazards: [...frame.hazards.values()].filter(
      (hazard) =>
        hazard.parallel !== null ||
        hazard.place.root.kind !== "variable" ||
        !frame.owns(hazard.place.root.variable),
    ),
  };
}

/** Where all that a function returns are constants, what decided between them is what it tells. */
function givenBy({ returnsData }: Frame, result: Value): Value {
  const tell = (read: Read): Read => (read.decides ? { ...read, decides: "all" } : read);
  return returnsData ? result : { ...result, reads: result.reads.map(tell) };
}

function bindParameters(frame: Frame, fn: FunctionNode): void {
  for (const [index, parameter] of fn.params.entries()) {
    const place = placeOf({ kind: "parameter", fn, index });
    const read: Read = {
      id: `parameter:${place.id}`,
      place,
      site: frame.site(parameter),
      chain: [],
      locks: [],
      isExternal: false,
    };
    frame.state.reads.set(read.id, null);
    const value: Value = {
      reads: [read],
      places: [place],
      key: keyOf([atomOf({ kind: "parameter", fn, index }, "")]),
    };
    bindPattern(frame, parameter, value);
  }
}

/** Events on the function's own variables end with its activation. */
function isOwn(frame: Frame, event: Event): boolean {
  if (event.kind !== "write" && event.kind !== "read") return false;
  const root = event.place.root;
  return (
    root.kind === "local" ||
    (root.kind === "variable" &&
      frame.owns(root.variable) &&
      !isCapturedByNested(frame, root.variable))
  );
}

/** A variable that a nested function uses may outlive the activation, when that function is kept. */
function isCapturedByNested(frame: Frame, variable: Parameters<Frame["owns"]>[0]): boolean {
  return variable.references.some(
    (reference) => frame.file.enclosing(reference.identifier) !== frame.fn,
  );
}

/** A submission that was made here and waited for later in the function. */
function finished(frame: Frame, id: string, event: Event): Event {
  return event.kind === "submit" && frame.waitedTasks.has(id)
    ? { ...event, isWaited: true }
    : event;
}

function reachable(places: readonly Place[], contents: State["contents"]): Map<string, Content> {
  const found = new Map<string, Content>();
  for (const place of places) {
    const content = place.root.kind === "local" ? contents.get(place.root.id) : undefined;
    if (content && place.root.kind === "local") found.set(place.root.id, content);
  }
  return found;
}
