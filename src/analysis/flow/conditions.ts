import type { TSESTree } from "@typescript-eslint/types";
import { lookup } from "../../models/lookup.ts";
import { contains, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { deepReads, isMadeHere } from "./local-objects.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { includes, placeOf } from "./place.ts";
import { joinStates, type Check, type Claim, type State } from "./state.ts";
import { testedValues } from "./tested-values.ts";
import { derived, joinValues, UNKNOWN, type Read, type Value } from "./value.ts";

export interface Branches {
  readonly whenTrue: State;
  readonly whenFalse: State;
  readonly value: Value;
}

export const MOST_CHECKS = 24;

/** Evaluates a test; each outcome's state knows which shared state the test read and how it went. */
export function evaluateCondition(frame: Frame, test: Node): Branches {
  const node = unwrap(test);
  if (isNegation(node)) {
    const { whenTrue, whenFalse, value } = evaluateCondition(frame, node.argument);
    return {
      whenTrue: whenFalse,
      whenFalse: whenTrue,
      value: { ...value, places: [], key: null, constant: undefined },
    };
  }
  if (node.type === "LogicalExpression" && node.operator !== "??") {
    const left = evaluateCondition(frame, node.left);
    const isAnd = node.operator === "&&";
    frame.state = isAnd ? left.whenTrue : left.whenFalse;
    const right = evaluateCondition(frame, node.right);
    const value = joinValues(left.value, right.value);
    const joined = isAnd
      ? joinStates(left.whenFalse, right.whenFalse)
      : joinStates(left.whenTrue, right.whenTrue);
    // `until && until > now` is one test of `until`, whichever half of it fails.
    const places = new Set(deepReads(frame, left.value).map((read) => read.place.id));
    const both = deepReads(frame, right.value).filter((read) => places.has(read.place.id));
    addChecks(frame, joined, node, both, "other", !isAnd);
    if (isAnd) addMissing(joined, left.whenFalse, right.whenFalse, node);
    return isAnd
      ? { whenTrue: right.whenTrue, whenFalse: joined, value }
      : { whenTrue: joined, whenFalse: right.whenFalse, value };
  }
  const operand = comparedWithNothing(node);
  const subject = evaluate(frame, operand ?? node);
  const isPresence = operand !== null || node.type !== "BinaryExpression" || node.operator === "in";
  const reads =
    isPresence && isMadeHere(frame, subject) ? subject.reads : deepReads(frame, subject);
  const value = operand ? derived({ ...UNKNOWN, reads }) : subject;
  const whenTrue = frame.state;
  const whenFalse = whenTrue.clone();
  const meaning = meaningOf(tested(frame, node));
  const answer = isPresence ? answerOfRow(reads) : null;
  const rows = answer?.rows ?? reads;
  const outcome = answer?.saysWhenTrue === "absent" ? opposite(meaning) : meaning;
  addChecks(frame, whenTrue, node, rows, outcome, true);
  addChecks(frame, whenFalse, node, rows, opposite(outcome), false);
  return { whenTrue, whenFalse, value };
}

/**
 * `if (row.channelId === id && row.messageId) edit(row.messageId); else { ...; update({ messageId }) }`: what fills the
 * column on the other way may do so because it was empty.
 */
function addMissing(joined: State, left: State, right: State, node: Node): void {
  if (joined.isDead) return;
  const known = new Set(joined.checks.map((check) => `${check.id}|${check.read.id}`));
  const missing = [...left.checks, ...right.checks].filter(
    (check) =>
      check.outcome === "absent" &&
      check.read.isExternal &&
      check.read.place.path.length > 1 &&
      contains(node, check.site.node) &&
      !known.has(`${check.id}|${check.read.id}`),
  );
  if (missing.length > 0) joined.checks = [...joined.checks, ...missing].slice(-MOST_CHECKS);
}

/** `snapshot.exists`, `snapshot.empty`: no column of the row, but the store's word on whether there is one. */
function answerOfRow(
  reads: readonly Read[],
): { readonly rows: readonly Read[]; readonly saysWhenTrue: "present" | "absent" } | null {
  const [read] = reads;
  if (!read || reads.length > 1 || read.place.root.kind !== "store") return null;
  const { root, path } = read.place;
  const last = path.at(-1);
  if (last?.kind !== "field") return null;
  const saysWhenTrue = lookup(root.model?.presenceFields, last.name);
  return saysWhenTrue
    ? { rows: [{ ...read, place: placeOf(root, path.slice(0, -1)) }], saysWhenTrue }
    : null;
}

/** `x` of `x == null`: the test asks whether there is an x, not what is in it. */
function comparedWithNothing(node: Node): Node | null {
  if (node.type !== "BinaryExpression" || !/^[!=]==?$/.test(node.operator)) return null;
  const isNothing = (side: Node): boolean =>
    (side.type === "Literal" && side.value === null && side.raw === "null") ||
    (side.type === "Identifier" && side.name === "undefined");
  if (isNothing(node.right)) return node.left;
  return isNothing(node.left) ? node.right : null;
}

export function addChecks(
  frame: Frame,
  state: State,
  node: Node,
  reads: readonly Read[],
  outcome: Check["outcome"],
  side: boolean,
  isIteration = false,
): void {
  if (reads.length === 0 || state.isDead) return;
  const site = frame.site(node);
  const id = siteId(site);
  const comparedWith = node.type === "BinaryExpression" ? operands(frame, node) : [];
  const values = testedValues(node, side);
  const added = reads
    .filter(
      (read) =>
        !state.claims.some((claim) => isOfClaim(read, claim)) &&
        !isTestedAndSet(state, read) &&
        !isAnswerOfWrite(read) &&
        !(side && isOwnCount(state, node, read)) &&
        (outcome !== "absent" || !isMadeWhereMissing(frame, read)),
    )
    .map((read): Check => ({
      read: outcome === "absent" ? lockedIfThere(read) : read,
      outcome,
      site,
      id,
      side,
      isIteration,
      comparedWith,
      values,
    }));
  const kept = state.checks.filter(
    (check) => !(check.id === id && reads.some((read) => read.id === check.read.id)),
  );
  state.checks = [...kept, ...added].slice(-MOST_CHECKS);
}

/** `game.pulls++; if (game.pulls === 3) ...`: of all who count, one comes to that number. */
function isOwnCount({ stepped }: State, test: Node, { place }: Read): boolean {
  return (
    test.type === "BinaryExpression" && /^={2,3}$/.test(test.operator) && stepped.includes(place.id)
  );
}

/** `SELECT ... FOR UPDATE` that found no row holds no lock either. */
function lockedIfThere(read: Read): Read {
  const { root, path } = read.place;
  const isUnlocked =
    read.isLocked === true &&
    path.length === 1 &&
    root.kind === "store" &&
    root.model?.locksFoundRowsOnly === true;
  return isUnlocked ? { ...read, isLocked: false } : read;
}

/**
 * What this activation claimed, no test of its own makes doubtful. Where it took the entry out, somebody may have
 * put another there by the time it looks again.
 */
function isOfClaim({ place, site }: Read, claim: Claim): boolean {
  if (place.id !== claim.place.id) return false;
  const isLater = site.file === claim.site.file && site.node.range[0] > claim.site.node.range[0];
  return !(claim.isRemoval && isLater);
}

/**
 * `if (isRecent(user)) return;`, of a function that noted the user where it answered no: the note is this activation's
 * own by now, and what the function had read before says nothing any more.
 */
function isTestedAndSet(state: State, { decides, chain: [call], place }: Read): boolean {
  if (!decides || !call) return false;
  for (const own of state.stored.values())
    if (!own.suspended && own.site.node === call.node && includes(own.place, place)) return true;
  return false;
}

/**
 * `const taken = await Job.findOneAndUpdate({ _id, state: "open" }, { state: "taken" }); if (!taken) return;`: the
 * answer says what the write itself did, and a row that was made where it was missing is there.
 */
function isAnswerOfWrite({ isGivenBy, place }: Read): boolean {
  return (
    isGivenBy === "written" || (isGivenBy === "found" && place.path.at(-1)?.kind === "element")
  );
}

/** `getOrCreate(id)`: the call that looks the row up makes it where there is none. Without one, that has failed. */
function isMadeWhereMissing(frame: Frame, { chain, place, isExternal }: Read): boolean {
  const [call] = chain;
  if (!call || !isExternal || place.root.kind !== "store") return false;
  if (place.path.at(-1)?.kind !== "element") return false;
  for (const event of frame.events.values())
    if (
      event.kind === "write" &&
      event.verb === "create" &&
      event.place.rootId === place.rootId &&
      event.chain[0]?.node === call.node
    )
      return true;
  return false;
}

/** The two sides of a comparison, as the source has them. */
function operands(frame: Frame, node: TSESTree.BinaryExpression): string[] {
  return /^[!=]==?$/.test(node.operator)
    ? [frame.file.textOf(node.left), frame.file.textOf(node.right)]
    : [];
}

function opposite(outcome: Check["outcome"]): Check["outcome"] {
  if (outcome === "present") return "absent";
  return outcome === "absent" ? "present" : "other";
}

/** `const isOld = now - row.since > DAY; if (isOld)`: the comparison or negation that a constant stands for. */
function tested(frame: Frame, node: Node): Node {
  if (node.type !== "Identifier") return node;
  const declarator = frame.file.variableOf(node)?.defs[0]?.node;
  if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") return node;
  const declaration = frame.file.parentOf(declarator);
  const init = declarator.init && unwrap(declarator.init);
  const isConstant = declaration?.type === "VariableDeclaration" && declaration.kind === "const";
  return isConstant && init && (init.type === "BinaryExpression" || isNegation(init)) ? init : node;
}

function isNegation(node: Node): node is TSESTree.UnaryExpression {
  return node.type === "UnaryExpression" && node.operator === "!";
}

/** What a true test says of what it read: that it is there, that it is not, or something else. */
function meaningOf(node: Node): Check["outcome"] {
  if (isNegation(node)) return opposite(meaningOf(unwrap(node.argument)));
  if (node.type !== "BinaryExpression") return "present";
  const isEmpty = isEmptyValue(node.right) || isEmptyValue(node.left);
  switch (node.operator) {
    case "==":
    case "===":
      return isEmpty ? "absent" : "other";
    case "!=":
    case "!==":
      return isEmpty ? "present" : "other";
    case "in":
      return "present";
    default:
      return "other";
  }
}

function isEmptyValue(node: Node): boolean {
  if (node.type === "Literal") return !node.value;
  if (stringValue(node) === "") return true;
  return node.type === "Identifier" && node.name === "undefined";
}
