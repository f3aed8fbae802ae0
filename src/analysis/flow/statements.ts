import type { TSESTree } from "@typescript-eslint/types";
import { contains, unwrap, type Node, type Statement } from "../syntax/ast.ts";
import { deepReads } from "./local-objects.ts";
import { readPlace } from "./access.ts";
import { addChecks, evaluateCondition } from "./conditions.ts";
import { evaluate } from "./expressions.ts";
import type { Frame, JumpTarget } from "./frame.ts";
import { bindPattern, assign, evaluateTarget } from "./patterns.ts";
import { ANY_ELEMENT } from "./patterns.ts";
import { extend } from "./place.ts";
import { isSameState, joinStates, State, type Check } from "./state.ts";
import { joinValues, mergeReads, UNKNOWN, type Value } from "./value.ts";
import { isLoop } from "../syntax/loops.ts";
import { siteId, type Site } from "../syntax/source-file.ts";

/** A loop's entry state only grows, over finite sets; this bounds it all the same. */
const MOST_ROUNDS = 4;

export function execute(
  frame: Frame,
  statement: Node | null | undefined,
  label: string | null = null,
): void {
  if (!statement || frame.state.isDead) return;
  switch (statement.type) {
    case "BlockStatement":
    case "StaticBlock":
      executeAll(frame, statement.body);
      return;
    case "ExpressionStatement":
      evaluate(frame, statement.expression);
      return;
    case "VariableDeclaration":
      declare(frame, statement);
      return;
    case "ReturnStatement":
      executeReturn(frame, statement.argument);
      return;
    case "ThrowStatement":
      evaluate(frame, statement.argument);
      frame.mayThrow();
      frame.state = State.dead();
      return;
    case "IfStatement":
      executeIf(frame, statement);
      return;
    case "WhileStatement":
      loop(frame, label, () => evaluateCondition(frame, statement.test), statement.body, null);
      return;
    case "DoWhileStatement":
      execute(frame, statement.body);
      loop(frame, label, () => evaluateCondition(frame, statement.test), statement.body, null);
      return;
    case "ForStatement":
      if (statement.init?.type === "VariableDeclaration") declare(frame, statement.init);
      else evaluate(frame, statement.init);
      loop(
        frame,
        label,
        () => (statement.test ? evaluateCondition(frame, statement.test) : forever(frame)),
        statement.body,
        statement.update,
      );
      return;
    case "ForOfStatement":
    case "ForInStatement":
      iterate(frame, statement, label);
      return;
    case "SwitchStatement":
      executeSwitch(frame, statement, label);
      return;
    case "TryStatement":
      executeTry(frame, statement);
      return;
    case "LabeledStatement":
      executeLabeled(frame, statement);
      return;
    case "BreakStatement":
      jump(frame, statement.label?.name ?? null, false);
      return;
    case "ContinueStatement":
      jump(frame, statement.label?.name ?? null, true);
      return;
    case "ExportNamedDeclaration":
      execute(frame, statement.declaration);
      return;
    default:
  }
}

function executeAll(frame: Frame, statements: readonly Statement[]): void {
  let disposesLater: Node | null = null;
  for (const statement of statements) {
    execute(frame, statement);
    if (statement.type === "VariableDeclaration" && (statement.kind as string) === "await using")
      disposesLater = statement;
  }
  if (disposesLater && !frame.state.isDead) frame.suspend(disposesLater);
}

function declare(frame: Frame, declaration: TSESTree.VariableDeclaration): void {
  for (const declarator of declaration.declarations) {
    if (!declarator.init) {
      bindPattern(frame, declarator.id, UNKNOWN);
      continue;
    }
    bindPattern(frame, declarator.id, evaluate(frame, declarator.init));
  }
}

/** The result of a test decides what is returned: a constant result tells the caller how the test went. */
export function executeReturn(frame: Frame, argument: Node | null): void {
  const value = evaluate(frame, argument, true);
  frame.waitForTasks(value);
  const decided: Value = value.constant
    ? {
        ...value,
        reads: mergeReads(
          value.reads,
          frame.state.checks.map(({ read }) => ({ ...read, decides: "some" as const })),
        ),
      }
    : value;
  if (argument && !value.constant) frame.returnsData = true;
  frame.result = frame.result ? joinValues(frame.result, decided) : decided;
  leave(frame);
  frame.returned = joinStates(frame.returned, frame.state);
  frame.state = State.dead();
}

