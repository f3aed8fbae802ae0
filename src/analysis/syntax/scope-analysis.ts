import type { TSESTree } from "@typescript-eslint/types";
import { childrenOf, type Node, type Program } from "./ast.ts";
import {
  bindNames,
  visitAssignment,
  visitDeclaration,
  visitEach,
  visitUpdate,
} from "./binding-scopes.ts";
import { visitClass, visitEnum, visitFunction } from "./function-scopes.ts";
import {
  Reference,
  Scope,
  type Definition,
  type Meaning,
  type Name,
  type Variable,
  type Write,
} from "./scopes.ts";
import { visitType } from "./type-scopes.ts";

/**
 * Scopes, variables and references of a syntax tree, types included. Resolves names as
 * `@typescript-eslint/scope-manager` does, and the tests compare the two; it keeps only what the engine asks. A
 * use is resolved when its scope ends, since what it means may be
 * declared behind it.
 */
export class ScopeAnalysis {
  /** Those that can declare something, outermost first. */
  readonly scopes: Scope[] = [];
  /** Every use of a name, in the order of the source. */
  readonly references: Reference[] = [];
  /** By the identifiers that declare or use them. */
  readonly variables = new Map<Node, Variable>();
  #scope: Scope;

  constructor(ast: Program, sourceType: "module" | "commonjs") {
    const global = new Scope("global", ast, null);
    this.#scope = global;
    this.scopes.push(global);
    this.within(sourceType === "module" ? "module" : "function", ast, () => {
      for (const statement of ast.body) this.visit(statement);
    });
  }

  get scope(): Scope {
    return this.#scope;
  }

  /** Visits what stands in a scope of its own. */
  within(type: Scope["type"], block: Node, visit: () => void): void {
    const outer = this.#scope;
    const scope = new Scope(type, block, outer);
    this.scopes.push(scope);
    this.#scope = scope;
    visit();
    this.#scope = outer;
    for (const reference of scope.open) {
      const variable = scope.find(reference);
      if (variable) {
        variable.references.push(reference);
        this.variables.set(reference.identifier, variable);
      } else outer.open.push(reference);
    }
    scope.open = [];
  }

  define(scope: Scope, definition: Definition): void {
    const { name } = definition;
    if (name.type !== "Identifier" && name.type !== "Literal") return;
    const variable = scope.declare(name.type === "Literal" ? String(name.value) : name.name);
    variable.defs.push(definition);
    if (name.type === "Literal") return;
    variable.identifiers.push(name);
    this.variables.set(name, variable);
  }

  refer(name: Name, meaning: Meaning = "value", write: Write | null = null): void {
    const reference = new Reference(name, meaning, write);
    this.references.push(reference);
    this.#scope.open.push(reference);
  }

