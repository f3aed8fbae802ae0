import type { TSESTree } from "@typescript-eslint/types";
import type { Variable } from "../syntax/scopes.ts";
import { dottedName, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { moduleRecordOf } from "./module-record.ts";
import type { ExternalShape, Shape } from "./shape.ts";
import { returnExpressions } from "./call-shapes.ts";
import type { Shapes } from "./shapes.ts";

const DEEPEST = 12;
/** Functions of one number. */
const FUNCTIONS: ReadonlyMap<string, (value: number) => number> = new Map([
  ["Number", Number],
  ["parseInt", Math.trunc],
  ["Number.parseInt", Math.trunc],
  ["parseFloat", Number],
  ["Math.abs", Math.abs],
  ["Math.floor", Math.floor],
  ["Math.ceil", Math.ceil],
  ["Math.round", Math.round],
  ["Math.trunc", Math.trunc],
]);

/** What the parameters of a function stand for in the call at hand. */
type Bound = ReadonlyMap<Variable, Site>;

const NOTHING: Bound = new Map();

/**
 * The number that an expression stands for where the code says it: through constants and imports, config
 * objects, classes, enums and small functions. Of `process.env.SIZE ?? 4` it is the default, of two branches
 * the smaller one.
 */
export class ConstantNumbers {
  readonly #shapes: Shapes;

  constructor(shapes: Shapes) {
    this.#shapes = shapes;
  }

  of(node: Node, file: SourceFile, bound = NOTHING, depth = 0): number | null {
    if (depth > DEEPEST) return null;
    const inner = unwrap(node);
    const again = (other: Node): number | null => this.of(other, file, bound, depth + 1);
    switch (inner.type) {
      case "Literal":
        return literalNumber(inner);
      case "UnaryExpression": {
        const value = again(inner.argument);
        if (inner.operator === "+") return value;
        return inner.operator === "-" && value !== null ? -value : null;
      }
      case "ConditionalExpression":
        return smaller(again(inner.consequent), again(inner.alternate));
      case "LogicalExpression":
        return again(inner.left) ?? again(inner.right);
      case "BinaryExpression": {
        const left = again(inner.left);
        const right = again(inner.right);
        return left === null || right === null ? null : arithmetic(inner.operator, left, right);
      }
      case "CallExpression":
        return this.#call(inner, file, bound, depth);
      case "MemberExpression":
      case "Identifier":
        return this.#at(this.#definition(inner, file, bound, depth), bound, depth);
      default:
        return null;
    }
  }

  /** What a constructor is given for an option or argument, or null when it is left out. */
  given({ site }: ExternalShape, argument: number, option?: string): Site | null {
    const call = site?.node;
    if (!site || (call?.type !== "CallExpression" && call?.type !== "NewExpression")) return null;
    const node = call.arguments[argument];
    if (!node) return null;
    const { file } = site;
    if (option === undefined) return { file, node };
    const object = this.#object(node, file, 0);
    return object ? this.#property(object, option, 0) : { file, node };
  }

  /** The number that a constructor is given; null when it is left out or cannot be told. */
  ofGiven(shape: ExternalShape, argument: number, option?: string): number | null {
    return this.#at(this.given(shape, argument, option), NOTHING, 0);
  }

  /** The value of an option, through constants, imports and spreads; null when it is left out. */
  option(options: Node, file: SourceFile, name: string): Site | null {
    return this.#ofLiteral(options, name, file, 0);
  }

  #at(site: Site | null, bound: Bound, depth: number): number | null {
    return site && this.of(site.node, site.file, bound, depth + 1);
  }

  #call(
    node: TSESTree.CallExpression,
    file: SourceFile,
    bound: Bound,
    depth: number,
  ): number | null {
    const values = (): (number | null)[] =>
      node.arguments.map((argument) => this.of(argument, file, bound, depth + 1));
    const name = dottedName(node.callee);
    const compute = FUNCTIONS.get(name);
    if (compute) {
      const [value] = values();
      return typeof value === "number" ? compute(value) : null;
    }
    if (name === "Math.max" || name === "Math.min") {
      const known = values();
      if (known.includes(null)) return null;
      return Math[name === "Math.max" ? "max" : "min"](...(known as number[]));
    }
    for (const shape of this.#shapes.of(node.callee, file)) {
      if (shape.kind !== "function" || shape.wrappers?.length) continue;
      const own = new Map<Variable, Site>();
      for (const [index, parameter] of shape.node.params.entries()) {
        const variable = shape.file.variableOf(parameter);
        const argument = node.arguments[index];
        if (variable && argument) own.set(variable, { file, node: argument });
      }
      const [only, ...others] = returnExpressions(shape.node);
      return only && others.length === 0 ? this.of(only, shape.file, own, depth + 1) : null;
    }
    return null;
  }

  /** Where the value of a name or of a property is written. */
  #definition(node: Node, file: SourceFile, bound: Bound, depth: number): Site | null {
    if (node.type === "MemberExpression") {
      const name = propertyName(node);
      if (name === null) return null;
      const object = unwrap(node.object);
      return (
        this.#ofEnum(object, name, file) ??
        this.#ofShapes(this.#shapes.of(object, file), name) ??
        this.#ofLiteral(object, name, file, depth)
      );
    }
    const variable = file.variableOf(node);
    const passed = variable && bound.get(variable);
    if (passed) return passed;
    const home = this.#shapes.variableHome(node, file);
    const declarator = home?.variable.defs[0]?.node;
    if (!home || declarator?.type !== "VariableDeclarator" || !declarator.init) return null;
    if (home.variable.references.some((reference) => reference.isWrite() && !reference.init))
      return null;
    const { id, init } = declarator;
    if (id.type === "Identifier") return { file: home.file, node: init };
    return id.type === "ObjectPattern"
      ? this.#destructured(id, init, home.variable, home.file, depth)
      : null;
  }

  /** `const { SLOTS = 4 } = process.env`. */
  #destructured(
    { properties }: TSESTree.ObjectPattern,
    init: Node,
    variable: Variable,
    file: SourceFile,
    depth: number,
  ): Site | null {
    for (const property of properties) {
      if (property.type !== "Property") continue;
      const { value } = property;
      const target = value.type === "AssignmentPattern" ? value.left : value;
      if (file.variableOf(target) !== variable) continue;
      const name = propertyName(property);
      const found = name === null ? null : this.#ofLiteral(init, name, file, depth);
      return found ?? (value.type === "AssignmentPattern" ? { file, node: value.right } : null);
    }
    return null;
  }

  #ofLiteral(node: Node, name: string, file: SourceFile, depth: number): Site | null {
    const object = this.#object(node, file, depth);
    return object && this.#property(object, name, depth);
  }

  /** The object literal that an expression stands for, through constants, imports and `Object.freeze`. */
  #object(
    node: Node,
    file: SourceFile,
    depth: number,
  ): { readonly file: SourceFile; readonly node: TSESTree.ObjectExpression } | null {
    if (depth > DEEPEST) return null;
    const inner = unwrap(node);
    for (const shape of this.#shapes.of(inner, file))
      if (shape.kind === "object") return { file: shape.file, node: shape.node };
    if (inner.type === "CallExpression" && inner.arguments[0])
      return this.#object(inner.arguments[0], file, depth + 1);
    if (inner.type !== "Identifier" && inner.type !== "MemberExpression") return null;
    const site = this.#definition(inner, file, NOTHING, depth + 1);
    return site && this.#object(site.node, site.file, depth + 1);
  }

  /** The value of a property, also from an object that is spread into the literal; the last one counts. */
  #property(
    { file, node }: { readonly file: SourceFile; readonly node: TSESTree.ObjectExpression },
    name: string,
    depth: number,
  ): Site | null {
    for (const property of [...node.properties].reverse()) {
      if (property.type === "SpreadElement") {
        const found = this.#ofLiteral(property.argument, name, file, depth + 1);
        if (found) return found;
      } else if (propertyName(property) === name) return { file, node: property.value };
    }
    return null;
  }

  /** A static field of a class, an export of a namespace. */
  #ofShapes(shapes: readonly Shape[], name: string): Site | null {
    for (const shape of shapes) {
      if (shape.kind === "class" || shape.kind === "instance") {
        const cls = shape.kind === "class" ? shape : shape.cls;
        for (const member of cls.node.body.body)
          if (
            member.type === "PropertyDefinition" &&
            member.static === (shape.kind === "class") &&
            propertyName(member) === name &&
            member.value
          )
            return { file: cls.file, node: member.value };
      }
      if (shape.kind === "namespace") {
        const file = this.#shapes.project.fileAt(shape.path);
        const binding = file && moduleRecordOf(file).exports.get(name);
        if (file && binding?.kind === "expression") return { file, node: binding.node };
      }
    }
    return null;
  }

  #ofEnum(object: Node, name: string, file: SourceFile): Site | null {
    const home = object.type === "Identifier" ? this.#shapes.variableHome(object, file) : null;
    const definition = home?.variable.defs[0]?.node;
    if (!home || definition?.type !== "TSEnumDeclaration") return null;
    for (const member of definition.body.members)
      if (member.id.type === "Identifier" && member.id.name === name && member.initializer)
        return { file: home.file, node: member.initializer };
    return null;
  }
}

function literalNumber({ value }: TSESTree.Literal): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : null;
}

function smaller(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
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
