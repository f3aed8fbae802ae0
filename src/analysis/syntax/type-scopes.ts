import type { TSESTree } from "@typescript-eslint/types";
import type { Node } from "./ast.ts";
import { forEachName } from "./pattern-names.ts";
import type { ScopeAnalysis } from "./scope-analysis.ts";
import type { Scope } from "./scopes.ts";

type FunctionType =
  | TSESTree.TSFunctionType
  | TSESTree.TSConstructorType
  | TSESTree.TSCallSignatureDeclaration
  | TSESTree.TSConstructSignatureDeclaration
  | TSESTree.TSMethodSignature;

/** The names in a type: they mean classes, imports and other types, and parameters of the type itself. */
export function visitType(analysis: ScopeAnalysis, node: Node | null | undefined): void {
  if (!node) return;
  switch (node.type) {
    case "Identifier":
      analysis.refer(node, "type");
      return;
    case "TSQualifiedName":
      visitType(analysis, node.left);
      return;
    case "MemberExpression":
      visitType(analysis, node.object);
      return;
    case "TSTypeQuery":
      visitQueried(analysis, node.exprName);
      visitType(analysis, node.typeArguments);
      return;
    case "TSTypePredicate":
      if (node.parameterName.type === "Identifier") analysis.refer(node.parameterName);
      visitType(analysis, node.typeAnnotation);
      return;
    case "TSImportType":
      visitType(analysis, node.typeArguments);
      return;
    case "TSNamedTupleMember":
      visitType(analysis, node.elementType);
      return;
    case "TSPropertySignature":
      if (node.computed) analysis.visit(node.key);
      visitType(analysis, node.typeAnnotation);
      return;
    case "TSIndexSignature":
      for (const parameter of node.parameters)
        if (parameter.type === "Identifier") visitType(analysis, parameter.typeAnnotation);
      visitType(analysis, node.typeAnnotation);
      return;
    case "TSMethodSignature":
      if (node.computed) analysis.visit(node.key);
      visitFunctionType(analysis, node);
      return;
    case "TSFunctionType":
    case "TSConstructorType":
    case "TSCallSignatureDeclaration":
    case "TSConstructSignatureDeclaration":
      visitFunctionType(analysis, node);
      return;
    case "TSConditionalType":
      // What the condition infers is not known where it does not hold.
      analysis.within("conditional-type", node, () => {
        visitType(analysis, node.checkType);
        visitType(analysis, node.extendsType);
        visitType(analysis, node.trueType);
      });
      visitType(analysis, node.falseType);
      return;
    case "TSInferType":
      define(
        analysis,
        conditionAround(analysis.scope),
        node.typeParameter.name,
        node.typeParameter,
      );
      visitType(analysis, node.typeParameter.constraint);
      return;
    case "TSMappedType":
      analysis.within("mapped-type", node, () => {
        define(analysis, analysis.scope, node.key, node);
        visitType(analysis, node.constraint);
        visitType(analysis, node.nameType);
        visitType(analysis, node.typeAnnotation);
      });
      return;
    case "TSTypeParameter":
      define(analysis, analysis.scope, node.name, node);
      visitType(analysis, node.constraint);
      visitType(analysis, node.default);
      return;
    case "TSInterfaceDeclaration":
      visitDeclared(analysis, node, [...node.extends, node.body]);
      return;
    case "TSTypeAliasDeclaration":
      visitDeclared(analysis, node, [node.typeAnnotation]);
      return;
    default:
      visitParts(analysis, node);
  }
}

function visitParts(analysis: ScopeAnalysis, node: Node): void {
  for (const key in node) {
    if (key === "parent") continue;
    const value = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(value)) {
      for (const part of value) if (isNode(part)) visitType(analysis, part);
    } else if (isNode(value)) visitType(analysis, value);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** `typeof config.limits`: the name of a value. */
function visitQueried(analysis: ScopeAnalysis, name: TSESTree.TSTypeQuery["exprName"]): void {
  let first: Node = name;
  while (first.type === "TSQualifiedName") first = first.left;
  if (first.type === "Identifier") analysis.refer(first);
  else visitType(analysis, first);
}

/** Parameters of a function type can be used inside it, also by `typeof`. */
function visitFunctionType(analysis: ScopeAnalysis, node: FunctionType): void {
  analysis.within("function-type", node, () => {
    visitType(analysis, node.typeParameters);
    for (const parameter of node.params) {
      forEachName(parameter, (name) => {
        analysis.define(analysis.scope, { type: "Parameter", name, node, parent: null });
      });
      if ("typeAnnotation" in parameter) visitType(analysis, parameter.typeAnnotation);
    }
    visitType(analysis, node.returnType);
  });
}

/** Type parameters are known inside their declaration alone. */
function visitDeclared(
  analysis: ScopeAnalysis,
  node: TSESTree.TSInterfaceDeclaration | TSESTree.TSTypeAliasDeclaration,
  parts: readonly Node[],
): void {
  const { id, typeParameters } = node;
  const visit = (): void => {
    visitType(analysis, typeParameters);
    for (const part of parts) visitType(analysis, part);
  };
  define(analysis, analysis.scope, id, node);
  if (typeParameters) analysis.within("type", node, visit);
  else visit();
}

/** What is inferred inside a function type of a condition is known in all of the condition. */
function conditionAround(scope: Scope): Scope {
  let outer: Scope | null = scope;
  while (outer?.type === "function-type" || outer?.type === "mapped-type") outer = outer.upper;
  return outer?.type === "conditional-type" ? outer : scope;
}

function define(analysis: ScopeAnalysis, scope: Scope, name: Node, node: Node): void {
  analysis.define(scope, { type: "Type", name, node, parent: null });
}
