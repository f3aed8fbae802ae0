import type { Variable } from "../syntax/scopes.ts";
import type { StoreCall } from "../project/stores.ts";
import { childrenOf, leftmost, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import type { Frame } from "./frame.ts";
import type { Content, Suspension } from "./state.ts";
import type { HeldLock, Read, Value } from "./value.ts";

/** A transaction that the code began by a call of its own, and has not ended yet. */
export interface OpenTransaction {
  readonly site: Site;
  readonly acquisition: string;
  /** What the code names it by: `t` of `const t = await sequelize.transaction()`, `client` of `client.query("BEGIN")`. */
  readonly handle: Variable | null;
  /** The store of the transaction; null where no model says. */
  readonly store: StoreCall["model"];
}

/** `client.query("BEGIN")`, `const t = await sequelize.transaction()`. */
export function beginTransaction(frame: Frame, node: Node, call: StoreCall): void {
  const site = frame.site(node);
  const acquisition = `${siteId(site)}!tx`;
  const { state } = frame;
  state.transactions = [
    ...state.transactions.filter((other) => other.acquisition !== acquisition),
    { site, acquisition, handle: nameGiven(node, frame.file), store: call.model },
  ];
  if (call.isIsolated) state.locks = [...state.locks, transactionLock(site, "manual")];
}

/** `client.query("COMMIT")`, `await t.rollback()`: what was read in it may change from now on. */
export function endTransaction(frame: Frame, node: Node, call: StoreCall): void {
  const { state, file } = frame;
  const ended = state.transactions.filter(
    ({ handle, store }) =>
      store === call.model && (handle === null || mentions(node, handle, file)),
  );
  const acquisitions = new Set(ended.map(({ acquisition }) => acquisition));
  state.transactions = state.transactions.filter((open) => !acquisitions.has(open.acquisition));
  state.locks = state.locks.filter((held) => !acquisitions.has(held.acquisition));
  const [first] = ended;
  if (first) unlockRows(frame, first.site.node, { site: frame.site(waitFor(node, file)) });
}

/** The wait of what a call gives, or the call where nobody waits at once. */
export function waitFor(call: Node, file: SourceFile): Node {
  const parent = file.parentOf(call);
  return parent?.type === "AwaitExpression" ? parent : call;
}

/** The lock that a transaction of a sufficient isolation is for what is read and written in it. */
export function transactionLock(site: Site, id: string): HeldLock {
  return {
    lock: { id: `transaction:${id}`, name: "the transaction", place: null, keys: [] },
    acquisition: `${siteId(site)}!tx`,
    site,
  };
}

/**
 * The transactions that a call is no part of, though they are open: it names another connection, or does not
 * pass the transaction on.
 */
export function transactionsWithout(
  frame: Frame,
  node: Node,
  call: StoreCall,
): readonly OpenTransaction[] {
  return frame.state.transactions.filter(
    ({ handle, store }) =>
      handle !== null && store === call.model && !mentions(node, handle, frame.file),
  );
}

/** Evaluates a call without the protection of some transactions; `isInNone` says that no other is open. */
export function outsideOf(
  frame: Frame,
  others: readonly OpenTransaction[],
  operate: (isInNone: boolean) => Value,
): Value {
  if (others.length === 0) return operate(false);
  const { locks, transactions } = frame.state;
  const acquisitions = new Set(others.map(({ acquisition }) => acquisition));
  frame.state.locks = locks.filter((held) => !acquisitions.has(held.acquisition));
  const value = operate(others.length === transactions.length);
  frame.state.locks = locks;
  return value;
}

const DEEPEST_CONSTANT = 3;

/** Whether code speaks of a variable, also through a constant: `const options = { transaction: t }`. */
function mentions(node: Node, variable: Variable, file: SourceFile, depth = 0): boolean {
  if (node.type === "Identifier") {
    const named = file.variableOf(node);
    if (named === variable) return true;
    const declarator = named?.defs[0]?.node;
    return (
      depth < DEEPEST_CONSTANT &&
      declarator?.type === "VariableDeclarator" &&
      declarator.init !== null &&
      file.enclosing(declarator).type !== "Program" &&
      mentions(declarator.init, variable, file, depth + 1)
    );
  }
  return childrenOf(node).some((child) => mentions(child, variable, file, depth));
}

/**
 * The rows that were locked since `begin` are ordinary ones again, and what is known of them is old. Gives what
 * a value at hand is from now on.
 */
export function unlockRows(frame: Frame, begin: Node, end: Suspension): (value: Value) => Value {
  const { state, file } = frame;
  const isOver = (read: Read): boolean => {
    const { file: at, node } = read.chain[0] ?? read.site;
    return read.isLocked === true && at === file && node.range[0] >= begin.range[0];
  };
  const settle = (read: Read): Read => {
    if (!isOver(read)) return read;
    state.reads.set(read.id, end);
    return { ...read, isLocked: false };
  };
  const settleAll = (reads: readonly Read[]): readonly Read[] =>
    reads.some(isOver) ? reads.map(settle) : reads;
  const settleValue = (value: Value): Value => {
    const reads = settleAll(value.reads);
    return reads === value.reads ? value : { ...value, reads };
  };
  for (const [variable, value] of [...state.env]) state.env.set(variable, settleValue(value));
  for (const [id, content] of [...state.contents])
    state.contents.set(id, settledContent(content, settle, settleAll, settleValue));
  state.checks = state.checks.map((check) =>
    isOver(check.read) ? { ...check, read: settle(check.read) } : check,
  );
  return settleValue;
}

function settledContent(
  content: Content,
  settle: (read: Read) => Read,
  settleAll: (reads: readonly Read[]) => readonly Read[],
  settleValue: (value: Value) => Value,
): Content {
  const origin = content.origin && settle(content.origin);
  const reads = settleAll(content.reads);
  const fields = [...content.fields].map(([name, value]) => [name, settleValue(value)] as const);
  const isSame =
    origin === content.origin &&
    reads === content.reads &&
    fields.every(([name, value]) => content.fields.get(name) === value);
  return isSame ? content : { ...content, origin, reads, fields: new Map(fields) };
}

/** The variable that the transaction is kept in, or the connection that it was begun on. */
function nameGiven(node: Node, file: SourceFile): Variable | null {
  let outer = file.parentOf(node);
  while (outer && (outer.type === "AwaitExpression" || unwrap(outer) === node))
    outer = file.parentOf(outer);
  if (outer?.type === "VariableDeclarator")
    return outer.id.type === "Identifier" ? file.variableOf(outer.id) : null;
  if (outer?.type === "AssignmentExpression")
    return outer.left.type === "Identifier" ? file.variableOf(outer.left) : null;
  return leftmostVariable(node, file);
}

/** `client` of `client.query("COMMIT")`; null for `this.client.query(...)`. */
function leftmostVariable(node: Node, file: SourceFile): Variable | null {
  const first = leftmost(node);
  if (first.type === "TaggedTemplateExpression") return leftmostVariable(first.tag, file);
  return first.type === "Identifier" ? file.variableOf(first) : null;
}
