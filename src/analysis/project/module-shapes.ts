import type { Variable } from "../syntax/scopes.ts";
import { propertyName, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { filesOfFolder } from "./folder-import.ts";
import { moduleRecordOf, requiredModule } from "./module-record.ts";
import type { Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** A variable and the file that declares it. */
export interface VariableHome {
  readonly variable: Variable;
  readonly file: SourceFile;
}

export function importShapes(
  resolver: Shapes,
  file: SourceFile,
  specifier: string,
  name: string,
  depth = 0,
): Shape[] {
  const resolution = resolver.project.resolve(file.path, specifier);
  if (resolution.kind === "file")
    return name === "*"
      ? [{ kind: "namespace", path: resolution.path }]
      : exported(resolver, resolution.path, name, depth);
  const isMissing = resolution.kind === "missing";
  const described = isMissing ? resolver.described.of(resolution.id, name) : null;
  if (described) return [described];
  const path = name === "*" || name === "module.exports" ? [] : [name];
  return [
    {
      kind: "external",
      module: isMissing ? resolution.id : resolution.name,
      isMissing,
      path,
      site: null,
    },
  ];
}

export function moduleShapes(
  resolver: Shapes,
  specifier: string,
  file: SourceFile,
  isDynamic: boolean,
): Shape[] {
  const resolution = resolver.project.resolve(file.path, specifier);
  if (resolution.kind !== "file") return importShapes(resolver, file, specifier, "*");
  return wholeModule(resolver, resolution.path, isDynamic);
}

/** The shapes of an exported name, through re-exports and the CommonJS default. */
export function exported(resolver: Shapes, path: string, name: string, depth = 0): Shape[] {
  const described = resolver.described.of(path, name);
  if (described) return [described];
  const file = resolver.project.fileAt(path);
  if (!file || depth > 12) return [];
  const record = moduleRecordOf(file);
  const binding = record.exports.get(name);
  if (binding?.kind === "expression") return [...resolver.of(binding.node, file)];
  if (binding) return importShapes(resolver, file, binding.specifier, binding.name, depth + 1);
  const whole = record.exports.get("module.exports");
  if (whole?.kind === "expression") {
    const shapes = resolver.of(whole.node, file);
    return name === "default" || name === "module.exports"
      ? [...shapes]
      : resolver.membersOf(shapes, name);
  }
  if (name === "default" || name === "module.exports")
    return record.exports.size > 0 && name === "module.exports"
      ? [{ kind: "namespace", path }]
      : [];
  for (const star of record.starExports) {
    const resolution = resolver.project.resolve(path, star);
    const found =
      resolution.kind === "file" ? exported(resolver, resolution.path, name, depth + 1) : [];
    if (found.length > 0) return found;
  }
  return [];
}

export function exportsOf(resolver: Shapes, path: string): Shape[] {
  const file = resolver.project.fileAt(path);
  if (!file) return [];
  return [...moduleRecordOf(file).exports.keys()].flatMap((name) => exported(resolver, path, name));
}

/** `require(\`./commands/${name}\`)`: every module of the folder, or what it sets its exports to. */
export function folderShapes(
  resolver: Shapes,
  specifier: Node | undefined,
  file: SourceFile,
  isDynamic: boolean,
): Shape[] {
  if (!specifier) return [];
  return filesOfFolder(resolver.project, specifier, file).flatMap((path) =>
    wholeModule(resolver, path, isDynamic),
  );
}

function wholeModule(resolver: Shapes, path: string, isDynamic: boolean): Shape[] {
  const target = resolver.project.fileAt(path);
  if (!isDynamic && target && moduleRecordOf(target).exports.has("module.exports"))
    return exported(resolver, path, "module.exports");
  return [{ kind: "namespace", path }];
}

/** The variable that an identifier means in the end, through imports, re-exports and constant aliases. */
export function variableHome(
  resolver: Shapes,
  identifier: Node,
  file: SourceFile,
  depth = 0,
): VariableHome | null {
  const variable = file.variableOf(identifier);
  if (!variable || depth > 10) return variable ? { variable, file } : null;
  const here = { variable, file };
  const definition = variable.defs[0];
  if (definition?.type === "ImportBinding") {
    const binding = moduleRecordOf(file).imports.get(variable.name);
    return (binding && exportHome(resolver, file, binding.specifier, binding.name, depth)) ?? here;
  }
  const declarator = definition?.node;
  if (
    declarator?.type !== "VariableDeclarator" ||
    !declarator.init ||
    file.enclosing(declarator).type !== "Program"
  )
    return here;
  const declaration = file.parentOf(declarator);
  if (declaration?.type !== "VariableDeclaration" || declaration.kind === "let") return here;
  const required = requiredModule(declarator.init);
  if (required === null || declarator.id.type !== "ObjectPattern") return here;
  for (const property of declarator.id.properties)
    if (
      property.type === "Property" &&
      property.value.type === "Identifier" &&
      file.variableOf(property.value) === variable
    ) {
      const name = propertyName(property);
      return (name !== null && exportHome(resolver, file, required, name, depth)) || here;
    }
  return here;
}

function exportHome(
  resolver: Shapes,
  file: SourceFile,
  specifier: string,
  name: string,
  depth: number,
): VariableHome | null {
  const resolution = resolver.project.resolve(file.path, specifier);
  const target = resolution.kind === "file" ? resolver.project.fileAt(resolution.path) : null;
  if (!target) return null;
  const record = moduleRecordOf(target);
  const binding = record.exports.get(name);
  if (binding?.kind === "import")
    return exportHome(resolver, target, binding.specifier, binding.name, depth + 1);
  if (binding?.kind === "expression")
    return binding.node.type === "Identifier"
      ? variableHome(resolver, binding.node, target, depth + 1)
      : null;
  const whole = record.exports.get("module.exports");
  if (whole?.kind === "expression" && whole.node.type === "ObjectExpression")
    for (const property of whole.node.properties)
      if (
        property.type === "Property" &&
        propertyName(property) === name &&
        property.value.type === "Identifier"
      )
        return variableHome(resolver, property.value, target, depth + 1);
  for (const star of record.starExports) {
    const found = depth < 10 ? exportHome(resolver, target, star, name, depth + 1) : null;
    if (found) return found;
  }
  return null;
}
