import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
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
  #contents: Map<string, Site[]> | null = null;
  #implementers: Map<string, Site[]> | null = null;
  #extenders: Map<string, Site[]> | null = null;
  #assigned: Map<string, Site[]> | null = null;

  constructor(project: Project) {
    this.#project = project;
  }

  contentsOf(table: Node, file: SourceFile): readonly Site[] {
    const name = tableName(table, file);
    if (name === null) return [];
    this.#contents ??= this.#index();
    return this.#contents.get(name) ?? [];
  }

  /** Classes that say `implements NAME`. */
  implementersOf(name: string): readonly Site[] {
    this.#index();
    return this.#implementers?.get(name) ?? [];
  }

  /** Classes that say `extends NAME`. */
  extendersOf(name: string): readonly Site[] {
    this.#index();
    return this.#extenders?.get(name) ?? [];
  }

  /** What is put under a name on an object of somebody else: `client.pay = pay`. */
  assignedTo(name: string): readonly Site[] {
    this.#index();
    return this.#assigned?.get(name) ?? [];
  }

  #index(): Map<string, Site[]> {
    if (this.#contents) return this.#contents;
    const extenders = new Map<string, Site[]>();
    const assigned = new Map<string, Site[]>();
    const contents = new Map<string, Site[]>();
    const implementers = new Map<string, Site[]>();
    const put = (map: Map<string, Site[]>, name: string, site: Site): void => {
      const sites = map.get(name);
      if (sites) sites.push(site);
      else map.set(name, [site]);
    };
    for (const path of this.#project.component()) {
      const file = this.#project.fileAt(path);
      if (!file) continue;
      for (const call of file.calls) {
        const callee = unwrap(call.callee);
        if (callee.type !== "MemberExpression") continue;
        const filler = lookup(FILLERS, propertyName(callee) ?? undefined);
        const argument = filler === undefined ? undefined : call.arguments[filler];
        if (!argument || argument.type === "SpreadElement" || isPlainData(argument)) continue;
        const name = tableName(callee.object, file);
        if (name !== null) put(contents, name, { file, node: argument });
      }
      for (const cls of file.classes) {
        for (const implemented of cls.implements)
          if (implemented.expression.type === "Identifier")
            put(implementers, implemented.expression.name, { file, node: cls });
        if (cls.superClass?.type === "Identifier")
          put(extenders, cls.superClass.name, { file, node: cls });
      }
      for (const scope of file.scopes.scopes)
        for (const reference of scope.references) {
          const member = file.parentOf(reference.identifier);
          if (member?.type !== "MemberExpression" || member.object !== reference.identifier)
            continue;
          const assignment = file.parentOf(member);
          if (
            assignment?.type !== "AssignmentExpression" ||
            assignment.left !== member ||
            isPlainData(assignment.right)
          )
            continue;
          const site = { file, node: assignment.right };
          const name = member.computed ? null : propertyName(member);
          if (member.computed) put(contents, reference.identifier.name, site);
          else if (name !== null) put(assigned, name, site);
        }
    }
    this.#implementers = implementers;
    this.#extenders = extenders;
    this.#assigned = assigned;
    this.#contents = contents;
    return contents;
  }
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
    const definition = file.variableOf(inner)?.defs[0]?.node as Node | undefined;
    const init = (definition as TSESTree.VariableDeclarator | undefined)?.init;
    if (
      definition?.type === "VariableDeclarator" &&
      init &&
      unwrap(init).type === "MemberExpression"
    )
      return tableName(init, file);
    return inner.name;
  }
  if (inner.type === "MemberExpression") return propertyName(inner);
  return null;
}