  visit(node: Node | null | undefined): void {
    if (!node) return;
    switch (node.type) {
      case "Identifier":
      case "JSXIdentifier":
        this.refer(node);
        return;
      case "Literal":
      case "MetaProperty":
      case "PrivateIdentifier":
      case "BreakStatement":
      case "ContinueStatement":
      case "ExportAllDeclaration":
      case "TemplateElement":
        return;
      case "MemberExpression":
        this.visit(node.object);
        if (node.computed) this.visit(node.property);
        return;
      case "CallExpression":
      case "NewExpression":
        this.visit(node.callee);
        this.visitAll(node.arguments);
        visitType(this, node.typeArguments);
        return;
      case "TaggedTemplateExpression":
        this.visit(node.tag);
        this.visit(node.quasi);
        visitType(this, node.typeArguments);
        return;
      case "TSAsExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
        this.visit(node.expression);
        visitType(this, node.typeAnnotation);
        return;
      case "TSInstantiationExpression":
        this.visit(node.expression);
        visitType(this, node.typeArguments);
        return;
      case "Property":
        if (node.computed) this.visit(node.key);
        this.visit(node.value);
        return;
      case "AssignmentExpression":
        visitAssignment(this, node);
        return;
      case "UpdateExpression":
        visitUpdate(this, node);
        return;
      case "VariableDeclaration":
        visitDeclaration(this, node);
        return;
      case "FunctionDeclaration":
      case "TSDeclareFunction":
        if (node.id)
          this.define(this.#scope, { type: "FunctionName", name: node.id, node, parent: null });
        visitFunction(this, node);
        return;
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "TSEmptyBodyFunctionExpression":
        visitFunction(this, node);
        return;
      case "ClassDeclaration":
      case "ClassExpression":
        visitClass(this, node);
        return;
      case "MethodDefinition":
      case "TSAbstractMethodDefinition":
        if (node.computed) this.visit(node.key);
        this.visit(node.value);
        this.visitAll(node.decorators);
        return;
      case "PropertyDefinition":
      case "AccessorProperty":
      case "TSAbstractPropertyDefinition":
      case "TSAbstractAccessorProperty":
        if (node.computed) this.visit(node.key);
        this.visit(node.value);
        this.visitAll(node.decorators);
        visitType(this, node.typeAnnotation);
        return;
      case "StaticBlock":
        this.within("class-part", node, () => {
          this.visitAll(node.body);
        });
        return;
      case "BlockStatement":
        this.#block(node, node.body);
        return;
      case "CatchClause":
        this.within("block", node, () => {
          if (node.param) bindNames(this, node.param, { type: "CatchClause", node, parent: null });
          this.visit(node.body);
        });
        return;
      case "ForStatement":
        this.#loop(node, node.init, () => {
          this.visit(node.init);
          this.visit(node.test);
          this.visit(node.update);
          this.visit(node.body);
        });
        return;
      case "ForInStatement":
      case "ForOfStatement":
        this.#loop(node, node.left, () => {
          visitEach(this, node);
        });
        return;
      case "SwitchStatement":
        this.visit(node.discriminant);
        this.within("block", node, () => {
          this.visitAll(node.cases);
        });
        return;
      case "LabeledStatement":
        this.visit(node.body);
        return;
      case "TSInterfaceDeclaration":
      case "TSTypeAliasDeclaration":
      case "TSIndexSignature":
        visitType(this, node);
        return;
      case "ImportDeclaration":
        for (const specifier of node.specifiers)
          this.define(this.#scope, {
            type: "ImportBinding",
            name: specifier.local,
            node: specifier,
            parent: node,
          });
        return;
      case "ExportNamedDeclaration":
        if (node.declaration) this.visit(node.declaration);
        else if (!node.source)
          for (const { local, exportKind } of node.specifiers) {
            const isType = node.exportKind === "type" || exportKind === "type";
            this.refer(local, isType ? "type" : "either");
          }
        return;
      case "ExportDefaultDeclaration":
        this.#given(node.declaration);
        return;
      case "TSExportAssignment":
        this.#given(node.expression);
        return;
      case "TSImportEqualsDeclaration":
        this.define(this.#scope, { type: "ImportBinding", name: node.id, node, parent: node });
        this.visit(leftmost(node.moduleReference));
        return;
      case "TSEnumDeclaration":
        visitEnum(this, node);
        return;
      case "TSModuleDeclaration":
        if (node.id.type === "Identifier" && node.kind !== "global")
          this.define(this.#scope, { type: "TSModuleName", name: node.id, node, parent: null });
        this.within("namespace", node, () => {
          this.visit(node.body);
        });
        return;
      case "JSXOpeningElement":
        this.#jsxName(node.name);
        visitType(this, node.typeArguments);
        this.visitAll(node.attributes);
        return;
      case "JSXClosingElement":
        this.#jsxName(node.name);
        return;
      case "JSXMemberExpression":
        if (node.object.type !== "JSXIdentifier" || node.object.name !== "this")
          this.visit(node.object);
        return;
      case "JSXAttribute":
        this.visit(node.value);
        return;
      default:
        for (const child of childrenOf(node)) this.visit(child);
    }
  }

  visitAll(nodes: readonly (Node | null)[] | undefined): void {
    if (nodes) for (const node of nodes) this.visit(node);
  }

  /** Most blocks declare nothing, and need no scope. */
  #block(node: Node, statements: readonly Node[]): void {
    if (statements.some(isDeclaration))
      this.within("block", node, () => {
        this.visitAll(statements);
      });
    else this.visitAll(statements);
  }

  #loop(node: Node, start: Node | null, visit: () => void): void {
    if (start?.type === "VariableDeclaration" && start.kind !== "var")
      this.within("block", node, visit);
    else visit();
  }

  /** What is exported by its name alone may be a type. */
  #given(node: Node): void {
    if (node.type === "Identifier") this.refer(node, "either");
    else this.visit(node);
  }

  /** `<div>` names nothing of the file, `<Card>` does. */
  #jsxName(name: TSESTree.JSXTagNameExpression): void {
    const isIntrinsic =
      name.type === "JSXIdentifier" && name.name !== "this" && /^\p{Ll}/u.test(name.name);
    if (!isIntrinsic) this.visit(name);
  }
}

function isDeclaration(statement: Node): boolean {
  switch (statement.type) {
    case "VariableDeclaration":
      return statement.kind !== "var";
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return true;
    default:
      return statement.type.startsWith("TS");
  }
}

function leftmost(node: Node): Node {
  return node.type === "TSQualifiedName" ? leftmost(node.left) : node;
}
