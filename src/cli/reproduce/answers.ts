import type { Race } from "../../analysis/checks/races.ts";
import type { ProjectWorld } from "../../analysis/project/world.ts";
import {
  childrenOf,
  isFunction,
  memberName,
  namedProperties,
  propertyName,
  unwrap,
  type CallLike,
  type Node,
} from "../../analysis/syntax/ast.ts";
import type { Site, SourceFile } from "../../analysis/syntax/source-file.ts";
import { lastPart } from "../../analysis/syntax/text.ts";
import { stubLabel } from "./labels.ts";

/** What the test's stubs answer, as source text. */
export interface StubAnswers {
  /** Declarations that the entries share. */
  readonly declarations: readonly string[];
  /** Label and expression. */
  readonly entries: readonly (readonly [label: string, text: string])[];
  readonly usesTable: boolean;
  readonly gaps: readonly string[];
}

const NONE: StubAnswers = { declarations: [], entries: [], usesTable: false, gaps: [] };

/** The answers without which the handler would not come to the late write, or without which it would be no update. */
export function stubAnswers(race: Race, world: ProjectWorld): StubAnswers {
  const { hazard } = race;
  if (hazard.read.place.root.kind === "store") return ofStore(race, world);
  const call = callIn(hazard.suspension.site.node);
  const label = call && stubLabel(call.callee, hazard.suspension.site.file, world.shapes);
  if (!label) return NONE;
  if (hazard.parallel)
    return {
      ...NONE,
      entries: [[label, "(key) => Number(key)"]],
      gaps: [`what ${label} answers: the number of its argument here, so that answers differ`],
    };
  if (isInCatch(hazard.site))
    return {
      ...NONE,
      entries: [[label, `new Error("${label} fails")`]],
      gaps: [`how ${label} fails: the late write is in a catch block`],
    };
  return NONE;
}

/** The store that the race is about: rows in memory where its calls are known, else a flag for what was done. */
function ofStore({ hazard }: Race, world: ProjectWorld): StubAnswers {
  const read = callIn(hazard.read.site.node);
  const write = callIn(hazard.chain.at(-1)?.node ?? hazard.site.node);
  const file = hazard.read.site.file;
  const label = read && stubLabel(read.callee, file, world.shapes);
  if (!read || label === null) return { ...NONE, gaps: ["what the store answers"] };
  if (label.includes(".") && TABLE_READS.test(lastPart(label))) {
    const column = hazard.read.place.path.find((step) => step.kind === "field")?.name ?? null;
    const isAbsent = hazard.outcome === "absent" && column === null;
    const row = isAbsent ? "" : `{ ${columnsOf(column, read, hazard.site, file)} }`;
    const unique = isAbsent ? conditionColumns(read) : [];
    const options = unique.length === 0 ? "" : `, { unique: ${JSON.stringify(unique)} }`;
    const table = label.slice(0, label.lastIndexOf("."));
    return {
      ...NONE,
      entries: [[table, `memoryTable([${row}]${options})`]],
      usesTable: true,
      gaps: [
        isAbsent
          ? `the rows of ${table}, and whether ${unique.join(", ")} is unique in the store`
          : `the row of ${table}: columns that it does not have match every condition`,
      ],
    };
  }
  const writeLabel = write && stubLabel(write.callee, hazard.site.file, world.shapes);
  if (!writeLabel || hazard.kind !== "check-then-act")
    return { ...NONE, gaps: [`what ${label} answers before and after the write`] };
  const isList = loopOver(read, file) !== null;
  const row = `{ ${fieldsOf(read, file)
    .map((name) => `${name}: ${valueOf(name)}`)
    .join(", ")} }`;
  const before = hazard.outcome === "absent" ? (isList ? "[]" : "null") : isList ? `[${row}]` : row;
  const after = hazard.outcome === "absent" ? (isList ? `[${row}]` : row) : isList ? "[]" : "null";
  return {
    ...NONE,
    declarations: ["let isDone = false;"],
    entries: [
      [label, `() => (isDone ? ${after} : ${before})`],
      [writeLabel, "() => void (isDone = true)"],
    ],
    gaps: [`that ${writeLabel} is what changes the answer of ${label}, and what it answers`],
  };
}

/** Methods by which `memoryTable` is read. */
const TABLE_READS = /^(?:find\w*|get|count)$/;

