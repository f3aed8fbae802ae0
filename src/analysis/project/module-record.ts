import type { TSESTree } from "@typescript-eslint/types";
import { propertyName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** What a local name imported from elsewhere stands for. */
export interface ImportBinding {
  readonly specifier: string;
  /** `default`, `*` for the namespace, or the exported name. */
  readonly name: string;
}

/** What a module offers under one exported name. */
export type ExportBinding =
  | { readonly kind: "expression"; readonly node: Node }
  | { readonly kind: "import"; readonly specifier: string; readonly name: string };

/** A module's imports and exports, ES modules and CommonJS alike. */
export interface ModuleRecord {
  /** Keyed by the local variable's name. */
  readonly imports: ReadonlyMap<string, ImportBinding>;
  readonly exports: ReadonlyMap<string, ExportBinding>;
  /** Specifiers of `export * from`. */
  readonly starExports: readonly string[];
  /** Every specifier the module names, for the graph of imports. */
  readonly specifiers: readonly string[];
}

const records = new WeakMap<SourceFile, ModuleRecord>();

export function moduleRecordOf(file: SourceFile): ModuleRecord {
  let record = records.get(file);
  if (!record) records.set(file, (record = build(file)));
  return record;
}

function build(file: SourceFile): ModuleRecord {
  const imports = new Map<string, ImportBinding>();
  const exports = new Map<string, ExportBinding>();
  const starExports: string[] = [];
  const specifiers = new Set<string>();
  for (const statement of file.ast.body) {
    switch (statement.type) {
      case "ImportDeclaration":
        specifiers.add(statement.source.value);
        for (const specifier of statement.specifiers)
          imports.set(specifier.local.name, {
            specifier: statement.source.value,
            name: importedName(specifier),
          });
        break;
      case "TSImportEqualsDeclaration": {
        const reference = statement.moduleReference;
        if (reference.type === "TSExternalModuleReference") {
          const name = stringValue(reference.expression);
          if (name) {
            specifiers.add(name);
            imports.set(statement.id.name, { specifier: name, name: "module.exports" });
          }
        }
        break;
      }
      case "ExportNamedDeclaration":
        exportNamed(statement, exports, specifiers);
        break;
      case "ExportDefaultDeclaration":
        exports.set("default", { kind: "expression", node: statement.declaration });
        break;
      case "ExportAllDeclaration":
        specifiers.add(statement.source.value);
        if (statement.exported)
          exports.set(nameOf(statement.exported), {
            kind: "import",
            specifier: statement.source.value,
            name: "*",
          });
        else starExports.push(statement.source.value);
        break;
      case "TSExportAssignment":
        exports.set("module.exports", { kind: "expression", node: statement.expression });
        break;
      case "ExpressionStatement":
        commonJsExport(statement.expression, exports);
        break;
      default:
    }
  }
  for (const call of file.calls) {
    const name = requiredModule(call);
    if (name) specifiers.add(name);
  }
  return { imports, exports, starExports, specifiers: [...specifiers] };
}

function importedName(specifier: TSESTree.ImportClause): string {
  switch (specifier.type) {
    case "ImportDefaultSpecifier":
      return "default";
    case "ImportNamespaceSpecifier":
      return "*";
    default:
      return nameOf(specifier.imported);
  }
}

function nameOf(node: TSESTree.Identifier | TSESTree.StringLiteral): string {
  return node.type === "Identifier" ? node.name : node.value;
}

function exportNamed(
  statement: TSESTree.ExportNamedDeclaration,
  exports: Map<string, ExportBinding>,
  specifiers: Set<string>,
): void {
  if (statement.source) specifiers.add(statement.source.value);
  for (const specifier of statement.specifiers) {
    const exported = nameOf(specifier.exported);
    exports.set(
      exported,
      statement.source
        ? { kind: "import", specifier: statement.source.value, name: nameOf(specifier.local) }
        : { kind: "expression", node: specifier.local },
    );
  }
  const declaration = statement.declaration;
  if (!declaration) return;
  if (declaration.type === "VariableDeclaration") {
    for (const declarator of declaration.declarations)
      for (const identifier of boundNames(declarator.id))
        exports.set(identifier.name, { kind: "expression", node: identifier });
  } else if ("id" in declaration && declaration.id?.type === "Identifier")
    exports.set(declaration.id.name, { kind: "expression", node: declaration.id });
}

/** The identifiers that a pattern binds. */
function boundNames(pattern: Node): TSESTree.Identifier[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? boundNames(element) : []));
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "RestElement":
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

/** `module.exports = X`, `module.exports.a = X`, `exports.a = X`, chains of them included. */
function commonJsExport(expression: Node, exports: Map<string, ExportBinding>): void {
  if (expression.type !== "AssignmentExpression" || expression.operator !== "=") return;
  const target = expression.left;
  if (target.type === "MemberExpression") {
    const name = propertyName(target);
    const object = target.object;
    if (name === "exports" && object.type === "Identifier" && object.name === "module") {
      exports.set("module.exports", { kind: "expression", node: expression.right });
    } else if (name !== null && isExportsObject(object))
      exports.set(name, { kind: "expression", node: expression.right });
  }
  commonJsExport(expression.right, exports);
}

function isExportsObject(node: Node): boolean {
  if (node.type === "Identifier") return node.name === "exports";
  return (
    node.type === "MemberExpression" &&
    node.object.type === "Identifier" &&
    node.object.name === "module" &&
    propertyName(node) === "exports"
  );
}

/** The specifier of `require("x")` or `import("x")`, awaited or not. */
export function requiredModule(node: Node): string | null {
  const inner = unwrap(node);
  if (inner.type === "AwaitExpression") return requiredModule(inner.argument);
  if (inner.type === "ImportExpression") return stringValue(inner.source);
  if (inner.type !== "CallExpression") return null;
  return isRequire(inner.callee) ? stringValue(inner.arguments[0]) : null;
}

/** `require`, or what an ES module makes in its place: `createRequire(import.meta.url)("x")`. */
function isRequire(callee: Node): boolean {
  return callee.type === "CallExpression"
    ? callee.callee.type === "Identifier" && callee.callee.name === "createRequire"
    : callee.type === "Identifier" && callee.name === "require";
}
