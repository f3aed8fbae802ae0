import type { TSESTree } from "@typescript-eslint/types";
import type { Variable } from "../syntax/scopes.ts";
import type { Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { moduleRecordOf } from "./module-record.ts";
import { CALLED, type Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** What a type annotation says a value is: an instance of a project class or of an external one. */
export function typeShapes(resolver: Shapes, type: Node | undefined, file: SourceFile): Shape[] {
  if (!type) return [];
  if (type.type === "TSUnionType" || type.type === "TSIntersectionType")
    return type.types.flatMap((part) => resolver.ofType(part, file));
  if (type.type !== "TSTypeReference") return [];
  const name = type.typeName;
  if (name.type === "Identifier") {
    if ((name.name === "Promise" || name.name === "Readonly") && type.typeArguments)
      return resolver.ofType(type.typeArguments.params[0], file);
    const variable = file.variableOf(name);
    if (!variable) return [];
    const shapes = resolver.ofVariable(variable, file);
    const instances = shapes.flatMap((shape): Shape[] => {
      if (shape.kind === "class") return [{ kind: "instance", cls: shape, site: null }];
      if (shape.kind === "external" && !shape.isMissing)
        return [{ ...shape, path: [...shape.path, CALLED] }];
      return [];
    });
    return instances.length > 0 ? instances : aliasedType(resolver, variable, file);
  }
  if (name.type !== "TSQualifiedName") return [];
  const root = leftmost(name);
  const variable = root && file.variableOf(root);
  if (!variable) return [];
  return resolver
    .ofVariable(variable, file)
    .flatMap((shape): Shape[] =>
      shape.kind === "external"
        ? [{ ...shape, path: [...shape.path, name.right.name, CALLED] }]
        : [],
    );
}

/** `type MyContext = Context & SessionFlavor`, `interface X` with classes that implement it. */
function aliasedType(resolver: Shapes, variable: Variable, file: SourceFile): Shape[] {
  const binding = moduleRecordOf(file).imports.get(variable.name);
  let home = file;
  let node: Node | undefined = variable.defs[0]?.node;
  if (binding) {
    const resolution = resolver.project.resolve(file.path, binding.specifier);
    const target = resolution.kind === "file" ? resolver.project.fileAt(resolution.path) : null;
    if (!target) return [];
    home = target;
    node = target.ast.body
      .map((statement) =>
        statement.type === "ExportNamedDeclaration" ? statement.declaration : statement,
      )
      .find(
        (statement) =>
          statement &&
          "id" in statement &&
          statement.id?.type === "Identifier" &&
          statement.id.name === (binding.name === "*" ? variable.name : binding.name),
      ) as Node | undefined;
  }
  const declaration = node;
  return declaration
    ? resolver.guard(declaration, () => declaredShapes(resolver, declaration, home))
    : [];
}

function declaredShapes(resolver: Shapes, node: Node, home: SourceFile): Shape[] {
  if (node.type === "TSTypeAliasDeclaration") return resolver.ofType(node.typeAnnotation, home);
  if (node.type !== "TSInterfaceDeclaration") return [];
  const bases = node.extends.flatMap((base) => {
    const name = base.expression.type === "Identifier" ? home.variableOf(base.expression) : null;
    return name
      ? resolver
          .ofVariable(name, home)
          .flatMap((shape): Shape[] =>
            shape.kind === "external" && !shape.isMissing
              ? [{ ...shape, path: [...shape.path, CALLED] }]
              : [],
          )
      : [];
  });
  const implementers = resolver.tables.implementersOf(node.id.name).map((site): Shape => ({
    kind: "instance",
    cls: { kind: "class", file: site.file, node: site.node as never },
    site: null,
  }));
  return [...bases, ...implementers];
}

function leftmost(name: TSESTree.TSQualifiedName): TSESTree.Identifier | null {
  let left: TSESTree.EntityName = name;
  while (left.type === "TSQualifiedName") left = left.left;
  return left.type === "Identifier" ? left : null;
}
