import { DIALOGUE_MOVES, NAMES_DIALOGUES } from "../../models/effects/dialogues.ts";
import { dottedName, isFunction, unwrap, childrenOf, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { type Place } from "./place.ts";
import type { Suspension } from "./state.ts";
import type { Substitution } from "./substitution.ts";
import type { Hazard, Summary, UsedCheck, WriteEvent } from "./summary.ts";
import type { Read } from "./value.ts";

/**
 * `await send(); game.close(id); ctx.scene.enter("over")`, where `close` tests the state itself and does nothing
 * when another activation was faster. The callee is right, but its caller does not look at what it said and
 * goes on as if the step had been taken.
 */
export function findRefusedStep(here: Substitution, suspension: Suspension | null): void {
  const { frame, summary } = here;
  if (!suspension || here.isInline || !goesOn(frame.file, here.app.node)) return;
  for (const event of summary.events) {
    if (event.kind !== "write" || event.isDetached || event.place.root.kind === "store") continue;
    const tested = testOf(event, summary);
    const place = tested && sharedAt(here, event.place);
    const checked = tested && sharedAt(here, tested.read.place);
    if (!place || !checked) continue;
    frame.addHazard({
      kind: "refused",
      place,
      read: { ...tested.read, place: checked },
      suspension,
      outcome: tested.outcome,
      site: here.call,
      chain: [...event.chain, event.site],
      callers: [],
      verb: event.verb,
      constant: event.constant,
      protection: here.locks(event.locks),
      claims: frame.state.claims.map((claim) => claim.place),
      parallel: null,
      needsBelief: true,
    });
    return;
  }
}

/** What the callee tests before it writes, where its normal end does not depend on it. */
function testOf(
  event: WriteEvent,
  summary: Summary,
): { readonly read: Read; readonly outcome: Hazard["outcome"] } | null {
  const used = event.checks.find((candidate) => decides(candidate, event, summary));
  if (used) return { read: used.check.read, outcome: used.check.outcome };
  // A claim has used its test up: whoever comes second finds that it goes the other way.
  const isClaim = event.claims.some((claim) => claim.id === event.place.id);
  if (!isClaim || summary.exitClaims.some((claim) => claim.id === event.place.id)) return null;
  const read = event.reads.find((entry) => entry.read.place.id === event.place.id)?.read;
  return read ? { read, outcome: "other" } : null;
}

/** A fresh test of the same state on which the write depends, and the function's normal end does not. */
function decides({ check, stale }: UsedCheck, event: WriteEvent, summary: Summary): boolean {
  if (stale || check.isIteration || check.isExpected) return false;
  if (check.read.place.rootId !== event.place.rootId) return false;
  return !summary.exitChecks.some(
    (exit) => exit.check.id === check.id && exit.check.side === check.side,
  );
}

function sharedAt(here: Substitution, place: Place): Place | undefined {
  return here.places(place).find(({ root }) => root.kind !== "local" && root.kind !== "parameter");
}

/** The call is a statement of its own, and the code behind it in the same block moves the user on. */
function goesOn(file: SourceFile, call: Node): boolean {
  if (!namesMoves(file)) return false;
  let statement = file.parentOf(call);
  while (statement?.type === "AwaitExpression") statement = file.parentOf(statement);
  if (statement?.type !== "ExpressionStatement") return false;
  const block = file.parentOf(statement);
  if (block?.type !== "BlockStatement") return false;
  return block.body.slice(block.body.indexOf(statement) + 1).some(moves);
}

const naming = new WeakMap<SourceFile, boolean>();

/** Few files do, and the others need no look at what follows each call. */
function namesMoves(file: SourceFile): boolean {
  let names = naming.get(file);
  if (names === undefined) naming.set(file, (names = NAMES_DIALOGUES.test(file.text)));
  return names;
}

function moves(node: Node): boolean {
  if (isFunction(node)) return false;
  if (node.type === "CallExpression" && DIALOGUE_MOVES.test(dottedName(unwrap(node.callee))))
    return true;
  // What stands in a branch may well depend on the step.
  return node.type !== "IfStatement" && childrenOf(node).some(moves);
}
