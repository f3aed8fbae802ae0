import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { BLOCKING, type BlockingCall } from "../../models/effects/blocking.ts";
import { frameworks } from "../../models/frameworks/index.ts";
import { locks } from "../../models/locks/index.ts";
import type { LockMethodModel, LockModel, PoolModel } from "../../models/model.ts";
import { pools } from "../../models/pools/index.ts";
import { propertyName, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { CALLED, packageOf, type ExternalShape, type Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import { optionOf, Stores } from "./stores.ts";

export const RUNTIME = "eslint-plugin-run-async/runtime";

export interface LockCall {
  readonly model: LockModel;
  readonly method: LockMethodModel;
}

export interface PoolCall {
  readonly model: PoolModel;
  readonly callback: number;
}

export interface NamedBlockingCall extends BlockingCall {
  readonly name: string;
}

/** Answers what a call means, by the models. Knows shapes, not values. */
export class Facts {
  readonly stores: Stores;
  readonly #shapes: Shapes;
  readonly #sends: ReadonlySet<string>;

  constructor(shapes: Shapes) {
    this.#shapes = shapes;
    this.stores = new Stores(shapes);
    this.#sends = new Set(frameworks.flatMap((framework) => framework.sends ?? []));
  }

  forget(path: string): void {
    this.stores.forget(path);
  }

  lockCall(callees: readonly Shape[]): LockCall | null {
    for (const shape of callees) {
      if (shape.kind !== "external") continue;
      for (const model of locks) {
        const rest = matchExport(shape, model.packages, model.exports);
        if (!rest) continue;
        if (model.global) {
          if (rest.length === 0 && model.methods["call"])
            return { model, method: model.methods["call"] };
          continue;
        }
        const name = rest.length === 1 ? "call" : rest[1];
        if (rest[0] !== CALLED || rest.length > 2 || name === undefined) continue;
        const method = lookup(model.methods, name);
        if (method && this.#isExclusive(shape, model)) return { model, method };
      }
    }
    return null;
  }

  #isExclusive(shape: ExternalShape, model: LockModel): boolean {
    const when = model.exclusiveWhen;
    if (!when) return true;
    return this.constructorNumber(shape, when.argument, when.option) === when.equals;
  }

  /** A number given to the constructor: literal, constant, or option of an object. */
  constructorNumber(shape: ExternalShape, argument: number, option?: string): number | null {
    const call = shape.site?.node;
    if (!shape.site || (call?.type !== "CallExpression" && call?.type !== "NewExpression"))
      return null;
    const given = call.arguments[argument];
    if (!given) return null;
    const node =
      option === undefined
        ? given
        : (optionOf(this.literalOf(given, shape.site.file), option) ??
          (given.type === "ObjectExpression" ? null : given));
    return node ? this.numberOf(node, shape.site.file) : null;
  }

  /** What a constructor is given for an option or argument, or null when it is left out. */
  constructorOption(
    shape: ExternalShape,
    argument: number,
    option?: string,
  ): { readonly node: Node; readonly file: SourceFile } | null {
    const call = shape.site?.node;
    if (!shape.site || (call?.type !== "CallExpression" && call?.type !== "NewExpression"))
      return null;
    const given = call.arguments[argument];
    if (!given || given.type === "SpreadElement") return null;
    if (option === undefined) return { node: given, file: shape.site.file };
    const object = this.#shapes
      .of(given, shape.site.file)
      .find((candidate) => candidate.kind === "object");
    const node = object?.kind === "object" ? optionOf(object.node, option) : null;
    if (node && object?.kind === "object") return { node, file: object.file };
    return object || given.type === "ObjectExpression"
      ? null
      : { node: given, file: shape.site.file };
  }

  /** The literal that an expression stands for, through constants and imports. */
  literalOf(node: Node, file: SourceFile): Node {
    const shape = this.#shapes.of(node, file).find((candidate) => candidate.kind === "object");
    return shape?.kind === "object" ? shape.node : node;
  }

  numberOf(node: Node, file: SourceFile, depth = 0): number | null {
    if (node.type === "Literal") {
      if (typeof node.value === "number") return node.value;
      return typeof node.value === "string" && /^\d+$/.test(node.value) ? Number(node.value) : null;
    }
    if (depth > 5) return null;
    if (node.type === "UnaryExpression" && node.operator === "+")
      return this.numberOf(node.argument, file, depth + 1);
    if (node.type === "ConditionalExpression") {
      const left = this.numberOf(node.consequent, file, depth + 1);
      const right = this.numberOf(node.alternate, file, depth + 1);
      return left === null || right === null ? (left ?? right) : Math.min(left, right);
    }
    if (node.type === "LogicalExpression") return this.numberOf(node.right, file, depth + 1);
    if (node.type === "BinaryExpression" && node.left.type !== "PrivateIdentifier") {
      const left = this.numberOf(node.left, file, depth + 1);
      const right = this.numberOf(node.right, file, depth + 1);
      return left === null || right === null ? null : arithmetic(node.operator, left, right);
    }
    if (node.type === "MemberExpression") {
      const [value] = this.#shapes.of(node.object, file).flatMap((shape) => {
        const found =
          shape.kind === "object" ? optionOf(shape.node, propertyName(node) ?? "") : null;
        return found && shape.kind === "object" ? [{ node: found, file: shape.file }] : [];
      });
      return value ? this.numberOf(value.node, value.file, depth + 1) : null;
    }
    if (
      node.type === "CallExpression" &&
      node.arguments[0] &&
      node.arguments[0].type !== "SpreadElement"
    )
      return this.numberOf(node.arguments[0], file, depth + 1);
    if (node.type === "Identifier") {
      const found = this.constantDefinition(node, file);
      return found ? this.numberOf(found.node, found.file, depth + 1) : null;
    }
    return null;
  }

  /** The initialiser of the constant that an identifier names, in this file or the one it is imported from. */
  constantDefinition(
    identifier: TSESTree.Identifier,
    file: SourceFile,
  ): { node: Node; file: SourceFile } | null {
    const home = this.#shapes.variableHome(identifier, file);
    const declarator = home?.variable.defs[0]?.node as Node | undefined;
    if (
      !home ||
      declarator?.type !== "VariableDeclarator" ||
      !declarator.init ||
      declarator.id.type !== "Identifier"
    )
      return null;
    return { node: declarator.init, file: home.file };
  }

  poolCall(callees: readonly Shape[]): PoolCall | null {
    for (const shape of callees) {
      if (shape.kind !== "external") continue;
      for (const model of pools) {
        const rest = matchExport(shape, model.packages, model.exports);
        if (rest?.[0] !== CALLED || rest.length > 2) continue;
        const submit = lookup(model.submits, rest[1] ?? "call");
        if (submit) return { model, callback: submit.callback };
      }
    }
    return null;
  }

  /** The pool whose `wrap` (or call) made a function, for a wrapper's callee shape. */
  poolOfWrapper(shape: ExternalShape): PoolModel | null {
    for (const model of pools) {
      const rest = matchExport(shape, model.packages, model.exports);
      if (rest?.[0] === CALLED && rest.length === 2 && lookup(model.wraps, rest[1])) return model;
    }
    return null;
  }

  isRunAsync(shape: ExternalShape): boolean {
    return shape.module === RUNTIME && shape.path.at(-1) === "runAsync";
  }

  /** A synchronous call that keeps the process from anything else, under the name of its function. */
  blockingCall(callees: readonly Shape[]): NamedBlockingCall | null {
    for (const shape of callees) {
      if (shape.kind !== "external") continue;
      const path = shape.path.filter((part) => part !== "default");
      const name = path.length === 0 ? "default" : path.join(".");
      const call = lookup(lookup(BLOCKING, shape.module), name);
      if (call) return { ...call, name: path.length === 0 ? shape.module : name };
    }
    return null;
  }

  isSend(method: string): boolean {
    return this.#sends.has(method);
  }
}

function arithmetic(operator: string, left: number, right: number): number | null {
  switch (operator) {
    case "*":
      return left * right;
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "/":
      return left / right;
    default:
      return null;
  }
}

/** The path below an exported name, or null when the shape is none of these exports. */
export function matchExport(
  shape: ExternalShape,
  packages: readonly string[],
  exports: readonly string[],
): readonly string[] | null {
  if (!packages.includes(shape.module) && !packages.includes(packageOf(shape.module))) return null;
  for (const name of exports) {
    const parts = name.split(".");
    for (const skipped of shape.path[0] === "default" ? [0, 1] : [0])
      if (parts.every((part, index) => shape.path[skipped + index] === part))
        return shape.path.slice(skipped + parts.length);
    if (name === "default" && (shape.path.length === 0 || shape.path[0] === CALLED))
      return shape.path;
  }
  return null;
}
