import type { Variable } from "../syntax/scopes.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { FORMATTERS } from "../../models/effects/formatters.ts";
import { lookup } from "../../models/lookup.ts";
import { moduleRecordOf } from "../project/module-record.ts";
import {
  childrenOf,
  contains,
  isFunction,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { rootOf } from "./order.ts";

/** An identifier that names something outside of an expression. */
interface Use {
  readonly identifier: Node;
  readonly variable: Variable;
}

/** What an expression needs that a function at the top of the file does not have, or would have later. */
export class Outside {
  readonly #file: SourceFile;
  readonly #fn: FunctionNode;

  constructor(fn: FunctionNode, file: SourceFile) {
    this.#fn = fn;
    this.#file = file;
  }

  /** A variable of the handler or of a function around it, or one of the module that changes. */
  #isOutside(variable: Variable, expression: Node): boolean {
    const { block } = variable.scope;
    if (block.type === "Program") return variable.isReassigned;
    // A callback's own parameters move with it.
    return !contains(expression, block);
  }

  /** The identifiers of an expression that name something outside, also those in its callbacks. */
  usesIn(expression: Node): Use[] {
    const uses: Use[] = [];
    const visit = (node: Node): void => {
      const variable = this.#file.variableOf(node);
      if (variable && this.#isOutside(variable, expression))
        uses.push({ identifier: node, variable });
      for (const child of childrenOf(node)) visit(child);
    };
    visit(expression);
    return uses;
  }

  /** Whether it has the same value whenever the file's own functions evaluate it. */
  isConstant(expression: Node): boolean {
    return this.usesIn(expression).length === 0 && !this.#computes(expression);
  }

  /** Calls, which may look at a clock or at what changes; a callback is only made. */
  #computes(node: Node): boolean {
    if (isFunction(node)) return false;
    switch (node.type) {
      case "CallExpression":
      case "NewExpression":
        if (!this.#isFormatter(node)) return true;
        break;
      case "AwaitExpression":
      case "TaggedTemplateExpression":
      case "ImportExpression":
        return true;
      default:
        break;
    }
    return childrenOf(node).some((child) => this.#computes(child));
  }

  #isFormatter(call: TSESTree.CallExpression | TSESTree.NewExpression): boolean {
    let callee = unwrap(call.callee);
    // `new InlineKeyboard().text(...)`
    for (;;) {
      if (callee.type === "MemberExpression") callee = unwrap(callee.object);
      else if (callee.type === "CallExpression" || callee.type === "NewExpression")
        callee = unwrap(callee.callee);
      else break;
    }
    const root = rootOf(callee);
    if (!root || this.#file.variableOf(root)?.scope.block.type !== "Program") return false;
    const imported = moduleRecordOf(this.#file).imports.get(root.name);
    return imported
      ? (lookup(FORMATTERS, imported.specifier)?.test(imported.name) ?? false)
      : false;
  }

  /** A variable of the handler that a function inside it sets: what it holds depends on when one looks. */
  isSetByCallback(variable: Variable): boolean {
    return variable.references.some(
      (reference) =>
        reference.isWrite() &&
        this.#file.ownerOf(variable) === this.#fn &&
        this.#file.enclosing(reference.identifier) !== this.#fn,
    );
  }
}
