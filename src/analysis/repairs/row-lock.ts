import type { LinkedLock } from "../../models/store-model.ts";
import { styleOf } from "../extraction/style.ts";
import type { Repair, TextEdit } from "../finding.ts";
import type { Hazard } from "../flow/summary.ts";
import { leftmost, memberName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { freeName } from "./blocks.ts";
import { lockByOption } from "./row-lock-options.ts";
import { lockByStatement } from "./row-lock-statements.ts";
import {
  framed,
  keywordOf,
  LOCK_IN_TRANSACTION,
  LOCK_WHEN_READ,
  renamed,
  storeSection,
  waitsOnlyFor,
  type StoreSection,
} from "./transaction-section.ts";

/**
 * A transaction around everything from the read to the write, in which the read locks its row, in the form that
 * the store has for it: `await db.transaction(async (trx) => { ... trx("users").first().forUpdate() ... })`. The
 * database has to be one that locks rows. Null where the two do not stand in one list of statements, and where
 * the lines between them wait for code that may need the row itself.
 */
export function lockRow(hazard: Hazard): Repair | null {
  const { root } = hazard.place;
  const form = root.kind === "store" ? root.model?.repairs?.rowLock : undefined;
  // Where no row was found there is none to lock, and one that may be gone has a repair of its own.
  const hasRow = hazard.verb !== "create" && hazard.whenGone === undefined;
  const place = form && hasRow ? storeSection(hazard) : null;
  if (!form || !place) return null;
  switch (form.by) {
    case "link":
      return lockByLink(place, form);
    case "option":
      return lockByOption(place, form);
    case "statement":
      return lockByStatement(place, form);
  }
}

/** Knex, Kysely and Drizzle; Prisma, whose transaction is isolated instead. */
function lockByLink({ race, section, read, write }: StoreSection, form: LinkedLock): Repair | null {
  const { file } = race;
  const handle = leftmost(read);
  const variable = handle.type === "Identifier" ? file.variableOf(handle) : null;
  if (handle.type !== "Identifier" || !variable) return null;
  const isOfHandle = (node: Node): boolean => {
    const other = leftmost(node);
    return other.type === "Identifier" && file.variableOf(other) === variable;
  };
  if (!isOfHandle(write) || !waitsOnlyFor(section, isOfHandle)) return null;
  const lock = lockLink(read, form);
  if (!lock) return null;
  if (isOfTransaction(variable, form, file))
    return lock.length > 0 ? { title: LOCK_WHEN_READ, edits: lock } : null;
  const name = freeName(form.handle, file);
  const options = form.options === undefined ? "" : `, ${form.options}`;
  return {
    title:
      form.lock === undefined
        ? "Run the lines from the read to the write in a serializable transaction: the later of two fails, and can be tried again"
        : LOCK_IN_TRANSACTION,
    edits: framed(
      section,
      [`${keywordOf(section)} ${handle.name}${form.transaction}async (${name}) => {`],
      [`}${options})${styleOf(file).end}`],
      race,
      [...renamed(section, variable, name), ...lock],
    ),
  };
}

/** What a transaction gave its callback, or began: there is no other inside it. */
function isOfTransaction(
  variable: NonNullable<ReturnType<SourceFile["variableOf"]>>,
  { transaction }: LinkedLock,
  file: SourceFile,
): boolean {
  const definition = variable.defs[0];
  const node = definition?.node;
  const begins = (call: Node | null | undefined): boolean =>
    call?.type === "CallExpression" && transaction.includes(`.${memberName(call.callee)}(`);
  if (definition?.type === "Parameter" && node) return begins(file.parentOf(node));
  if (node?.type !== "VariableDeclarator" || !node.init) return false;
  const init = unwrap(node.init);
  return init.type === "AwaitExpression" && begins(unwrap(init.argument));
}

/** Where the link that locks goes; none where the transaction's isolation does it, null where the read takes none. */
function lockLink(read: Node, { lock, reads, isBeforeLast }: LinkedLock): TextEdit[] | null {
  if (lock === undefined) return [];
  if (reads && !reads.some((name) => hasLink(read, name))) return null;
  const at = isBeforeLast ? beforeLast(read) : read.range[1];
  return at === null ? null : [{ start: at, end: at, text: lock }];
}

function hasLink(node: Node, name: string): boolean {
  for (let inner = unwrap(node); ;) {
    if (inner.type === "CallExpression") {
      if (memberName(inner.callee) === name) return true;
      inner = unwrap(inner.callee);
    } else if (inner.type === "MemberExpression") inner = unwrap(inner.object);
    else return false;
  }
}

/** Where the link before the last call ends: `.forUpdate()` goes before `.execute()`. */
function beforeLast(read: Node): number | null {
  const call = unwrap(read);
  const callee = call.type === "CallExpression" ? unwrap(call.callee) : null;
  return callee?.type === "MemberExpression" ? callee.object.range[1] : null;
}
