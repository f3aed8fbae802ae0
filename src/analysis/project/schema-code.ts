import type { TSESTree } from "@typescript-eslint/types";
import {
  childrenOf,
  dottedName,
  isFunction,
  isTrue,
  memberName,
  namedProperties,
  propertyName,
  stringValue,
  unwrap,
  type ClassNode,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { lastPart } from "../syntax/text.ts";
import { moduleRecordOf } from "./module-record.ts";
import { addTable, type Schema } from "./schemas.ts";
import { constantObject } from "./store-arguments.ts";
import { optionOf } from "./store-chain.ts";

/** Where what an expression stands for was made, be it in another file. */
type Makers = (node: Node, file: SourceFile) => readonly Site[];

/** Adds what one file declares, by the id of the store's model. */
export function codeSchema(
  file: SourceFile,
  schemas: Map<string, Schema>,
  makersOf: Makers = () => [],
): void {
  const packages = moduleRecordOf(file).specifiers.join(" ");
  const schemaOf = (id: string): Schema => {
    const schema = schemas.get(id) ?? new Map<string, string[][]>();
    schemas.set(id, schema);
    return schema;
  };
  if (/\b(?:ts-)?mongoose\b|typegoose/.test(packages))
    mongooseTables(file, schemaOf("mongoose"), makersOf);
  mongodbTables(file, schemaOf);
  if (/\btypeorm\b/.test(packages))
    for (const cls of file.classes) typeormTable(cls, schemaOf("typeorm"));
  if (/\bsequelize\b/.test(packages)) sequelizeTables(file, schemaOf("sequelize"));
  if (/\bdrizzle-orm\b/.test(packages)) drizzleTables(file, schemaOf("drizzle"));
}

/** `new Schema({ id: { unique: true } })`, `schema.index({ a: 1, b: 1 }, { unique: true })`, `model("User", schema)`. */
function mongooseTables(file: SourceFile, schema: Schema, makersOf: Makers): void {
  for (const call of file.calls) {
    const method = lastPart(dottedName(call.callee));
    const table = stringValue(call.arguments[0]);
    if (!/^(?:model|typedModel)$/.test(method) || table === null) continue;
    const given = call.arguments[1] && unwrap(call.arguments[1]);
    if (!given) continue;
    const [made] = schemaFields(given, file) ? [{ node: given, file }] : makersOf(given, file);
    const fields = made && schemaFields(made.node, made.file);
    if (!fields) continue;
    const unique = namedProperties(fields)
      .filter(({ value }) => isUniqueField(value))
      .map(({ name }) => [name]);
    addTable(schema, table, [...unique, ...(mongooseIndexes(made.file).get(nameOf(made)) ?? [])]);
  }
}

/** `{ type: String, unique: true }`, `Type.string({ unique: true })`. */
function isUniqueField(value: Node): boolean {
  const inner = unwrap(value);
  const options = inner.type === "CallExpression" ? inner.arguments[0] : inner;
  return isTrue(optionOf(options, "unique"));
}

/** What the code calls a schema: by its variable, where it stands beside one. */
function nameOf({ node, file }: Site): string {
  const declarator = file.parentOf(node);
  return dottedName(declarator?.type === "VariableDeclarator" ? declarator.id : node);
}

/** Unique keys over several columns, by the name of their schema. */
function mongooseIndexes(file: SourceFile): Map<string, string[][]> {
  const indexes = new Map<string, string[][]>();
  for (const { of, columns } of uniqueIndexes(file, "index")) {
    const name = dottedName(of);
    indexes.set(name, [...(indexes.get(name) ?? []), columns]);
  }
  return indexes;
}

/** `db.collection("users").createIndex({ tag: 1 }, { unique: true })`, mostly in code that sets the database up. */
function mongodbTables(file: SourceFile, schemaOf: (id: string) => Schema): void {
  for (const { of, columns } of uniqueIndexes(file, "createIndex")) {
    const call = constantObject(of, file);
    const name = call.type === "CallExpression" ? stringValue(call.arguments[0]) : null;
    if (call.type === "CallExpression" && memberName(call.callee) === "collection" && name !== null)
      addTable(schemaOf("mongodb"), name, [columns]);
  }
}

/** Calls that declare a unique index, what they are called on, and the columns. */
function uniqueIndexes(file: SourceFile, method: string): { of: Node; columns: string[] }[] {
  return file.calls.flatMap((call) => {
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression" || memberName(callee) !== method) return [];
    const [columns, options] = call.arguments;
    if (columns?.type !== "ObjectExpression" || !isTrue(optionOf(options, "unique"))) return [];
    // An index over a part of the rows keeps nothing apart outside it.
    if (optionOf(options, "partialFilterExpression")) return [];
    return [{ of: callee.object, columns: namedProperties(columns).map(({ name }) => name) }];
  });
}

function schemaFields(given: Node, file: SourceFile): TSESTree.ObjectExpression | null {
  const inner = unwrap(given);
  if (inner.type === "NewExpression" || inner.type === "CallExpression") {
    const first = inner.arguments[0] && unwrap(inner.arguments[0]);
    if (first?.type === "Identifier") return schemaFields(first, file);
    return first?.type === "ObjectExpression" ? first : null;
  }
  if (inner.type === "ObjectExpression") return inner;
  if (inner.type !== "Identifier") return null;
  const declarator = file.variableOf(inner)?.defs[0]?.node;
  return declarator?.type === "VariableDeclarator" && declarator.init
    ? schemaFields(declarator.init, file)
    : null;
}

/** `@Entity() class User { @PrimaryColumn() id; @Column({ unique: true }) tgId }`, `@Unique(["a", "b"])`. */
function typeormTable(cls: ClassNode, schema: Schema): void {
  const decorators = cls.decorators.map(decoratorCall);
  const entity = decorators.find((decorator) =>
    /^(?:Entity|ViewEntity|ChildEntity)$/.test(decorator?.name ?? ""),
  );
  if (!entity || !cls.id) return;
  const keys: string[][] = [];
  for (const decorator of decorators)
    if (
      decorator?.name === "Unique" ||
      (decorator?.name === "Index" && decorator.args.some((arg) => isTrue(optionOf(arg, "unique"))))
    )
      for (const arg of decorator.args)
        if (arg.type === "ArrayExpression")
          keys.push(arg.elements.flatMap((item) => stringValue(item) ?? []));
  for (const member of cls.body.body) {
    if (member.type !== "PropertyDefinition") continue;
    const name = propertyName(member);
    if (name === null) continue;
    for (const decorator of member.decorators.map(decoratorCall)) {
      const isUnique = decorator?.args.some((arg) => isTrue(optionOf(arg, "unique"))) ?? false;
      if (decorator && (/^Primary/.test(decorator.name) || isUnique)) keys.push([name]);
    }
  }
  addTable(schema, cls.id.name, keys);
}

function decoratorCall(decorator: TSESTree.Decorator): { name: string; args: Node[] } | null {
  const inner = decorator.expression;
  if (inner.type !== "CallExpression") return null;
  return { name: dottedName(inner.callee), args: inner.arguments };
}

/** `sequelize.define("User", { id: { unique: true } }, { indexes })`, `User.init({...})`. */
function sequelizeTables(file: SourceFile, schema: Schema): void {
  for (const call of file.calls) {
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression") continue;
    const method = propertyName(callee);
    const isDefine = method === "define";
    if (!isDefine && method !== "init") continue;
    const table = isDefine ? stringValue(call.arguments[0]) : dottedName(callee.object);
    const fields = call.arguments[isDefine ? 1 : 0];
    if (table === null || fields?.type !== "ObjectExpression") continue;
    const keys = namedProperties(fields)
      .filter(
        ({ value }) => isTruthyOption(value, "unique") || isTrue(optionOf(value, "primaryKey")),
      )
      .map(({ name }) => [name]);
    const indexes = optionOf(call.arguments[isDefine ? 2 : 1], "indexes");
    if (indexes?.type === "ArrayExpression")
      for (const index of indexes.elements) {
        if (!index || !isTrue(optionOf(index, "unique"))) continue;
        const columns = optionOf(index, "fields");
        if (columns?.type === "ArrayExpression")
          keys.push(columns.elements.flatMap((item) => stringValue(item) ?? []));
      }
    addTable(schema, table, keys);
  }
}

/** `pgTable("users", { id: serial().primaryKey(), tg: bigint().unique() }, (t) => [uniqueIndex().on(t.a)])`. */
function drizzleTables(file: SourceFile, schema: Schema): void {
  for (const call of file.calls) {
    if (!/^(?:pg|mysql|sqlite)Table$/.test(dottedName(call.callee))) continue;
    const fields = call.arguments[1];
    const declarator = file.parentOf(call);
    const name =
      declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier"
        ? declarator.id.name
        : stringValue(call.arguments[0]);
    if (name === null || fields?.type !== "ObjectExpression") continue;
    const keys = namedProperties(fields)
      .filter(({ value }) => /\.(?:primaryKey|unique)\(/.test(file.textOf(value)))
      .map(({ name }) => [name]);
    const extra = call.arguments[2];
    if (isFunction(extra)) keys.push(...compoundKeys(extra));
    addTable(schema, name, keys);
  }
}

function compoundKeys(extra: Node): string[][] {
  const keys: string[][] = [];
  const visit = (node: Node): void => {
    if (node.type === "CallExpression") {
      const name = dottedName(node.callee);
      if (/(?:^|\.)on$/.test(name) && /unique/i.test(calleeText(node)))
        keys.push(columnNames(node.arguments));
      const columns = /(?:^|\.)primaryKey$/.test(name)
        ? optionOf(node.arguments[0], "columns")
        : null;
      if (columns?.type === "ArrayExpression") keys.push(columnNames(columns.elements));
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(extra);
  return keys;
}

function calleeText(call: TSESTree.CallExpression): string {
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return "";
  const object = unwrap(callee.object);
  return object.type === "CallExpression" ? dottedName(object.callee) : "";
}

/** The columns that members name: `[t.chat, t.user]`. */
function columnNames(nodes: readonly (Node | null)[]): string[] {
  return nodes.flatMap((node) => (node ? memberName(node) || [] : []));
}

function isTruthyOption(value: Node, name: string): boolean {
  const option = optionOf(value, name);
  return option !== null && !(option.type === "Literal" && !option.value);
}
