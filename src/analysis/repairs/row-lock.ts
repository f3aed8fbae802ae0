import { indentAt, styleOf } from "../extraction/style.ts";
import type { Repair, TextEdit } from "../finding.ts";
import type { Hazard } from "../flow/summary.ts";
import { isFunction, unwrap, type Node } from "../syntax/ast.ts";
import { endOf, freeName, nodesIn, type LocalRace } from "./blocks.ts";
import { returnsValue, sectionOf, type Section } from "./one-section.ts";

/**
 * A transaction around everything from the read to the write, in which the read locks its row, where the store
 * has such a lock: `await db.transaction(async (trx) => { ... trx("users").where(...).first().forUpdate() ... })`.
 * The database has to be one that locks rows. Null where the two do not stand in one list of statements.
 */
export function lockRow(hazard: Hazard): Repair | null {
  const { place, read, site, suspension } = hazard;
  const form = place.root.kind === "store" ? place.root.model?.repairs?.rowLock : undefined;
  const { file } = site;
  const fn = file.enclosing(site.node);
  const isLocal = [read.site, suspension.site].every(
    (other) => other.file === file && file.enclosing(other.node) === fn,
  );
  if (!form || !isLocal || hazard.chain.length > 0 || read.chain.length > 0 || hazard.parallel)
    return null;
  if (!isFunction(fn) || !fn.async || fn.generator) return null;
  const race: LocalRace = { hazard, file, fn };
  const handle = handleOf(read.site.node);
  if (handle?.type !== "Identifier" || !isSameName(handle, handleOf(site.node))) return null;
  const section = sectionOf(race);
  const lockAt = form.isBeforeLast ? beforeLast(read.site.node) : read.site.node.range[1];
  if (!section || lockAt === null) return null;
  const name = freeName(form.handle, file);
  const inner: TextEdit[] = [{ start: lockAt, end: lockAt, text: form.lock }];
  for (const statement of section.statements)
    for (const node of nodesIn(statement, true)) {
      if (node.type !== "Identifier" || node.name !== handle.name) continue;
      const variable = file.variableOf(node);
      if (variable && variable === file.variableOf(handle))
        inner.push({ start: node.range[0], end: node.range[1], text: name });
    }
  const head = `${handle.name}${form.transaction}async (${name}) => {`;
  return {
    title: "Lock the row in a transaction from the read to the write",
    edits: [...framed(section, head, race), ...inner].sort((a, b) => a.start - b.start),
  };
}

/** The section as the body of a callback, each line one step to the right. */
function framed({ statements, isRest }: Section, head: string, { file }: LocalRace): TextEdit[] {
  const style = styleOf(file);
  const [start] = statements[0].range;
  const end = endOf(statements);
  const outer = indentAt(file.text, start);
  const keyword = isRest && statements.some(returnsValue) ? "return" : "await";
  const texts = statements.flatMap((statement) =>
    [...nodesIn(statement, true)].filter((node) => node.type === "TemplateElement"),
  );
  const lines = [...file.text.slice(start, end).matchAll(/\n(?=[ \t]*\S)/g)]
    .map(({ index }) => start + index + 1)
    .filter((at) => !texts.some(({ range }) => range[0] < at && at <= range[1]));
  const insert = (at: number, text: string): TextEdit => ({ start: at, end: at, text });
  return [
    insert(start, `${keyword} ${head}${style.newline}${outer}${style.indent}`),
    ...lines.map((at) => insert(at, style.indent)),
    insert(end, `${style.newline}${outer}})${style.end}`),
  ];
}

/** What the chain of calls begins with: `db` of `db("users").where(...)`. */
function handleOf(node: Node): Node | null {
  let inner: Node = unwrap(node);
  for (;;) {
    if (inner.type === "CallExpression") inner = unwrap(inner.callee);
    else if (inner.type === "MemberExpression") inner = unwrap(inner.object);
    else return inner;
  }
}

function isSameName(a: Node, b: Node | null): boolean {
  return a.type === "Identifier" && b?.type === "Identifier" && a.name === b.name;
}

/** Where the link before the last call ends: `.forUpdate()` goes before `.execute()`. */
function beforeLast(read: Node): number | null {
  const call = unwrap(read);
  const callee = call.type === "CallExpression" ? unwrap(call.callee) : null;
  return callee?.type === "MemberExpression" ? callee.object.range[1] : null;
}
