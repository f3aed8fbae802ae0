import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import {
  namedProperties,
  propertyName,
  stringValue,
  unwrap,
  type NamedProperty,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { moduleRecordOf } from "./module-record.ts";
import type { Project } from "./project.ts";

const FILLERS: Readonly<Record<string, number>> = {
  set: 1,
  push: 0,
  add: 0,
  unshift: 0,
  register: 0,
  addCommand: 0,
};

/**
 * What is put into tables: `commands.set(name, command)`, `handlers.push(fn)`, `routes[name] = fn`.
 * Keyed by the table's last name, because a table is mostly reached through another path than it was filled
 * (`client.commands` here, `this.commands` there). Only used to find what a dynamic call may call.
 */
export class Tables {
  readonly #project: Project;
  #entries: ReadonlyMap<string, readonly Site[]> | null = null;

  constructor(project: Project) {
    this.#project = project;
  }

  contentsOf(table: Node, file: SourceFile): readonly Site[] {
    const name = tableName(table, file);
    if (name === null) return [];
    const sites = this.#sites("content", name);
    return isOwn(table, file) ? sites.filter((site) => site.file === file) : sites;
  }

  /** Classes that say `implements NAME`. */
  implementersOf(name: string): readonly Site[] {
    return this.#sites("implementer", name);
  }

  /** Classes that say `extends NAME`. */
  extendersOf(name: string): readonly Site[] {
    return this.#sites("extender", name);
  }

  /** What is put under a name on an object of somebody else: `client.pay = pay`. */
  assignedTo(name: string): readonly Site[] {
    return this.#sites("assigned", name);
  }

  /** Some file has a new text. */
  refresh(): void {
    this.#entries = null;
  }

  #sites(kind: Entry["kind"], name: string): readonly Site[] {
    this.#entries ??= this.#project.provenance.apart(() => this.#index());
    return this.#entries.get(`${kind} ${name}`) ?? [];
  }

  #index(): Map<string, Site[]> {
    const index = new Map<string, Site[]>();
    for (const file of this.#project.files()) {
      for (const { kind, name, site } of entriesOf(file)) {
        const id = `${kind} ${name}`;
        const sites = index.get(id);
        if (sites) sites.push(site);
        else index.set(id, [site]);
      }
    }
    return index;
  }
}

/** What one line puts where. */
interface Entry {
  readonly kind: "content" | "implementer" | "extender" | "assigned";
  readonly name: string;
  readonly site: Site;
}

const known = new WeakMap<SourceFile, readonly Entry[]>();

function entriesOf(file: SourceFile): readonly Entry[] {
  let entries = known.get(file);
  if (!entries) known.set(file, (entries = [...filled(file), ...derived(file), ...assigned(file)]));
  return entries;
}

function* filled(file: SourceFile): Iterable<Entry> {
  for (const call of file.calls) {
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression") continue;
    for (const { name, value } of attachedBy(call, callee))
      if (!isPlainData(value)) yield { kind: "assigned", name, site: { file, node: value } };
    const filler = lookup(FILLERS, propertyName(callee) ?? undefined);
    const argument = filler === undefined ? undefined : call.arguments[filler];
    if (!argument || argument.type === "SpreadElement" || isPlainData(argument)) continue;
    const name = tableName(callee.object, file);
    if (name !== null) yield { kind: "content", name, site: { file, node: argument } };
  }
}

function* derived(file: SourceFile): Iterable<Entry> {
  for (const cls of file.classes) {
    const site = { file, node: cls };
    for (const { expression } of cls.implements)
      if (expression.type === "Identifier")
        yield { kind: "implementer", name: expression.name, site };
    if (cls.superClass?.type === "Identifier")
      yield { kind: "extender", name: cls.superClass.name, site };
  }
}

