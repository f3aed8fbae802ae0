import { DONE, FAILED, STATUS } from "../../models/effects/answers.ts";
import { isNeighbour } from "../flow/place.ts";
import type { Hazard } from "../flow/summary.ts";
import { memberName, unwrap, type Node } from "../syntax/ast.ts";
import { branchesAround } from "../syntax/branches.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { waitsIn } from "./waits.ts";

/**
 * `catch { failures += 1 }`, `catch { isBroken = true }`, `catch { note(failure) }`: the write keeps how the wait
 * ended, whatever was tested before it.
 */
export function isOutcomeKept(hazard: Hazard): boolean {
  const { verb, outcome, site, chain } = hazard;
  if ((outcome !== "other" && !isNote(hazard)) || verb === "delete") return false;
  return [site, ...chain].some(isAfterFailure);
}

/** A failure is counted, or a flag for it goes up, or the time of it is kept: that is right however often. */
export function isFailureNoted(hazard: Hazard): boolean {
  const { kind, verb, outcome, constant, place, read, site, chain } = hazard;
  if (kind !== "check-then-act" || place.root.kind === "store") return false;
  // `catch { this.isRepeating = false }` after a test of `this.songs`: that says how the wait ended, too.
  if (hazard.needsBelief)
    return (
      verb === "assign" &&
      constant !== undefined &&
      isNeighbour(place, read.place) &&
      [site, ...chain].some(isAfterFailure)
    );
  return (isNote(hazard) || (outcome === "other" && !constant)) && isOutcomeKept(hazard);
}

function isNote({ verb, outcome, constant }: Hazard): boolean {
  return verb === "update" || verb === "add" || (outcome === "absent" && !!constant?.isTruthy);
}

/**
 * `if (!answer.ok) client = null`, `catch { client = null }`: what failed is not to be used again. Whether somebody put
 * another one there meanwhile, which is dropped with it, is a question of luck.
 */
export function isDropped(hazard: Hazard): boolean {
  const { kind, verb, outcome, constant, site, chain } = hazard;
  return (
    kind === "check-then-act" &&
    verb === "assign" &&
    outcome === "present" &&
    constant?.isTruthy === false &&
    [site, ...chain].some(isAfterFailure)
  );
}

/** Whether the code runs where a wait failed: the one at hand, or in a callee its own. */
function isAfterFailure(step: Site): boolean {
  return isAfterError(step) || isAfterRefusal(step);
}

/** `catch { ... }` of a `try` that waits. */
function isAfterError({ file, node }: Site): boolean {
  let handler: Node | null = node;
  while (handler && handler.type !== "CatchClause") handler = file.parentOf(handler);
  const tried = handler && file.parentOf(handler);
  if (tried?.type !== "TryStatement") return false;
  return waitsIn(tried.block).length > 0;
}

/** `const answer = await ask(); if (!answer.ok) ...`, `if (answer.status === 429) ...`. */
function isAfterRefusal({ file, node }: Site): boolean {
  return branchesAround({ file, node }).some(
    ({ test, isConsequent }) => saysFailed(test, file) === isConsequent,
  );
}

/** Whether the test is true for an answer that failed; null where it asks no answer how it ended. */
function saysFailed(test: Node, file: SourceFile): boolean | null {
  const inner = unwrap(test);
  if (inner.type === "UnaryExpression" && inner.operator === "!") {
    const opposite = saysFailed(inner.argument, file);
    return opposite === null ? null : !opposite;
  }
  if (inner.type === "BinaryExpression") return isErrorCode(inner, file) ? true : null;
  if (inner.type === "LogicalExpression") {
    const isAnd = inner.operator === "&&";
    const parts = [inner.left, inner.right].map((part) => saysFailed(part, file));
    return parts.includes(!isAnd) ? !isAnd : null;
  }
  if (inner.type !== "MemberExpression" || !isAnswer(inner.object, file)) return null;
  const name = memberName(inner);
  return FAILED.test(name) ? true : DONE.test(name) ? false : null;
}

/** `answer.status === 429`, `answer.status >= 400`. */
function isErrorCode(
  { operator, left, right }: Extract<Node, { type: "BinaryExpression" }>,
  file: SourceFile,
): boolean {
  const status = unwrap(left);
  return (
    /^(?:===?|>=?)$/.test(operator) &&
    status.type === "MemberExpression" &&
    STATUS.test(memberName(status)) &&
    isAnswer(status.object, file) &&
    right.type === "Literal" &&
    typeof right.value === "number" &&
    right.value >= 399
  );
}

/** A variable that holds what was waited for. */
function isAnswer(node: Node, file: SourceFile): boolean {
  const inner = unwrap(node);
  const uses = (inner.type === "Identifier" && file.variableOf(inner)?.references) || [];
  return uses.some(({ writeExpr }) => writeExpr?.type === "AwaitExpression");
}
