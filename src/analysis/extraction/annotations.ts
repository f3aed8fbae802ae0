import { frameworks } from "../../models/frameworks/index.ts";
import type { Explanation } from "../explain/explain.ts";
import { RUNTIME } from "../project/facts.ts";
import { unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { TypeOf, TypeText } from "./parameters.ts";

export function hasTypes({ path }: SourceFile): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

/**
 * Types as far as they stand in the file or the framework gives them, for where no type checker is at hand.
 */
export function annotatedTypes({ fn, file, root }: Explanation): TypeOf {
  const typeOf: TypeOf = (expression) => {
    const node = unwrap(expression);
    const literal = literalType(node);
    if (literal !== null) return plain(literal);
    if (node.type === "MemberExpression" && root?.framework === "run-async") {
      const owner = typeOf(node.object);
      return owner?.text === "Context" && file.textOf(node).endsWith(".bot")
        ? { text: "BotApi", imports: [{ name: "BotApi", from: RUNTIME }] }
        : null;
    }
    if (node.type !== "Identifier") return null;
    const variable = file.variableOf(node);
    const definition = variable?.defs[0];
    if (!variable || !definition) return null;
    if (variable.scope.block.type === "Program") return plain(`typeof ${node.name}`);
    const declared = annotationOf(definition.name, file);
    if (declared !== null) return plain(declared);
    const declarator = definition.node;
    if (declarator.type === "VariableDeclarator" && declarator.id.type === "Identifier")
      return declarator.init ? typeOf(declarator.init) : null;
    const index = fn.params.findIndex((parameter) => parameter === definition.name);
    return parameterType(index, root?.framework);
  };
  return typeOf;
}

function plain(text: string): TypeText {
  return { text, imports: [] };
}

function literalType(node: Node): string | null {
  if (node.type === "TemplateLiteral") return "string";
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const sides = [literalType(node.left), literalType(node.right)];
    return sides.includes("string") ? "string" : null;
  }
  if (node.type !== "Literal") return null;
  return /^(?:string|number|boolean)$/.test(typeof node.value) ? typeof node.value : null;
}

/** The annotation of a parameter or variable, where its names are known at the top of the file as well. */
function annotationOf(name: Node, file: SourceFile): string | null {
  if (name.type !== "Identifier" || !name.typeAnnotation) return null;
  const text = file.textOf(name.typeAnnotation.typeAnnotation);
  const words = text.split(/[^\w$]+/);
  const isLocal = file.scopes.scopes.some(
    (scope) =>
      scope.block.type !== "Program" &&
      words.some((word) => scope.set.get(word)?.isTypeVariable === true),
  );
  return isLocal ? null : text;
}

/** What a framework gives its handlers, where all of them get the same. */
function parameterType(index: number, framework: string | undefined): TypeText | null {
  const of = (name: string, from: string): TypeText => ({ text: name, imports: [{ name, from }] });
  if (index === -1) return null;
  if (framework === "run-async") return of(index === 0 ? "Update" : "Context", RUNTIME);
  const model = frameworks.find(({ id }) => id === framework);
  const from = model?.packages[0];
  return index === 0 && from !== undefined && model?.contextTypes?.includes("Context") === true
    ? of("Context", from)
    : null;
}