function* assigned(file: SourceFile): Iterable<Entry> {
  for (const { identifier } of file.scopes.references) {
    const member = file.parentOf(identifier);
    if (member?.type !== "MemberExpression" || member.object !== identifier) continue;
    const assignment = file.parentOf(member);
    if (assignment?.type !== "AssignmentExpression" || assignment.left !== member) continue;
    // `+=` makes a number or a text of it.
    if (!/^(?:\?\?|\|\||&&)?=$/.test(assignment.operator)) continue;
    if (isPlainData(assignment.right) || isModuleItself(identifier.name)) continue;
    const site = { file, node: assignment.right };
    const name = member.computed ? null : propertyName(member);
    if (member.computed) yield { kind: "content", name: identifier.name, site };
    else if (name !== null) yield { kind: "assigned", name, site };
  }
}

/** `exports.set = set` offers a function to other files, and gives no object a method. */
function isModuleItself(name: string): boolean {
  return name === "exports" || name === "module";
}

/** `Object.assign(ctx, { shop })` and `Object.defineProperty(ctx, "shop", { value: shop })`. */
function attachedBy(
  call: TSESTree.CallExpression | TSESTree.NewExpression,
  callee: TSESTree.MemberExpression,
): NamedProperty[] {
  if (callee.object.type !== "Identifier" || callee.object.name !== "Object") return [];
  const [target, ...given] = call.arguments;
  if (target?.type !== "Identifier") return [];
  switch (propertyName(callee)) {
    case "assign":
      return given.flatMap((source) => propertiesOf(source));
    case "defineProperty": {
      const [name, descriptor] = given;
      const value = propertiesOf(descriptor).find((property) => property.name === "value")?.value;
      const text = name && stringValue(name);
      return value && text ? [{ name: text, value }] : [];
    }
    default:
      return [];
  }
}

function propertiesOf(node: Node | undefined): NamedProperty[] {
  return node?.type === "ObjectExpression" ? namedProperties(node) : [];
}

/** A table that no other file can name: a private field, a variable that is not exported. */
function isOwn(table: Node, file: SourceFile): boolean {
  const inner = unwrap(table);
  if (inner.type === "MemberExpression" && inner.object.type === "ThisExpression") {
    if (inner.property.type === "PrivateIdentifier") return true;
    const owner = file.enclosing(inner);
    const cls = owner.type === "Program" ? null : file.classOf(owner);
    return cls?.body.body.some((member) => isPrivateField(member, propertyName(inner))) ?? false;
  }
  if (inner.type !== "Identifier") return false;
  const variable = file.variableOf(inner);
  const declarator = variable?.defs[0]?.node;
  if (!variable || declarator?.type !== "VariableDeclarator" || !declarator.init) return false;
  const init = unwrap(declarator.init);
  const isMadeHere = ["NewExpression", "ObjectExpression", "ArrayExpression"].includes(init.type);
  const { exports } = moduleRecordOf(file);
  return isMadeHere && !exports.has(variable.name) && !exports.has("module.exports");
}

function isPrivateField(member: TSESTree.ClassElement, name: string | null): boolean {
  return (
    member.type === "PropertyDefinition" &&
    member.accessibility === "private" &&
    propertyName(member) === name
  );
}

function isPlainData(node: Node): boolean {
  const inner = unwrap(node);
  return (
    inner.type === "Literal" ||
    inner.type === "TemplateLiteral" ||
    inner.type === "BinaryExpression" ||
    inner.type === "UpdateExpression"
  );
}

function tableName(node: Node, file: SourceFile): string | null {
  const inner = unwrap(node);
  if (inner.type === "Identifier") {
    const definition = file.variableOf(inner)?.defs[0]?.node;
    const init = (definition as TSESTree.VariableDeclarator | undefined)?.init;
    if (
      definition?.type === "VariableDeclarator" &&
      init &&
      unwrap(init).type === "MemberExpression"
    )
      return tableName(init, file);
    return inner.name;
  }
  // `listeners[event].add(listener)` fills a table of tables.
  if (inner.type === "MemberExpression")
    return propertyName(inner) ?? tableName(inner.object, file);
  return null;
}
