import type { TSESTree } from "@typescript-eslint/types";
import {
  childrenOf,
  isFunction,
  type ClassNode,
  type FunctionNode,
  type Node,
  type Program,
} from "./ast.ts";
import { ScopeAnalysis } from "./scope-analysis.ts";
import type { Variable } from "./scopes.ts";

/** Where a node stands: enough to print it and to compare it, without keeping more of the tree alive. */
export interface Site {
  readonly file: SourceFile;
  readonly node: Node;
}

/** A parsed file: syntax tree, scopes and the lookups that every later pass needs. Built once per content. */
export class SourceFile {
  readonly functions: FunctionNode[] = [];
  readonly classes: ClassNode[] = [];
  readonly calls: (TSESTree.CallExpression | TSESTree.NewExpression)[] = [];
  /** Module specifiers that are computed: `import(path)`, `require(path)`. */
  readonly computedImports: Node[] = [];
  /** Decorated class members and classes, for frameworks that register handlers by decorator. */
  readonly decorators: TSESTree.Decorator[] = [];
  readonly #classOf = new Map<FunctionNode, ClassNode>();
  readonly #nodesIn = new Map<FunctionNode, readonly Node[]>();
  #lineStarts: number[] | null = null;
  readonly path: string;
  /** Stands for the path, also in a later text of the file. */
  readonly number: string;
  readonly text: string;
  readonly ast: Program;
  readonly scopes: ScopeAnalysis;

  constructor(path: string, text: string, ast: Program, sourceType: "module" | "commonjs") {
    this.path = path;
    this.number = numberOf(path);
    this.text = text;
    this.ast = ast;
    this.scopes = new ScopeAnalysis(ast, sourceType);
    this.#index(ast);
  }

  #index(node: Node): void {
    for (const child of childrenOf(node)) {
      // As ESLint's own trees have it; a map of all nodes would be as large as the tree.
      child.parent = node;
      if (isFunction(child)) this.functions.push(child);
      else if (child.type === "ClassDeclaration" || child.type === "ClassExpression") {
        this.classes.push(child);
        for (const member of child.body.body) {
          const value = "value" in member ? member.value : null;
          if (isFunction(value)) this.#classOf.set(value, child);
        }
      } else if (child.type === "CallExpression" || child.type === "NewExpression")
        this.calls.push(child);
      else if (child.type === "ImportExpression" && child.source.type !== "Literal")
        this.computedImports.push(child.source);
      else if (child.type === "Decorator") this.decorators.push(child);
      this.#index(child);
    }
  }

  /** The nodes of a function's body in source order, functions inside it left out. */
  nodesIn(fn: FunctionNode): readonly Node[] {
    let nodes = this.#nodesIn.get(fn);
    if (!nodes) {
      const found: Node[] = [];
      collect(fn.body, found);
      this.#nodesIn.set(fn, (nodes = found));
    }
    return nodes;
  }

  /** The variable that an identifier names here, or null for globals. */
  variableOf(identifier: Node): Variable | null {
    return this.scopes.variables.get(identifier) ?? null;
  }

  parentOf(node: Node): Node | null {
    return (node.parent as Node | null | undefined) ?? null;
  }

  /** The innermost function around `node` (not `node` itself), or the program. */
  enclosing(node: Node): FunctionNode | Program {
    for (let outer = this.parentOf(node); outer; outer = this.parentOf(outer))
      if (isFunction(outer)) return outer;
    return this.ast;
  }

  /** The class whose method, accessor or arrow field `fn` is, also for arrows nested in one. */
  classOf(fn: FunctionNode): ClassNode | null {
    const own = this.#classOf.get(fn);
    if (own) return own;
    if (fn.type !== "ArrowFunctionExpression") return null;
    const outer = this.enclosing(fn);
    return outer.type === "Program" ? null : this.classOf(outer);
  }

  /** The function (or program) whose activation owns the variable. */
  ownerOf(variable: Variable): FunctionNode | Program {
    const block = variable.scope.variableScope.block;
    if (isFunction(block)) return block;
    if (block.type === "Program") return this.ast;
    const definition = variable.identifiers[0];
    return definition ? this.enclosing(definition) : this.ast;
  }

  lineOf(node: Node): number {
    return this.position(node.range[0]).line;
  }

  /** 1-based line and 0-based column of an offset. */
  position(offset: number): { line: number; column: number } {
    const starts = (this.#lineStarts ??= lineStartsOf(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) };
  }

  textOf(node: Node): string {
    return this.text.slice(node.range[0], node.range[1]);
  }
}

function collect(node: Node, found: Node[]): void {
  if (isFunction(node)) return;
  found.push(node);
  for (const child of childrenOf(node)) collect(child, found);
}

/** The line terminators of the language, by which ESLint counts as well: a lone `\r` ends a line, too. */
const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

function lineStartsOf(text: string): number[] {
  return [0, ...Array.from(text.matchAll(LINE_END), (end) => end.index + end[0].length)];
}

/** Whether the two stand in the same function, and in no inner one. */
export function areInOneFunction(a: Site, b: Site): boolean {
  return a.file === b.file && a.file.enclosing(a.node) === b.file.enclosing(b.node);
}

/** Equal for equal ranges of equal paths. Short, because the ids of most things are made of it. */
export function siteId({ file, node }: Site): string {
  return `${file.number}:${String(node.range[0])}-${String(node.range[1])}`;
}

const numbers = new Map<string, string>();

function numberOf(path: string): string {
  let number = numbers.get(path);
  if (number === undefined) numbers.set(path, (number = String(numbers.size)));
  return number;
}