/** A jump out of a `try` block runs its `finally` on the way. */
function leave(frame: Frame): void {
  const context = frame.tries.at(-1);
  if (context) context.left = joinStates(context.left, frame.state.clone());
}

function executeIf(frame: Frame, statement: TSESTree.IfStatement): void {
  const { whenTrue, whenFalse, value } = evaluateCondition(frame, statement.test);
  const isNormalising = !statement.alternate && isPlainTest(statement.test);
  const before = whenTrue.suspended;
  const staleBefore = isNormalising ? whenTrue.countStale() : 0;
  frame.state = whenTrue;
  execute(frame, statement.consequent);
  const afterTrue = frame.state;
  frame.state = whenFalse;
  execute(frame, statement.alternate);
  frame.state = joinStates(afterTrue, frame.state);
  if (!isNormalising || afterTrue.isDead || whenFalse.isDead) return;
  const hasSuspended = afterTrue.suspended !== before || afterTrue.countStale() > staleBefore;
  expectNormalised(frame, statement, value, hasSuspended);
}

/** A test of one thing, not a comparison or a negation. */
function isPlainTest(expression: Node): boolean {
  const test = unwrap(expression);
  return (
    test.type !== "UnaryExpression" &&
    test.type !== "BinaryExpression" &&
    test.type !== "LogicalExpression"
  );
}

/**
 * `if (busy) await wait(); busy = true;` and `if (open) close(); await ...; open = true;`: the code goes on as
 * if the place were free on both paths, though it was tested once and may have been taken since. A loop would
 * test again.
 */
function expectNormalised(
  frame: Frame,
  statement: TSESTree.IfStatement,
  value: Value,
  hasSuspended: boolean,
): void {
  const site = frame.site(statement.test);
  const checks = deepReads(frame, value)
    .filter(
      (read) =>
        !read.isExternal && (hasSuspended || isFreedIn(frame, statement.consequent, read.place.id)),
    )
    .map((read): Check => ({
      read,
      outcome: "absent",
      site,
      id: `${siteId(site)}!after`,
      side: true,
      isIteration: false,
      isExpected: true,
    }));
  frame.state.checks = [...frame.state.checks, ...checks];
}

/** Whether code in `branch` empties the place. */
function isFreedIn(frame: Frame, branch: Node, placeId: string): boolean {
  const isInBranch = ({ file, node }: Site): boolean =>
    file === frame.file && contains(branch, node);
  return [...frame.events.values()].some(
    (event) =>
      event.kind === "write" &&
      event.place.id === placeId &&
      (event.verb === "delete" || event.constant?.isTruthy === false) &&
      isInBranch(event.chain[0] ?? event.site),
  );
}

function forever(frame: Frame): { whenTrue: State; whenFalse: State } {
  return { whenTrue: frame.state, whenFalse: State.dead() };
}

function loop(
  frame: Frame,
  label: string | null,
  test: () => { whenTrue: State; whenFalse: State },
  body: Node,
  update: Node | null,
): void {
  const target = pushJump(frame, label, true);
  let entry = frame.state.clone();
  let exit = State.dead();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    frame.state = entry.clone();
    const { whenTrue, whenFalse } = test();
    exit = whenFalse;
    frame.state = whenTrue;
    execute(frame, body);
    frame.state = joinStates(frame.state, target.continues);
    if (!frame.state.isDead) evaluate(frame, update);
    const next = joinStates(entry, frame.state);
    if (isSameState(entry, next)) break;
    entry = next;
  }
  frame.jumps.pop();
  frame.state = joinStates(exit, target.breaks);
}

