import {
  childrenOf,
  isJump,
  lastStatement,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";

/** A value as source text, or the parts of an object. */
export type Parts = Map<string, Parts | string>;

export function setPart(parts: Parts, path: readonly string[], text: string): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) {
    if (!parts.has(first)) parts.set(first, text);
    return;
  }
  let inner = parts.get(first);
  if (inner === undefined) parts.set(first, (inner = new Map()));
  if (typeof inner !== "string") setPart(inner, rest, text);
}

export function printParts(parts: Parts): string {
  if (parts.size === 0) return "{}";
  const entries = [...parts].map(([name, value]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${key}: ${typeof value === "string" ? value : printParts(value)}`;
  });
  return `{ ${entries.join(", ")} }`;
}

/**
 * What an update has to have so that the handler comes to a place in its code: the values that its conditions ask
 * for, as far as they are literals. Everything else of the update is a stub, which is true.
 */
export function partsThatLeadTo(
  targets: readonly Node[],
  fn: FunctionNode,
  file: SourceFile,
): Parts {
  const search = new Search(fn, file);
  for (const target of targets) search.leadTo(target);
  return search.parts;
}

class Search {
  readonly parts: Parts = new Map();
  readonly #file: SourceFile;
  readonly #paths = new Map<string, readonly string[]>();

  constructor(fn: FunctionNode, file: SourceFile) {
    this.#file = file;
    const [update] = fn.params;
    if (update) this.#bind(update, []);
    this.#aliases(fn.body);
  }

  leadTo(target: Node): void {
    for (let node: Node = target; ;) {
      const parent = this.#file.parentOf(node);
      if (!parent) return;
      if (parent.type === "IfStatement" || parent.type === "ConditionalExpression") {
        if (parent.consequent === node) this.#want(parent.test, true);
        else if (parent.alternate === node) this.#want(parent.test, false);
      } else if (parent.type === "LogicalExpression" && parent.right === node)
        this.#want(parent.left, parent.operator === "&&");
      else if (parent.type === "SwitchCase" && parent.test) {
        const around = this.#file.parentOf(parent);
        if (around?.type === "SwitchStatement") this.#equal(around.discriminant, parent.test);
      } else if (parent.type === "BlockStatement" || parent.type === "Program") {
        for (const before of parent.body)
          if (
            before.range[1] <= node.range[0] &&
            before.type === "IfStatement" &&
            leaves(before.consequent)
          )
            this.#want(before.test, false);
      }
      node = parent;
    }
  }

  /** Names that stand for parts of the update: `const { customId } = interaction`. */
  #aliases(node: Node): void {
    if (node.type === "VariableDeclarator" && node.init) {
      const path = this.#pathOf(node.init);
      if (path) this.#bind(node.id, path);
    }
    for (const child of childrenOf(node)) this.#aliases(child);
  }

  #bind(pattern: Node, path: readonly string[]): void {
    if (pattern.type === "Identifier") this.#paths.set(pattern.name, path);
    else if (pattern.type === "AssignmentPattern") this.#bind(pattern.left, path);
    else if (pattern.type === "ObjectPattern")
      for (const property of pattern.properties) {
        const name = property.type === "Property" ? propertyName(property) : null;
        if (property.type === "Property" && name !== null)
          this.#bind(property.value, [...path, name]);
      }
  }

  #pathOf(node: Node): readonly string[] | null {
    const inner = unwrap(node);
    if (inner.type === "Identifier") return this.#paths.get(inner.name) ?? null;
    if (inner.type !== "MemberExpression") return null;
    const base = this.#pathOf(inner.object);
    const name = propertyName(inner);
    return base && name !== null ? [...base, name] : null;
  }

  #want(test: Node, isTrue: boolean): void {
    const node = unwrap(test);
    switch (node.type) {
      case "UnaryExpression":
        if (node.operator === "!") this.#want(node.argument, !isTrue);
        return;
      case "LogicalExpression":
        // Both sides of `&&` that holds and of `||` that does not; of the others one is enough.
        this.#want(node.left, isTrue);
        if ((node.operator === "&&") === isTrue) this.#want(node.right, isTrue);
        return;
      case "BinaryExpression":
        if (/^===?$/.test(node.operator) ? isTrue : /^!==?$/.test(node.operator) && !isTrue)
          this.#equal(node.left, node.right);
        return;
      case "CallExpression": {
        const callee = unwrap(node.callee);
        const path = this.#pathOf(callee);
        if (!path) return;
        const [argument] = node.arguments;
        const method = path.at(-1) ?? "";
        if (!isTrue) setPart(this.parts, path, "() => false");
        else if (/^(?:startsWith|endsWith|includes)$/.test(method) && argument?.type === "Literal")
          setPart(this.parts, path.slice(0, -1), argument.raw);
        return;
      }
      default: {
        const path = this.#pathOf(node);
        if (path && !isTrue) setPart(this.parts, path, "false");
      }
    }
  }

  #equal(left: Node, right: Node): void {
    const [node, other] = this.#pathOf(left) ? [left, right] : [right, left];
    const path = this.#pathOf(node);
    const literal = unwrap(other);
    if (path && path.length > 0 && literal.type === "Literal")
      setPart(this.parts, path, literal.raw);
  }
}

/** The branch ends the function, the loop's turn or the case. */
function leaves(branch: Node): boolean {
  return isJump(lastStatement(branch));
}
