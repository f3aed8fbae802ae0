import type { TSESTree } from "@typescript-eslint/types";
import type { Node } from "./ast.ts";

export type Name = TSESTree.Identifier | TSESTree.JSXIdentifier;

/** What gives a variable its name and its first value. `parent` is the declaration around `node`. */
export type Definition =
  | DefinitionBy<"Variable", TSESTree.VariableDeclarator, TSESTree.VariableDeclaration>
  | DefinitionBy<"ImportBinding", ImportNode, ImportParent>
  | DefinitionBy<"FunctionName" | "Parameter" | "CatchClause" | "ClassName" | "Type", Node, null>
  | DefinitionBy<"TSEnumName" | "TSEnumMemberName" | "TSModuleName", Node, null>;

type ImportNode = TSESTree.ImportClause | TSESTree.TSImportEqualsDeclaration;
type ImportParent = TSESTree.ImportDeclaration | TSESTree.TSImportEqualsDeclaration;

interface DefinitionBy<Type extends string, By extends Node, Parent extends Node | null> {
  readonly type: Type;
  readonly name: Node;
  readonly node: By;
  readonly parent: Parent;
}

/** A name in a type means another thing than the same name in an expression, and in an export it may mean both. */
export type Meaning = "value" | "type" | "either";

const ONLY_TYPES: ReadonlySet<Definition["type"]> = new Set(["Type"]);
const NEVER_TYPES: ReadonlySet<Definition["type"]> = new Set([
  "Variable",
  "Parameter",
  "FunctionName",
  "CatchClause",
]);

export class Variable {
  readonly name: string;
  readonly scope: Scope;
  readonly defs: Definition[] = [];
  /** Where it is declared. */
  readonly identifiers: Name[] = [];
  /** Every use that means it, also from scopes inside. */
  readonly references: Reference[] = [];

  constructor(name: string, scope: Scope) {
    this.name = name;
    this.scope = scope;
  }

  /** Whether it ever changes after its declaration. */
  get isReassigned(): boolean {
    return this.references.some((reference) => reference.isWrite() && !reference.init);
  }

  get isTypeVariable(): boolean {
    return this.defs.length === 0 || this.defs.some(({ type }) => !NEVER_TYPES.has(type));
  }

  get isValueVariable(): boolean {
    return this.defs.length === 0 || this.defs.some(({ type }) => !ONLY_TYPES.has(type));
  }
}

/** A use of a name. */
export class Reference {
  readonly identifier: Name;
  readonly meaning: Meaning;
  /** What is assigned; null for `n++`, for what is only read, and where a loop or a pattern gives it. */
  readonly writeExpr: Node | null;
  /** It gives the variable its first value. */
  readonly init: boolean;
  readonly #isWrite: boolean;

  constructor(identifier: Name, meaning: Meaning, write: Write | null) {
    this.identifier = identifier;
    this.meaning = meaning;
    this.writeExpr = write?.value ?? null;
    this.init = write?.isInitial ?? false;
    this.#isWrite = write !== null;
  }

  isWrite(): boolean {
    return this.#isWrite;
  }
}

export interface Write {
  readonly value: Node | null;
  readonly isInitial: boolean;
}

type ScopeType =
  | "global"
  | "module"
  | "function"
  | "function-name"
  | "class"
  | "class-part"
  | "namespace"
  /** A block, loop, `switch`, `catch` or `with`. */
  | "block"
  | "enum"
  | "type"
  | "function-type"
  | "mapped-type"
  | "conditional-type";

const HOLDS_VARS: ReadonlySet<ScopeType> = new Set([
  "global",
  "module",
  "function",
  "class-part",
  "namespace",
]);

/** Most scopes declare nothing. */
const NOTHING: ReadonlyMap<string, Variable> = new Map();

export class Scope {
  readonly type: ScopeType;
  readonly block: Node;
  readonly upper: Scope | null;
  /** The scope that a `var` in here belongs to. */
  readonly variableScope: Scope;
  set: ReadonlyMap<string, Variable> = NOTHING;
  /** Uses in here whose variable is not known yet: it may be declared further down. */
  open: Reference[] = [];

  constructor(type: ScopeType, block: Node, upper: Scope | null) {
    this.type = type;
    this.block = block;
    this.upper = upper;
    this.variableScope = HOLDS_VARS.has(type) || !upper ? this : upper.variableScope;
  }

  get variables(): readonly Variable[] {
    return [...this.set.values()];
  }

  /** The variable of a name that is declared here, made with its first declaration. */
  declare(name: string): Variable {
    const known = this.set.get(name);
    if (known) return known;
    const variable = new Variable(name, this);
    if (this.set === NOTHING) this.set = new Map();
    (this.set as Map<string, Variable>).set(name, variable);
    return variable;
  }

  /** What is declared here and a use in here, or in a scope inside, may mean. */
  find({ identifier, meaning }: Reference): Variable | null {
    const { name } = identifier;
    const variable = this.set.get(name) ?? (name === "arguments" ? this.#arguments() : undefined);
    if (!variable || this.#isOfBody(variable, identifier)) return null;
    const isMeant =
      (meaning !== "value" && variable.isTypeVariable) ||
      (meaning !== "type" && variable.isValueVariable);
    return isMeant ? variable : null;
  }

  #arguments(): Variable | undefined {
    const isOwn = this.type === "function" && this.block.type !== "ArrowFunctionExpression";
    return isOwn ? this.declare("arguments") : undefined;
  }

  /** `function f(a = x) { const x = 2; }`: a default value does not see what the body declares. */
  #isOfBody(variable: Variable, { range }: Name): boolean {
    const { block } = this;
    if (this.type !== "function" || block.type === "Program") return false;
    const start = "body" in block && block.body && "range" in block.body ? block.body.range[0] : -1;
    return range[0] < start && variable.defs.every(({ name }) => name.range[0] >= start);
  }
}