function iterate(
  frame: Frame,
  statement: TSESTree.ForOfStatement | TSESTree.ForInStatement,
  label: string | null,
): void {
  const iterable = evaluate(frame, statement.right);
  const reads = mergeReads(
    deepReads(frame, iterable),
    iterable.places
      .filter((place) => place.root.kind !== "local")
      .map((place) => readPlace(frame, place, statement.right)),
  );
  const isAsync = statement.type === "ForOfStatement" && statement.await;
  const target = pushJump(frame, label, true);
  let entry = frame.state.clone();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    frame.state = entry.clone();
    if (isAsync) frame.suspend(statement);
    addChecks(frame, frame.state, statement.right, reads, "present", true, true);
    const item: Value = {
      reads,
      places: iterable.places.map((place) => extend(place, ANY_ELEMENT)),
      key: null,
    };
    if (statement.left.type === "VariableDeclaration")
      bindPattern(
        frame,
        statement.left.declarations[0].id,
        statement.type === "ForInStatement" ? { ...UNKNOWN, reads } : item,
      );
    else assign(frame, evaluateTarget(frame, statement.left), item, statement.left);
    execute(frame, statement.body);
    frame.state = joinStates(frame.state, target.continues);
    const next = joinStates(entry, frame.state);
    if (isSameState(entry, next)) break;
    entry = next;
  }
  frame.jumps.pop();
  frame.state = joinStates(entry, target.breaks);
  if (isAsync) frame.suspend(statement);
}

function executeSwitch(
  frame: Frame,
  statement: TSESTree.SwitchStatement,
  label: string | null,
): void {
  const value = evaluate(frame, statement.discriminant);
  const reads = deepReads(frame, value);
  const target = pushJump(frame, label, false);
  const start = frame.state;
  let fallen = State.dead();
  let hasDefault = false;
  for (const branch of statement.cases) {
    frame.state = start.clone();
    evaluate(frame, branch.test);
    hasDefault ||= branch.test === null;
    frame.state = joinStates(frame.state, fallen);
    // What fell through from the case above was tested as well: one of the cases is true.
    addChecks(frame, frame.state, branch, reads, "other", true);
    executeAll(frame, branch.consequent);
    fallen = frame.state;
  }
  frame.jumps.pop();
  frame.state = joinStates(joinStates(fallen, target.breaks), hasDefault ? State.dead() : start);
}

function executeTry(frame: Frame, statement: TSESTree.TryStatement): void {
  const entry = frame.state.clone();
  const context = { thrown: State.dead(), left: State.dead() };
  frame.tries.push(context);
  execute(frame, statement.block);
  frame.tries.pop();
  let normal = frame.state;
  let abrupt = context.left;
  // Where nothing in the block is known to throw, its first statement may.
  let thrown = context.thrown.isDead ? entry : context.thrown;
  if (statement.handler) {
    const inner = { thrown: State.dead(), left: State.dead() };
    frame.tries.push(inner);
    frame.state = thrown;
    if (statement.handler.param) bindPattern(frame, statement.handler.param, UNKNOWN);
    execute(frame, statement.handler.body);
    frame.tries.pop();
    normal = joinStates(normal, frame.state);
    abrupt = joinStates(abrupt, inner.left);
    thrown = inner.thrown;
  }
  if (statement.finalizer) {
    frame.state = joinStates(abrupt, thrown).clone();
    execute(frame, statement.finalizer);
    frame.state = normal.clone();
    execute(frame, statement.finalizer);
    normal = frame.state;
  }
  // What neither handler nor finalizer stopped goes on to the `try` around.
  const outer = frame.tries.at(-1);
  if (outer) {
    outer.thrown = joinStates(outer.thrown, thrown.clone());
    outer.left = joinStates(outer.left, abrupt.clone());
  }
  frame.state = normal;
}

function executeLabeled(frame: Frame, statement: TSESTree.LabeledStatement): void {
  if (isLoop(statement.body)) {
    execute(frame, statement.body, statement.label.name);
    return;
  }
  const target = pushJump(frame, statement.label.name, false);
  execute(frame, statement.body);
  frame.jumps.pop();
  frame.state = joinStates(frame.state, target.breaks);
}

function pushJump(frame: Frame, label: string | null, isLoop: boolean): JumpTarget {
  const target: JumpTarget = { label, isLoop, breaks: State.dead(), continues: State.dead() };
  frame.jumps.push(target);
  return target;
}

function jump(frame: Frame, label: string | null, isContinue: boolean): void {
  const target = frame.jumps.findLast((candidate) =>
    label === null
      ? candidate.isLoop || (!isContinue && candidate.label === null)
      : candidate.label === label,
  );
  leave(frame);
  if (target) {
    if (isContinue) target.continues = joinStates(target.continues, frame.state);
    else target.breaks = joinStates(target.breaks, frame.state);
  }
  frame.state = State.dead();
}
