import type { TSESTree } from "@typescript-eslint/types";
import { lookup } from "../../models/lookup.ts";
import type { PassedLock } from "../../models/store-model.ts";
import { styleOf } from "../extraction/style.ts";
import type { Repair, TextEdit } from "../finding.ts";
import { childrenOf, memberName, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { freeName, nodesIn } from "./blocks.ts";
import type { Section } from "./one-section.ts";
import {
  framed,
  keywordOf,
  LOCK_IN_TRANSACTION,
  LOCK_WHEN_READ,
  waitsOnlyFor,
  type StoreSection,
} from "./transaction-section.ts";

/**
 * Stores whose reads lock by an option: `User.findOne({ where, lock: t.LOCK.UPDATE, transaction: t })`, or
 * `manager.withRepository(users).findOne({ where, lock: { mode: "pessimistic_write" } })`.
 */
export function lockByOption(place: StoreSection, form: PassedLock): Repair | null {
  const { race, section, read, write } = place;
  const { file } = race;
  const table = tableOf(read);
  if (!table) return null;
  const name = freeName(form.handle, file);
  const own = ownCalls(section, table, file);
  if (!own.includes(read) || !own.includes(write)) return null;
  const option = form.passes?.option;
  const open = option === undefined ? null : passed(read, option);
  if (open && option !== undefined) {
    const edits = lockOption(read, form, open.name, file);
    const isShared = passed(write, option)?.name === open.name;
    return edits && isShared ? { title: LOCK_WHEN_READ, edits } : null;
  }
  const lock = lockOption(read, form, name, file);
  const others = form.passes
    ? passedTo(own, read, form.passes, name)
    : renamedTable(section, table, form, name, file);
  const isAllOwn = waitsOnlyFor(section, (call) => own.includes(call));
  const begin = beginOf(table, form, file);
  if (!lock || !others || !isAllOwn) return null;
  return {
    title: LOCK_IN_TRANSACTION,
    edits: framed(
      section,
      [`${keywordOf(section)} ${begin}.transaction(async (${name}) => {`],
      [`})${styleOf(file).end}`],
      race,
      [...lock, ...others],
    ),
  };
}

/** `User` of `User.findOne(...)`, `this.users` of `this.users.findOneBy(...)`. */
function tableOf(call: TSESTree.CallExpression): Node | null {
  const callee = unwrap(call.callee);
  const object = callee.type === "MemberExpression" ? unwrap(callee.object) : null;
  const isPlain =
    object?.type === "Identifier" ||
    (object?.type === "MemberExpression" &&
      !object.computed &&
      /^(?:Identifier|ThisExpression)$/.test(unwrap(object.object).type));
  return isPlain ? object : null;
}

/** Calls of the table, and of the rows that it gave. */
function ownCalls(
  { statements }: Section,
  table: Node,
  file: SourceFile,
): TSESTree.CallExpression[] {
  const own: TSESTree.CallExpression[] = [];
  for (const statement of statements)
    for (const node of nodesIn(statement)) {
      if (node.type !== "CallExpression") continue;
      const object = tableOf(node);
      if (!object) continue;
      if (file.textOf(object) === file.textOf(table) || isRow(object, own, file)) own.push(node);
    }
  return own;
}

/** `user` of `const user = await User.findOne(...)`. */
function isRow(object: Node, reads: readonly Node[], file: SourceFile): boolean {
  const declarator =
    object.type === "Identifier" ? file.variableOf(object)?.defs[0]?.node : undefined;
  if (declarator?.type !== "VariableDeclarator" || !declarator.init) return false;
  const init = unwrap(declarator.init);
  return init.type === "AwaitExpression" && reads.includes(unwrap(init.argument));
}

/** What begins the transaction: the module's own connection, or the table's. */
function beginOf(table: Node, { connection }: PassedLock, file: SourceFile): string {
  const text = file.textOf(table);
  if (isConnection(table, connection, file)) return text;
  const isKnown = file.scopes.scopes.some(
    ({ type, set }) => type === "module" && set.has(connection),
  );
  if (isKnown) return connection;
  // The class of a table may not know its connection yet, say the types; a repository always has its manager.
  const isDoubtful = table.type === "Identifier" && /^[A-Z]/.test(table.name);
  return `${text}.${connection}${isDoubtful && /\.[cm]?tsx?$/.test(file.path) ? "!" : ""}`;
}

function isConnection(table: Node, connection: string, file: SourceFile): boolean {
  const text = file.textOf(table);
  return text === connection || text.endsWith(`.${connection}`);
}

/** The option in the read's options, or around its bare filter. */
function lockOption(
  read: TSESTree.CallExpression,
  { reads, filtered, lock, passes, connection }: PassedLock,
  name: string,
  file: SourceFile,
): TextEdit[] | null {
  const method = memberName(read.callee);
  const table = tableOf(read);
  // A manager of all tables is told which one first.
  const shift = table && isConnection(table, connection, file) ? 1 : 0;
  const isPassed = passes !== undefined && passed(read, passes.option) !== null;
  const text = [
    lock.replaceAll("$", name),
    ...(passes && !isPassed ? [entry(passes.option, name)] : []),
  ].join(", ");
  const withOptions = lookup(filtered, method);
  const callee = unwrap(read.callee);
  if (withOptions !== undefined && callee.type === "MemberExpression") {
    const filter = read.arguments[shift];
    if (read.arguments.length !== shift + 1 || !filter || filter.type === "SpreadElement")
      return null;
    const [from, to] = callee.property.range;
    return [
      { start: from, end: to, text: withOptions },
      { start: filter.range[0], end: filter.range[0], text: "{ where: " },
      { start: filter.range[1], end: filter.range[1], text: `, ${text} }` },
    ];
  }
  const index = lookup(reads, method);
  return index === undefined ? null : optionAt(read, index + shift, text);
}

function entry(option: string, name: string): string {
  return option === name ? option : `${option}: ${name}`;
}

/** Adds to the options that stand at an argument, or stands for them. */
function optionAt(call: TSESTree.CallExpression, index: number, text: string): TextEdit[] | null {
  const options = call.arguments[index];
  if (!options) {
    const last = call.arguments.at(-1);
    if (call.arguments.length !== index) return null;
    const at = last ? last.range[1] : call.range[1] - 1;
    return [{ start: at, end: at, text: last ? `, { ${text} }` : `{ ${text} }` }];
  }
  const last = options.type === "ObjectExpression" ? options.properties.at(-1) : undefined;
  return last ? [{ start: last.range[1], end: last.range[1], text: `, ${text}` }] : null;
}

/** The other calls of the section get the transaction; null where one cannot. */
function passedTo(
  calls: readonly TSESTree.CallExpression[],
  read: TSESTree.CallExpression,
  { option, arguments: positions }: NonNullable<PassedLock["passes"]>,
  name: string,
): TextEdit[] | null {
  const edits: TextEdit[] = [];
  for (const call of calls) {
    if (call === read) continue;
    const index = lookup(positions, memberName(call.callee));
    // `user.toJSON()` asks the store for nothing.
    if (index === undefined) continue;
    const added = optionAt(call, index, entry(option, name));
    if (!added || passed(call, option)) return null;
    edits.push(...added);
  }
  return edits;
}

/** The transaction that a call's options pass already. */
function passed(call: TSESTree.CallExpression, option: string): TSESTree.Identifier | null {
  for (const argument of call.arguments)
    if (argument.type === "ObjectExpression")
      for (const property of argument.properties)
        if (
          property.type === "Property" &&
          propertyName(property) === option &&
          property.value.type === "Identifier"
        )
          return property.value;
  return null;
}

/** Each mention of the table becomes the table inside the transaction. */
function renamedTable(
  { statements }: Section,
  table: Node,
  form: PassedLock,
  name: string,
  file: SourceFile,
): TextEdit[] | null {
  const text = file.textOf(table);
  const inside = isConnection(table, form.connection, file)
    ? name
    : form.table?.replaceAll("$", name).replaceAll("#", text);
  if (inside === undefined) return null;
  const edits: TextEdit[] = [];
  const visit = (node: Node): void => {
    if (node.type === table.type && file.textOf(node) === text)
      edits.push({ start: node.range[0], end: node.range[1], text: inside });
    else for (const child of childrenOf(node)) visit(child);
  };
  for (const statement of statements) visit(statement);
  return edits;
}
