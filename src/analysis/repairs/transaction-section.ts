import type { TSESTree } from "@typescript-eslint/types";
import { MESSAGES } from "../../models/effects/messages.ts";
import { indentAt, styleOf } from "../extraction/style.ts";
import type { TextEdit } from "../finding.ts";
import type { Hazard } from "../flow/summary.ts";
import { childrenOf, isFunction, memberName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { endOf, nodesIn, type LocalRace } from "./blocks.ts";
import { returnsValue, sectionOf, type Section } from "./one-section.ts";

export const LOCK_IN_TRANSACTION = "Lock the row in a transaction from the read to the write";
export const LOCK_WHEN_READ = "Lock the row when it is read";

/** A race of a store whose read and write are calls in one list of statements. */
export interface StoreSection {
  readonly race: LocalRace;
  readonly section: Section;
  readonly read: TSESTree.CallExpression;
  readonly write: TSESTree.CallExpression;
}

/** The lines from the read to the write; null where they do not stand in one list of statements. */
export function storeSection(hazard: Hazard): StoreSection | null {
  const { read, site, suspension } = hazard;
  const { file } = site;
  const fn = file.enclosing(site.node);
  const isLocal = [read.site, suspension.site].every(
    (other) => other.file === file && file.enclosing(other.node) === fn,
  );
  if (!isLocal || hazard.chain.length > 0 || read.chain.length > 0 || hazard.parallel) return null;
  if (!isFunction(fn) || !fn.async || fn.generator) return null;
  const race: LocalRace = { hazard, file, fn };
  const section = sectionOf(race);
  return section && read.site.node.type === "CallExpression" && site.node.type === "CallExpression"
    ? { race, section, read: read.site.node, write: site.node }
    : null;
}

/**
 * Whether the section waits for nothing but calls of its own and messages. What another function does may need
 * the row that the transaction holds, on another connection: both would wait for ever.
 */
export function waitsOnlyFor(
  { statements }: Section,
  isOwn: (call: TSESTree.CallExpression) => boolean,
): boolean {
  const isFine = (node: Node): boolean => {
    if (isFunction(node)) return !node.async;
    if (node.type === "ForOfStatement" && node.await) return false;
    if (node.type === "AwaitExpression") {
      const call = unwrap(node.argument);
      if (call.type !== "CallExpression") return false;
      if (!isOwn(call) && !MESSAGES.test(memberName(call.callee))) return false;
    }
    return childrenOf(node).every(isFine);
  };
  return statements.every(isFine);
}

/** Lines around the section, which moves one step to the right; `edits` change what is in it. */
export function framed(
  { statements }: Section,
  head: readonly string[],
  tail: readonly string[],
  { file }: LocalRace,
  edits: readonly TextEdit[],
): TextEdit[] {
  const style = styleOf(file);
  const [start] = statements[0].range;
  const end = endOf(statements);
  const outer = indentAt(file.text, start);
  const newLine = style.newline + outer;
  const texts = statements.flatMap((statement) =>
    [...nodesIn(statement, true)].filter((node) => node.type === "TemplateElement"),
  );
  const lines = [...file.text.slice(start, end).matchAll(/\n(?=[ \t]*\S)/g)]
    .map(({ index }) => start + index + 1)
    .filter((at) => !texts.some(({ range }) => range[0] < at && at <= range[1]));
  const insert = (at: number, text: string): TextEdit => ({ start: at, end: at, text });
  return [
    insert(start, head.join(newLine) + newLine + style.indent),
    ...lines.map((at) => insert(at, style.indent)),
    ...edits,
    insert(end, newLine + tail.join(newLine)),
  ].sort((a, b) => a.start - b.start);
}

/** How the call of a callback stands where the section's statements stood. */
export function keywordOf({ isRest, statements }: Section): "return" | "await" {
  return isRest && statements.some(returnsValue) ? "return" : "await";
}

/** Replaces each mention of a variable in the section. */
export function renamed(
  { statements }: Section,
  variable: NonNullable<ReturnType<SourceFile["variableOf"]>>,
  name: string,
): TextEdit[] {
  const [start] = statements[0].range;
  const end = endOf(statements);
  return variable.references
    .map(({ identifier }) => identifier.range)
    .filter(([from]) => start <= from && from < end)
    .map(([from, to]) => ({ start: from, end: to, text: name }));
}
