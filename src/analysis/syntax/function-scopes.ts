import type { TSESTree } from "@typescript-eslint/types";
import type { ClassNode, Node } from "./ast.ts";
import { bindNames } from "./binding-scopes.ts";
import type { ScopeAnalysis } from "./scope-analysis.ts";
import { visitType } from "./type-scopes.ts";

/** What holds parameters, with a body or without. */
type Callable =
  | TSESTree.FunctionDeclaration
  | TSESTree.FunctionExpression
  | TSESTree.ArrowFunctionExpression
  | TSESTree.TSDeclareFunction
  | TSESTree.TSEmptyBodyFunctionExpression;

export function visitFunction(analysis: ScopeAnalysis, node: Callable): void {
  const { id } = node;
  if (node.type !== "FunctionExpression" || !id) {
    visitCallable(analysis, node);
    return;
  }
  analysis.within("function-name", node, () => {
    analysis.define(analysis.scope, { type: "FunctionName", name: id, node, parent: null });
    visitCallable(analysis, node);
  });
}

function visitCallable(analysis: ScopeAnalysis, node: Callable): void {
  analysis.within("function", node, () => {
    for (const parameter of node.params) {
      bindNames(analysis, parameter, { type: "Parameter", node, parent: null });
      visitType(analysis, annotationOf(parameter));
      analysis.visitAll(parameter.decorators);
    }
    visitType(analysis, node.returnType);
    visitType(analysis, node.typeParameters);
    const body = node.body as Node | null | undefined;
    // The parameters' scope is the body's as well.
    if (body?.type === "BlockStatement") analysis.visitAll(body.body);
    else analysis.visit(body);
  });
}

function annotationOf(parameter: TSESTree.Parameter): Node | undefined {
  if (parameter.type === "TSParameterProperty") return annotationOf(parameter.parameter);
  return parameter.type === "AssignmentPattern"
    ? parameter.left.typeAnnotation
    : parameter.typeAnnotation;
}

export function visitClass(analysis: ScopeAnalysis, node: ClassNode): void {
  const define = (): void => {
    if (node.id)
      analysis.define(analysis.scope, { type: "ClassName", name: node.id, node, parent: null });
  };
  if (node.type === "ClassDeclaration") define();
  analysis.visitAll(node.decorators);
  analysis.within("class", node, () => {
    // What the class says of itself means this name, whatever is assigned to the one outside.
    define();
    analysis.visit(node.superClass);
    visitType(analysis, node.typeParameters);
    visitType(analysis, node.superTypeArguments);
    // A tree of plain JavaScript has none.
    const bases = node.implements as readonly Node[] | undefined;
    if (bases) for (const base of bases) visitType(analysis, base);
    analysis.visitAll(node.body.body);
  });
}

export function visitEnum(analysis: ScopeAnalysis, node: TSESTree.TSEnumDeclaration): void {
  analysis.define(analysis.scope, { type: "TSEnumName", name: node.id, node, parent: null });
  analysis.within("enum", node, () => {
    for (const member of node.body.members) {
      const { id, initializer } = member;
      analysis.define(analysis.scope, {
        type: "TSEnumMemberName",
        name: id,
        node: member,
        parent: null,
      });
      analysis.visit(initializer);
    }
  });
}
