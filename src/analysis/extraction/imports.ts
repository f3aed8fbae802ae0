import type { TSESTree } from "@typescript-eslint/types";
import type { Repair } from "../finding.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { isImport } from "./placement.ts";
import { quoted, type Style } from "./style.ts";

export interface NeededImport {
  readonly name: string;
  readonly from: string;
  readonly isType: boolean;
}

type Edit = Repair["edits"][number];

/** The edits that make the names known in a file, as far as they are not. */
export function importEdits(
  needed: readonly NeededImport[],
  file: SourceFile,
  style: Style,
): Edit[] {
  const byModule = new Map<string, NeededImport[]>();
  for (const one of needed) {
    const known = byModule.get(one.from) ?? [];
    if (isNamed(one.name, file) || known.some(({ name }) => name === one.name)) continue;
    byModule.set(one.from, [...known, one]);
  }
  const added: string[] = [];
  const edits: Edit[] = [];
  for (const [from, names] of byModule) {
    const existing = importOf(from, file);
    if (existing) edits.push(extended(existing, names));
    else added.push(declaration(from, names, file, style));
  }
  if (added.length > 0) {
    const at = afterImports(file);
    const text = added.join(style.newline);
    edits.push({
      start: at.offset,
      end: at.offset,
      text: at.isNewLine ? `${text}${style.newline}` : `${style.newline}${text}${style.newline}`,
    });
  }
  return edits;
}

/** What the file calls the export of a module, where it imports it. */
export function localName(name: string, from: string, file: SourceFile): string | null {
  for (const statement of file.ast.body) {
    if (statement.type === "ImportDeclaration" && statement.source.value === from)
      for (const specifier of statement.specifiers)
        if (specifier.type === "ImportSpecifier" && importedName(specifier) === name)
          return specifier.local.name;
    if (statement.type === "VariableDeclaration" && isImport(statement))
      for (const { id, init } of statement.declarations) {
        if (id.type !== "ObjectPattern" || !init || !file.textOf(init).includes(from)) continue;
        for (const property of id.properties)
          if (
            property.type === "Property" &&
            property.key.type === "Identifier" &&
            property.key.name === name &&
            property.value.type === "Identifier"
          )
            return property.value.name;
      }
  }
  return null;
}

/** Whether the top of the file knows the name, by an import or a declaration of its own. */
function isNamed(name: string, file: SourceFile): boolean {
  return file.scopes.scopes.some((scope) => scope.block.type === "Program" && scope.set.has(name));
}

function importedName({ imported }: TSESTree.ImportSpecifier): string {
  return imported.type === "Identifier" ? imported.name : imported.value;
}

/** `import { ... } from "module"` of values, to which a name can be added. */
function importOf(from: string, file: SourceFile): TSESTree.ImportDeclaration | null {
  return (
    file.ast.body.find(
      (statement): statement is TSESTree.ImportDeclaration =>
        statement.type === "ImportDeclaration" &&
        statement.source.value === from &&
        statement.importKind !== "type" &&
        statement.specifiers.some(({ type }) => type === "ImportSpecifier"),
    ) ?? null
  );
}

function extended(
  { specifiers }: TSESTree.ImportDeclaration,
  names: readonly NeededImport[],
): Edit {
  const at = Math.max(...specifiers.map(({ range }) => range[1]));
  return { start: at, end: at, text: names.map((one) => `, ${specifierText(one)}`).join("") };
}

function specifierText({ name, isType }: NeededImport): string {
  return isType ? `type ${name}` : name;
}

function declaration(
  from: string,
  names: readonly NeededImport[],
  file: SourceFile,
  style: Style,
): string {
  const module = quoted(from, style);
  const list = (isBare: boolean): string =>
    names.map((one) => (isBare ? one.name : specifierText(one))).join(", ");
  if (!isModule(file)) return `const { ${list(true)} } = require(${module})${style.end}`;
  return names.every(({ isType }) => isType)
    ? `import type { ${list(true)} } from ${module}${style.end}`
    : `import { ${list(false)} } from ${module}${style.end}`;
}

/** A file without `import` and `export` that requires is CommonJS. */
function isModule(file: SourceFile): boolean {
  const hasModuleSyntax = file.ast.body.some((statement) =>
    /^(?:Import|Export)/.test(statement.type),
  );
  const requires = file.calls.some(
    ({ callee }) => callee.type === "Identifier" && callee.name === "require",
  );
  return (hasModuleSyntax || !requires) && !file.path.endsWith(".cjs");
}

/** Behind the imports at the top; in a file without any, in front of the first statement. */
function afterImports(file: SourceFile): { offset: number; isNewLine: boolean } {
  const first = file.ast.body.findIndex((statement) => !isImport(statement));
  const last = file.ast.body[first - 1];
  if (!last)
    return { offset: Math.min(...file.ast.body.map(({ range }) => range[0])), isNewLine: true };
  const line = file.text.indexOf("\n", last.range[1]);
  const isAlone = /^[ \t\r;]*$/.test(file.text.slice(last.range[1], line));
  return isAlone
    ? { offset: line + 1, isNewLine: true }
    : { offset: last.range[1], isNewLine: false };
}
