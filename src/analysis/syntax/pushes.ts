import { propertyName, type Node } from "./ast.ts";
import type { Variable } from "./scopes.ts";
import type { SourceFile } from "./source-file.ts";

/** What is put into the list that a variable holds: `list.push(a, b)`. */
export function pushedTo({ references }: Variable, file: SourceFile): Node[] {
  return references.flatMap(({ identifier }) => {
    const member = file.parentOf(identifier);
    const call = member && file.parentOf(member);
    if (member?.type !== "MemberExpression" || call?.type !== "CallExpression") return [];
    return call.callee === member && propertyName(member) === "push" ? call.arguments : [];
  });
}
