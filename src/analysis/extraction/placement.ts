import { contains, isFunction, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/**
 * The offset of a line at the top of the file where a constant can be declared that a handler uses: before the
 * statement that the handler is in, and before its comments.
 */
export function placeFor(fn: FunctionNode, file: SourceFile): number {
  const { body } = file.ast;
  const home = body.findIndex((statement) => contains(statement, fn));
  const statement = body[home];
  if (!statement) return 0;
  const index = isHoisted(statement, file) ? body.findIndex((one) => !isImport(one)) : home;
  return lineBefore(body[index] ?? statement, body[index - 1] ?? null, file);
}

/**
 * A function declaration may run before the line that it stands on has been reached: `await bot.start()` above
 * it never ends, and a constant beside it would never be initialised.
 */
function isHoisted(statement: Node, file: SourceFile): boolean {
  const declaration =
    statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration"
      ? statement.declaration
      : statement;
  if (!isFunction(declaration) || declaration.type !== "FunctionDeclaration") return false;
  const variable = declaration.id && file.variableOf(declaration.id);
  return (
    variable?.references.some(({ identifier }) => {
      const node = identifier as Node;
      return node.range[0] < statement.range[0] && file.enclosing(node).type === "Program";
    }) ?? true
  );
}

/** `import`, `require` and directives. */
export function isImport(statement: Node): boolean {
  if (statement.type === "ImportDeclaration") return true;
  if (statement.type === "ExpressionStatement") return typeof statement.directive === "string";
  return (
    statement.type === "VariableDeclaration" &&
    statement.declarations.every(({ init }) => {
      let node: Node | null = init;
      while (node?.type === "MemberExpression" || node?.type === "CallExpression") {
        if (node.type === "CallExpression" && node.callee.type === "Identifier")
          return node.callee.name === "require";
        node = node.type === "CallExpression" ? node.callee : node.object;
      }
      return false;
    })
  );
}

/** Behind what belongs to the statement before, in front of the comments of this one. */
function lineBefore(statement: Node, before: Node | null, file: SourceFile): number {
  const end = before?.range[1] ?? 0;
  const gap = file.text.slice(end, statement.range[0]);
  const blank = [...gap.matchAll(/\n[ \t]*\r?\n/g)].at(-1);
  if (blank) return end + blank.index + blank[0].length;
  const isFirst = before === null && !gap.startsWith("#!");
  const newline = gap.indexOf("\n");
  return isFirst || newline === -1 ? end : end + newline + 1;
}
