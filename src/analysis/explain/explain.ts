import { describePlace } from "../flow/place.ts";
import { summarise } from "../flow/summarise.ts";
import type { Event, Summary } from "../flow/summary.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { ProjectWorld } from "../project/world.ts";
import { dottedName, unwrap, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { localStateUsedLater } from "./local-state.ts";
import { RecordingFrame } from "./recording-frame.ts";
import { rowAt, rowsOf, type Row } from "./rows.ts";
import type { SharedState } from "./shared-state.ts";

/**
 * Why a statement has to run in order, after python-telegram-bot's guide on performance: 1 it modifies shared
 * state, 2 it reads shared state and relies on it, 3 it modifies local state that is used later.
 */
export type Criterion = 1 | 2 | 3;

export interface ExplainedStatement {
  readonly node: Node;
  /** 1-based. */
  readonly line: number;
  /** Of the statement, or of the head of a compound one: one line, blanks made one. */
  readonly text: string;
  /** How many compound statements are around it. */
  readonly depth: number;
  readonly criteria: readonly Criterion[];
  /** The first and the last segment that it runs in, counted from 1 in source order. */
  readonly segments: readonly [number, number];
  /** Shared state, in words. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Local variables that it sets or changes and that are used later. */
  readonly sets: readonly string[];
  readonly sends: readonly string[];
  /** It meets no criterion, only logs or sends, and decides nothing: it could be a task of its own. */
  readonly mayRunAsync: boolean;
}

export interface Explanation {
  readonly name: string;
  readonly fn: FunctionNode;
  readonly file: SourceFile;
  /** 1-based. */
  readonly line: number;
  /** How the outside calls it; null where nothing in the project registers it. */
  readonly root: ActivationRoot | null;
  readonly statements: readonly ExplainedStatement[];
  readonly summary: Summary;
}

/** Says of each statement of a function whether it has to run in order, and why. */
export function explain(
  world: ProjectWorld,
  shared: SharedState,
  target: { fn: FunctionNode; file: SourceFile; name: string; root: ActivationRoot | null },
): Explanation {
  const { fn, file, name, root } = target;
  const frame = new RecordingFrame(world, fn, file);
  const summary = summarise(world, fn, file, frame);
  const rows = rowsOf(fn);
  const eventsOf = groupByRow(rows, file, frame.recorded);
  const suspending = new Set(frame.suspensions.map((node) => rowAt(rows, node.range[0])));
  let segment = 1;
  const statements = rows.map((row): ExplainedStatement => {
    const first = segment;
    if (suspending.has(row)) segment += 1;
    const events = eventsOf.get(row) ?? [];
    const isLog = isLogStatement(row.node);
    const writes = words(events, (event) => {
      if (event.kind !== "write" && event.kind !== "save") return null;
      return shared.placeFor(event.place, root);
    });
    const reads = words(events, (event) => {
      // Nobody reads a log back, so nobody relies on what it says.
      if (event.kind !== "read" || isLog || isUnusedResult(event, row.node)) return null;
      const place = shared.placeFor(event.place, root);
      return place && shared.changes(event, place, summary) ? place : null;
    });
    const sends = events.flatMap((event) => (event.kind === "effect" ? [event.name] : []));
    const sets = localStateUsedLater(row, fn, file);
    const criteria: Criterion[] = [];
    if (writes.length > 0) criteria.push(1);
    if (reads.length > 0) criteria.push(2);
    if (sets.length > 0) criteria.push(3);
    return {
      node: row.node,
      line: file.lineOf(row.node),
      text: textOf(row, file),
      depth: row.depth,
      criteria,
      segments: [first, segment],
      reads,
      writes,
      sets,
      sends: [...new Set(sends)],
      mayRunAsync:
        criteria.length === 0 &&
        row.node.type === "ExpressionStatement" &&
        (isLog || sends.length > 0),
    };
  });
  return { name, fn, file, line: file.lineOf(fn), root, statements, summary };
}

function groupByRow(
  rows: readonly Row[],
  file: SourceFile,
  events: readonly Event[],
): Map<Row, Event[]> {
  const groups = new Map<Row, Event[]>();
  for (const event of events) {
    const site = event.chain[0] ?? event.site;
    const row = site.file === file ? rowAt(rows, site.node.range[0]) : null;
    if (!row) continue;
    const group = groups.get(row);
    if (group) group.push(event);
    else groups.set(row, [event]);
  }
  return groups;
}

function words(
  events: readonly Event[],
  placeOf: (event: Event) => Parameters<typeof describePlace>[0] | null,
): string[] {
  const places = events.flatMap((event) => placeOf(event) ?? []);
  return [...new Set(places.map(describePlace))];
}

/** `counts.delete(id);` says whether there was an entry, and nobody asked. */
function isUnusedResult({ site }: Event, statement: Node): boolean {
  if (statement.type !== "ExpressionStatement") return false;
  const expression = unwrap(statement.expression);
  return site.node === expression && expression.type === "CallExpression";
}

/** Methods that write to a log, by the names that loggers share. */
const LOGS = /(?:^|\.)(?:log|debug|info|warn|error|trace|verbose)$/;

/** `console.log(...);`, `await logger.info(...);` */
export function isLogStatement(node: Node): boolean {
  if (node.type !== "ExpressionStatement") return false;
  const expression = unwrap(node.expression);
  const call = expression.type === "AwaitExpression" ? unwrap(expression.argument) : expression;
  return call.type === "CallExpression" && LOGS.test(dottedName(call.callee));
}

function textOf(row: Row, file: SourceFile): string {
  const text = file.text.slice(row.node.range[0], row.end);
  return text.replace(/\s+/g, " ").trim();
}
