import { propertyName, type FunctionNode } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** What a function is called where it is written: its own name, its variable's, its method's or property's. */
export function functionName(fn: FunctionNode, file: SourceFile): string | null {
  if (fn.id) return fn.id.name;
  const parent = file.parentOf(fn);
  switch (parent?.type) {
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? parent.id.name : null;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "Property":
      return propertyName(parent);
    default:
      return null;
  }
}