/** The columns of the row in question: the one that is checked, so that the check lets both in once. */
function columnsOf(column: string | null, read: CallLike, site: Site, file: SourceFile): string {
  const names = fieldsOf(read, file).filter((name) => name !== column);
  const keys = names.filter((name) => /^id$|Id$|_id$/.test(name));
  const texts = keys.map((name) => `${name}: 1`);
  if (column !== null) texts.push(`${column}: ${limitOf(column, site) ?? "100"}`);
  return texts.join(", ");
}

/** What a column has to be for one activation only: the number it is compared with, or false where it is a flag. */
function limitOf(column: string, { file, node }: Site): string | null {
  const around = file.enclosing(node);
  let found: string | null = null;
  const isColumn = (side: Node): boolean => memberName(side) === column;
  const visit = (inner: Node): void => {
    if (inner.type === "BinaryExpression" && /^[<>]=?$/.test(inner.operator)) {
      const other = isColumn(inner.left) ? inner.right : isColumn(inner.right) ? inner.left : null;
      const literal = other && unwrap(other);
      if (literal?.type === "Literal" && typeof literal.value === "number")
        found ??= literal.value === 0 ? "1" : literal.raw;
    } else if (inner.type === "IfStatement" && testsTruth(inner.test, isColumn)) found ??= "false";
    for (const child of childrenOf(inner)) visit(child);
  };
  visit(isFunction(around) ? around.body : around);
  return found;
}

function testsTruth(test: Node, isColumn: (node: Node) => boolean): boolean {
  const node = unwrap(test);
  if (node.type === "LogicalExpression")
    return testsTruth(node.left, isColumn) || testsTruth(node.right, isColumn);
  return isColumn(node);
}

/** The columns that a query asks for by value: `{ where: { nick } }`, `{ code: ... }`. */
function conditionColumns(read: CallLike): string[] {
  const [first] = read.arguments;
  if (first?.type !== "ObjectExpression") return [];
  const properties = namedProperties(first);
  const where = properties.find(({ name }) => name === "where")?.value;
  const conditions = where?.type === "ObjectExpression" ? namedProperties(where) : properties;
  return conditions.map(({ name }) => name);
}

/** The fields of what was read that the code looks at. */
function fieldsOf(read: CallLike, file: SourceFile): string[] {
  const name = loopOver(read, file) ?? variableFor(read, file);
  if (name === null) return [];
  const fields = new Set<string>();
  const around = file.enclosing(read);
  const visit = (node: Node): void => {
    if (
      node.type === "MemberExpression" &&
      node.object.type === "Identifier" &&
      node.object.name === name
    ) {
      const field = propertyName(node);
      const parent = file.parentOf(node);
      const isCalled = parent?.type === "CallExpression" && parent.callee === node;
      if (field !== null && !isCalled) fields.add(field);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(isFunction(around) ? around.body : around);
  return [...fields];
}

/** The variable of the loop over what was read, or null where there is none. */
function loopOver(read: CallLike, file: SourceFile): string | null {
  const list = variableFor(read, file);
  let found: string | null = null;
  const visit = (node: Node): void => {
    if (node.type === "ForOfStatement" && node.left.type === "VariableDeclaration") {
      const right = unwrap(node.right);
      const source = right.type === "AwaitExpression" ? unwrap(right.argument) : right;
      const id = node.left.declarations[0].id;
      const isThis =
        source === read || (source.type === "Identifier" && list !== null && source.name === list);
      if (isThis && id.type === "Identifier") found ??= id.name;
    }
    for (const child of childrenOf(node)) visit(child);
  };
  const around = file.enclosing(read);
  visit(isFunction(around) ? around.body : around);
  return found;
}

function variableFor(read: CallLike, file: SourceFile): string | null {
  const parent = file.parentOf(read);
  const declarator = parent?.type === "AwaitExpression" ? file.parentOf(parent) : parent;
  return declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier"
    ? declarator.id.name
    : null;
}

function valueOf(name: string): string {
  return /id$/i.test(name) ? "1" : JSON.stringify(name);
}

function callIn(node: Node): CallLike | null {
  const inner = unwrap(node);
  if (inner.type === "AwaitExpression") return callIn(inner.argument);
  return inner.type === "CallExpression" || inner.type === "NewExpression" ? inner : null;
}

function isInCatch({ file, node }: Site): boolean {
  for (let inner: Node | null = node; inner && !isFunction(inner); inner = file.parentOf(inner))
    if (inner.type === "CatchClause") return true;
  return false;
}
