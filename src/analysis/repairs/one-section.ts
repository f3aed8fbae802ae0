import type { Race, Rival } from "../checks/races.ts";
import { importEdits, localName } from "../extraction/imports.ts";
import { indentAt, styleOf, type Style } from "../extraction/style.ts";
import type { Repair } from "../finding.ts";
import { contains, unwrap, type Node, type Statement } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { lockOf } from "./held-lock.ts";
import {
  endOf,
  indented,
  isReading,
  isStable,
  isUsedBehind,
  mayLeave,
  nodesIn,
  positionsOf,
  stateName,
  type LocalRace,
  type Position,
} from "./blocks.ts";

/** Whoever waits behind more lines than this waits for half the handler. */
const MOST_LINES = 30;

const RUNTIME = "eslint-plugin-run-async/runtime";

/** Statements that become one critical section. */
export interface Section {
  readonly statements: readonly [Statement, ...Statement[]];
  /** They reach to the end of the function, so that what they return is what it returns. */
  readonly isRest: boolean;
}

/** What runs the section: the lines in front of the statements and behind them. */
export interface Runner {
  readonly name: string;
  readonly head: readonly string[];
  readonly tail: readonly string[];
  /** The statements are the body of a callback: what they return, the call gives. */
  readonly isCallback: boolean;
  readonly imports: Repair["edits"];
}

/**
 * Runs everything from the read to the write in one critical section: of the lock that all other writers hold,
 * or, where the statements themselves are the only writers, of `sequential(key, ...)`.
 */
export function runInOneSection(race: LocalRace, rivals: Race["rivals"]): Repair | null {
  const { file, fn, hazard } = race;
  if (!fn.async || hazard.parallel || hazard.protection.length > 0) return null;
  const section = sectionOf(race);
  if (!section || linesOf(section, file) > MOST_LINES) return null;
  const style = styleOf(file);
  const others = rivals.filter((rival) => !isOfSection(rival, section, file));
  const runner =
    others.length > 0
      ? lockOf(others, race, style)
      : sequential(race, section.statements[0], style);
  if (!runner) return null;
  return {
    title: `Run the lines from the read to the write under ${runner.name}`,
    edits: [...runner.imports, wrapped(section, runner, file, style)],
  };
}

function linesOf({ statements }: Section, file: SourceFile): number {
  const [start] = statements[0].range;
  return file.position(endOf(statements)).line - file.position(start).line + 1;
}

function isOfSection({ write }: Rival, { statements }: Section, file: SourceFile): boolean {
  return (
    write !== null &&
    [write.site, ...write.chain].some(
      (site) => site.file === file && statements.some((one) => contains(one, site.node)),
    )
  );
}

function sequential(race: LocalRace, first: Statement, style: Style): Runner | null {
  const { file } = race;
  const local = localName("sequential", RUNTIME, file);
  if (local === null && /\bsequential\b/.test(file.text)) return null;
  const name = local ?? "sequential";
  const key = keyOf(race, first, style);
  return {
    name: `\`${name}(${key}, ...)\``,
    head: [`${name}(${key}, async () => {`],
    tail: ["})"],
    isCallback: true,
    imports:
      local === null ? importEdits([{ name, from: RUNTIME, isType: false }], file, style) : [],
  };
}

export function sectionOf(race: LocalRace): Section | null {
  const { file, fn, hazard } = race;
  const position = commonPosition(race);
  if (!position) return null;
  const { list, holder } = position;
  const last = list.findIndex((statement) => contains(statement, hazard.site.node));
  const [first, ...others] = list.slice(position.index, last + 1);
  if (!first) return null;
  const statements = [first, ...others] as const;
  if (statements.some(usesFunctionsOwn)) return null;
  if (!statements.some(mayLeave) && !isUsedBehind(statements, endOf(statements), file))
    return { statements, isRest: false };
  if (holder !== fn.body) return null;
  const rest = [first, ...list.slice(position.index + 1)] as const;
  return rest.some(usesFunctionsOwn) || rest.some(breaksOut)
    ? null
    : { statements: rest, isRest: true };
}

/** The innermost list with both, at the statement of the read. */
function commonPosition(race: LocalRace): Position | null {
  const { read, site } = race.hazard;
  return (
    positionsOf(read.site.node, race).find(({ holder }) => contains(holder, site.node)) ?? null
  );
}

/** `yield`, `arguments` and labels mean something else in a callback. */
function usesFunctionsOwn(statement: Statement): boolean {
  for (const inner of nodesIn(statement))
    if (
      inner.type === "YieldExpression" ||
      inner.type === "LabeledStatement" ||
      (inner.type === "Identifier" && inner.name === "arguments") ||
      inner.type === "Super"
    )
      return true;
  return false;
}

/** Leaves for a loop or a switch around the statement; in the function's own list there is none. */
function breaksOut(statement: Statement): boolean {
  return statement.type === "BreakStatement" || statement.type === "ContinueStatement";
}

function wrapped(
  { statements, isRest }: Section,
  { head, tail, isCallback }: Runner,
  file: SourceFile,
  style: Style,
): Repair["edits"][number] {
  const [start] = statements[0].range;
  const end = endOf(statements);
  const outer = indentAt(file.text, start);
  const givesValue = isRest && statements.some(returnsValue);
  const keyword = !isCallback ? "" : givesValue ? "return " : "await ";
  const newLine = style.newline + outer;
  return {
    start,
    end,
    text: [
      keyword + head.join(newLine),
      style.indent + indented(statements, [start, end], file, style),
      tail.join(newLine) + (isCallback ? style.end : ""),
    ].join(newLine),
  };
}

export function returnsValue(statement: Statement): boolean {
  for (const inner of nodesIn(statement))
    if (inner.type === "ReturnStatement" && inner.argument) return true;
  return false;
}

/** The state's name, with the key of the entry where read and write have the same and it is known by then. */
function keyOf(race: LocalRace, first: Statement, style: Style): string {
  const { file, hazard } = race;
  const state = stateName(hazard.read.site.node, file);
  const name = state.replace(/^this\.#?/, "");
  const entry = entryOf(hazard.read.site.node);
  const plain = name.replace(/[^\w$.]+/g, "-");
  const written = entryOf(hazard.site.node);
  const isOneEntry = entry && written && file.textOf(entry) === file.textOf(written);
  if (!isOneEntry || !isKnownBefore(entry, first, file))
    return `${style.quote}${plain}${style.quote}`;
  return `\`${plain}:\${${file.textOf(entry)}}\``;
}

/** `id` for `counts.get(id)`, `counts[id]` and `counts[id] = 1`. */
function entryOf(access: Node): Node | null {
  const inner = unwrap(access);
  if (inner.type === "AssignmentExpression") return entryOf(inner.left);
  if (inner.type === "UpdateExpression") return entryOf(inner.argument);
  if (inner.type === "MemberExpression") return inner.computed ? inner.property : null;
  return inner.type === "CallExpression" ? (inner.arguments[0] ?? null) : null;
}

function isKnownBefore(entry: Node, first: Statement, file: SourceFile): boolean {
  if (!isReading(entry) || !isStable(entry, file, "")) return false;
  for (const inner of nodesIn(entry)) {
    const variable = inner.type === "Identifier" ? file.variableOf(inner) : null;
    if (variable?.identifiers.some((identifier) => identifier.range[0] >= first.range[0]))
      return false;
  }
  return true;
}
