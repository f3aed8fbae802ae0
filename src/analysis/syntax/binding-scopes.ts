import type { TSESTree } from "@typescript-eslint/types";
import type { Node } from "./ast.ts";
import { forEachName, type OnName } from "./pattern-names.ts";
import type { ScopeAnalysis } from "./scope-analysis.ts";
import type { Definition, Scope } from "./scopes.ts";
import { visitType } from "./type-scopes.ts";

/** A definition that gives each name of a pattern its value. */
type PatternDefinition = Definition extends infer One
  ? One extends Definition
    ? Omit<One, "name">
    : never
  : never;

/** Declares the names of a pattern, in the scope at hand or in the one that a `var` belongs to. */
export function bindNames(
  analysis: ScopeAnalysis,
  pattern: Node,
  definition: PatternDefinition,
  { init = null, scope = analysis.scope }: { init?: Node | null; scope?: Scope } = {},
): void {
  visitPattern(analysis, pattern, (name, defaults) => {
    analysis.define(scope, { ...definition, name });
    giveDefaults(analysis, name, defaults, true);
    if (init) analysis.refer(name, "value", { value: init, isInitial: true });
  });
}

export function visitDeclaration(
  analysis: ScopeAnalysis,
  node: TSESTree.VariableDeclaration,
): void {
  const scope = node.kind === "var" ? analysis.scope.variableScope : analysis.scope;
  for (const declarator of node.declarations) {
    const { id, init } = declarator;
    const definition = { type: "Variable", node: declarator, parent: node } as const;
    bindNames(analysis, id, definition, { init, scope });
    analysis.visit(init);
    visitType(analysis, id.typeAnnotation);
  }
}

/** `for (const name of list)`: each round gives the names another value. */
export function visitEach(
  analysis: ScopeAnalysis,
  { left, right, body }: TSESTree.ForInStatement | TSESTree.ForOfStatement,
): void {
  if (left.type === "VariableDeclaration") {
    analysis.visit(left);
    forEachName(left.declarations[0].id, (name) => {
      analysis.refer(name, "value", { value: right, isInitial: true });
    });
  } else assign(analysis, left, right);
  analysis.visit(right);
  analysis.visit(body);
}

export function visitAssignment(
  analysis: ScopeAnalysis,
  { left, operator, right }: TSESTree.AssignmentExpression,
): void {
  const target = targetOf(analysis, left);
  if (operator === "=") assign(analysis, target, right);
  else if (target.type === "Identifier")
    analysis.refer(target, "value", { value: right, isInitial: false });
  else analysis.visit(target);
  analysis.visit(right);
}

export function visitUpdate(analysis: ScopeAnalysis, node: TSESTree.UpdateExpression): void {
  const target = targetOf(analysis, node.argument);
  if (target.type === "Identifier")
    analysis.refer(target, "value", { value: null, isInitial: false });
  else analysis.visit(target);
}

function assign(analysis: ScopeAnalysis, target: Node, value: Node): void {
  if (target.type !== "Identifier" && !target.type.endsWith("Pattern")) {
    analysis.visit(target);
    return;
  }
  visitPattern(analysis, target, (name, defaults) => {
    giveDefaults(analysis, name, defaults, false);
    analysis.refer(name, "value", { value, isInitial: false });
  });
}

/** What a cast assigns to. */
function targetOf(analysis: ScopeAnalysis, node: Node): Node {
  if (node.type === "TSAsExpression" || node.type === "TSTypeAssertion") {
    visitType(analysis, node.typeAnnotation);
    return node.expression;
  }
  return node.type === "TSNonNullExpression" ? node.expression : node;
}

function visitPattern(analysis: ScopeAnalysis, pattern: Node, onName: OnName): void {
  analysis.visitAll(forEachName(pattern, onName));
}

function giveDefaults(
  analysis: ScopeAnalysis,
  name: TSESTree.Identifier,
  defaults: readonly Node[],
  isInitial: boolean,
): void {
  for (const value of defaults) analysis.refer(name, "value", { value, isInitial });
}
