import type { TSESTree } from "@typescript-eslint/types";
import { constantOf } from "./constant.ts";
import { deepReads } from "./local-objects.ts";
import { writeMember } from "./writes.ts";
import { addChecks, evaluateCondition, MOST_CHECKS } from "./conditions.ts";
import type { Frame } from "./frame.ts";
import { assign, evaluateTarget, readTarget, type Target } from "./patterns.ts";
import { siteId } from "../syntax/source-file.ts";
import { joinStates, type State } from "./state.ts";
import { derived, joinValues, UNKNOWN, type Read, type Value } from "./value.ts";
import { evaluate } from "./expressions.ts";
import { deep } from "./literals.ts";

export function assignment(
  frame: Frame,
  node: TSESTree.AssignmentExpression,
  isAwaited: boolean,
): Value {
  const target = evaluateTarget(frame, node.left);
  switch (node.operator) {
    case "=": {
      const value = evaluate(frame, node.right, isAwaited);
      assign(frame, target, value, node);
      return value;
    }
    case "??=":
    case "||=":
    case "&&=": {
      const before = readTarget(frame, target, node.left);
      const skipped = frame.state.clone();
      addChecks(
        frame,
        frame.state,
        node.left,
        deepReads(frame, before),
        node.operator === "&&=" ? "present" : "absent",
        true,
      );
      const value = evaluate(frame, node.right);
      assign(frame, target, value, node);
      frame.state = joinStates(frame.state, skipped);
      return joinValues(before, value);
    }
    default: {
      const before = readTarget(frame, target, node.left);
      const right = evaluate(frame, node.right);
      const added = derived(deep(frame, right));
      const isStep = node.operator === "+=" || node.operator === "-=";
      const value = derived(
        deep(frame, before),
        isStep ? withoutOlder(frame, before, added) : added,
      );
      assign(frame, target, value, node, "update");
      return isDrawn(target) ? added : value;
    }
  }
}

/** `const n = count; await report(n); count -= n`: what is there by then is changed, whatever n was made of. */
function withoutOlder(frame: Frame, before: Value, added: Value): Value {
  const { state } = frame;
  if (before.reads.some((read) => state.staleness(read))) return added;
  const own = new Set(before.reads.map(({ place }) => place.id));
  const reads = added.reads.filter((read) => !own.has(read.place.id) || !state.staleness(read));
  return reads.length === added.reads.length ? added : { ...added, reads };
}

/**
 * `const turn = (count += 1)`, `const id = next++`: a number drawn from a counter of the module is the drawer's
 * own, and stays what it is when others draw theirs. To rely on it later is not to rely on the counter.
 */
function isDrawn(target: Target): boolean {
  return target.kind === "shared";
}

export function update(frame: Frame, node: TSESTree.UpdateExpression): Value {
  const target = evaluateTarget(frame, node.argument);
  const before = readTarget(frame, target, node.argument);
  const value = derived(before);
  assign(frame, target, value, node, "update");
  return isDrawn(target) ? UNKNOWN : { ...value, key: null };
}

export function unary(frame: Frame, node: TSESTree.UnaryExpression): Value {
  if (node.operator === "delete" && node.argument.type === "MemberExpression") {
    const target = evaluateTarget(frame, node.argument);
    if (target.kind === "member")
      writeMember(frame, target.object, target.step, {
        verb: "delete",
        reads: [],
        site: frame.site(node),
        chain: [],
      });
    return UNKNOWN;
  }
  const value = evaluate(frame, node.argument);
  const result = derived(deep(frame, value));
  const constant = constantOf(node) ?? negated(node, value);
  if (node.operator !== "!") return { ...result, constant };
  const reads = result.reads.map((read) => ({ ...read, isFlipped: true }));
  return { ...result, reads, constant, isFlipped: true };
}

function negated(node: TSESTree.UnaryExpression, value: Value): Value["constant"] {
  if (node.operator !== "!" || typeof value.constant?.isTruthy !== "boolean") return undefined;
  return { text: String(!value.constant.isTruthy), isTruthy: !value.constant.isTruthy };
}

export function logical(frame: Frame, node: TSESTree.LogicalExpression, isAwaited: boolean): Value {
  if (node.operator !== "??") {
    const { whenTrue, whenFalse, value: left } = evaluateCondition(frame, node.left);
    const isAnd = node.operator === "&&";
    const skipped = isAnd ? whenFalse : whenTrue;
    frame.state = isAnd ? whenTrue : whenFalse;
    const right = evaluate(frame, node.right, isAwaited);
    const kept = isAnd ? left.reads : keptReads(frame, left.reads, skipped);
    frame.state = joinStates(frame.state, skipped);
    expectEmpty(frame, node, left.reads, kept);
    return joinValues({ ...left, reads: kept }, right);
  }
  const left = evaluate(frame, node.left, isAwaited);
  const skipped = frame.state.clone();
  addChecks(frame, frame.state, node.left, deepReads(frame, left), "absent", false);
  addChecks(frame, skipped, node.left, deepReads(frame, left), "present", true);
  const right = evaluate(frame, node.right, isAwaited);
  const kept = keptReads(frame, left.reads, skipped);
  frame.state = joinStates(frame.state, skipped);
  expectEmpty(frame, node, left.reads, kept);
  // The default does not rename the row: `m.get(k) ?? {}` is still the element of `k`.
  return { ...joinValues({ ...left, reads: kept }, right), key: left.key };
}

/**
 * `cache.get(k) ?? (await load(k))`: where the value is the left one nothing was awaited, so that its read is as
 * fresh as it was. It goes on under another identity than the read that led to the wait.
 */
function keptReads(frame: Frame, reads: readonly Read[], skipped: State): readonly Read[] {
  return reads.map((read) => {
    if (skipped.staleness(read) || !frame.state.staleness(read)) return read;
    const kept = { ...read, id: `${read.id}!kept` };
    skipped.reads.set(kept.id, null);
    return kept;
  });
}

/** Storing what was loaded goes on as if the place were still empty. */
function expectEmpty(
  frame: Frame,
  node: TSESTree.LogicalExpression,
  reads: readonly Read[],
  kept: readonly Read[],
): void {
  const site = frame.site(node.left);
  const checks = reads
    .filter((read) => !kept.includes(read))
    .map((read) => ({
      read,
      outcome: "absent" as const,
      site,
      id: `${siteId(site)}!empty`,
      side: true,
      isIteration: false,
      isExpected: true,
    }));
  if (checks.length > 0)
    frame.state.checks = [...frame.state.checks, ...checks].slice(-MOST_CHECKS);
}
