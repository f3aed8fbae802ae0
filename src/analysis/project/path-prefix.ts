import { dirname, posix } from "node:path";
import type { TSESTree } from "@typescript-eslint/types";
import {
  contains,
  dottedName,
  isFunction,
  memberName,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import { loopedOver } from "../syntax/loops.ts";
import { pathInPattern } from "../syntax/pattern-names.ts";
import { pushedTo } from "../syntax/pushes.ts";
import type { Variable } from "../syntax/scopes.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { returnExpressions } from "./call-shapes.ts";
import { calledFunction, callersOf } from "./calls-by-name.ts";
import { bare, entry, joined, unique, whole, type PathPrefix } from "./path-parts.ts";
import type { Project } from "./project.ts";
import { optionOf } from "./store-chain.ts";

/** Methods whose callback gets the elements, or the entries that a walk through a folder finds. */
const EACH = new Set([
  "forEach",
  "map",
  "filter",
  "flatMap",
  "find",
  "some",
  "every",
  "on",
  "each",
]);
/** Methods that give the same elements or the same path again. */
const KEEPING = new Set(
  "filter sort slice flat concat reverse values toArray then catch finally toString replace trim replaceAll".split(
    " ",
  ),
);
const MOST_STEPS = 400;

/** The known beginnings of a path that an expression computes; none where nothing is known. */
export function prefixesOf(project: Project, node: Node, file: SourceFile): PathPrefix[] {
  return new PathTrace(project).of(node, file);
}

/** What an object literal that is passed has under a name: `new Loader({ folder })`. */
function propertyGiven(object: Node | null, name: string): Node | null {
  return object && optionOf(object, name);
}

/** What a value may be, or its elements. */
type Follow = (value: Node, file: SourceFile) => PathPrefix[];

/**
 * Follows a path backwards through variables, loops over listings, helpers and their callers. Names alone say
 * which call calls what: loaders are read before the project's functions are resolved.
 */
class PathTrace {
  readonly #project: Project;
  readonly #open = new Set<Node>();
  #steps = 0;

  constructor(project: Project) {
    this.#project = project;
  }

  /** What the expression may be. */
  of(node: Node, file: SourceFile): PathPrefix[] {
    return this.#once(unwrap(node), (inner) => this.#value(inner, file));
  }

  /** What its elements may be: paths of a list, or names in a listed folder. */
  elementsOf(node: Node, file: SourceFile): PathPrefix[] {
    const inner = unwrap(node);
    switch (inner.type) {
      case "ArrayExpression":
        return inner.elements.flatMap((element) => (element ? this.of(element, file) : []));
      case "AwaitExpression":
        return this.elementsOf(inner.argument, file);
      case "ConditionalExpression":
        return [
          ...this.elementsOf(inner.consequent, file),
          ...this.elementsOf(inner.alternate, file),
        ];
      case "Identifier":
        return this.#once(inner, () => this.#elementsOfVariable(inner, file));
      case "CallExpression":
        return this.#once(inner, () => this.#elementsOfCall(inner, file));
      default:
        return [];
    }
  }

  #once<T extends Node>(node: T, compute: (node: T) => PathPrefix[]): PathPrefix[] {
    this.#steps += 1;
    if (this.#open.has(node) || this.#steps > MOST_STEPS) return [];
    this.#open.add(node);
    const found = compute(node);
    this.#open.delete(node);
    return unique(found);
  }

  #value(node: Node, file: SourceFile): PathPrefix[] {
    switch (node.type) {
      case "Literal":
        return typeof node.value === "string" ? [whole(node.value)] : [];
      case "TemplateLiteral":
        return joined(
          node.quasis.flatMap((quasi, index) => {
            const expression = node.expressions[index];
            const text = [whole(quasi.value.cooked ?? "")];
            return expression ? [text, this.of(expression, file)] : [text];
          }),
          "",
        );
      case "BinaryExpression":
        return node.operator === "+"
          ? joined([this.of(node.left, file), this.of(node.right, file)], "")
          : [];
      case "AwaitExpression":
        return this.of(node.argument, file);
      case "LogicalExpression":
        return [...this.of(node.left, file), ...this.of(node.right, file)];
      case "ConditionalExpression":
        return [...this.of(node.consequent, file), ...this.of(node.alternate, file)];
      case "Identifier":
        return this.#variable(node, file);
      case "MemberExpression":
        return this.#member(node, file);
      case "CallExpression":
        return this.#call(node, file);
      case "NewExpression":
        return dottedName(node.callee) === "URL" ? this.#url(node, file) : [];
      default:
        return [];
    }
  }

  #variable(node: TSESTree.Identifier, file: SourceFile): PathPrefix[] {
    if (node.name === "__dirname") return [whole(dirname(file.path))];
    if (node.name === "__filename") return [whole(file.path)];
    const follow: Follow = (value, from) => this.of(value, from);
    return this.#declared(node, file, follow, (variable, declarator) => {
      const loop = loopedOver(declarator, file);
      if (loop) return this.elementsOf(loop, file);
      const written = variable.references.flatMap(({ init, writeExpr }) =>
        !init && writeExpr ? this.of(writeExpr, file) : [],
      );
      return [...(declarator.init ? this.of(declarator.init, file) : []), ...written];
    });
  }

  #elementsOfVariable(node: TSESTree.Identifier, file: SourceFile): PathPrefix[] {
    const follow: Follow = (value, from) => this.elementsOf(value, from);
    return this.#declared(node, file, follow, (variable, { init }) => [
      ...(init ? this.elementsOf(init, file) : []),
      ...pushedTo(variable, file).flatMap((pushed) => this.of(pushed, file)),
    ]);
  }

  /** What a name may be: as a parameter, what is passed for it; as a variable, what its declaration gives. */
  #declared(
    node: TSESTree.Identifier,
    file: SourceFile,
    follow: Follow,
    ofVariable: (variable: Variable, declarator: TSESTree.VariableDeclarator) => PathPrefix[],
  ): PathPrefix[] {
    const variable = file.variableOf(node);
    const [definition] = variable?.defs ?? [];
    if (!variable || !definition) return [];
    const declarator: Node = definition.node;
    if (definition.type === "Parameter" && isFunction(declarator))
      return this.#parameter(declarator, definition.name, file, follow);
    return declarator.type === "VariableDeclarator" ? ofVariable(variable, declarator) : [];
  }

  /** A parameter is what callers pass, or an element of what its function is given to. */
  #parameter(fn: FunctionNode, name: Node, file: SourceFile, follow: Follow): PathPrefix[] {
    const index = fn.params.findIndex((parameter) => contains(parameter, name));
    const parameter = fn.params[index];
    const found = parameter?.type === "AssignmentPattern" ? follow(parameter.right, file) : [];
    const call = file.parentOf(fn);
    if (call?.type === "CallExpression" && call.callee !== fn) {
      const callee = unwrap(call.callee);
      const method = memberName(callee);
      if (callee.type === "MemberExpression" && EACH.has(method) && index === 0)
        return [...found, ...this.#elementOfWalk(callee.object, file)];
      if (callee.type === "MemberExpression" && method === "then")
        return [...found, ...follow(callee.object, file)];
      // `readdir(folder, (error, files) => ...)`
      return [...found, ...this.#listing(call, file)];
    }
    const path = pathInPattern(parameter, name);
    for (const [from, caller] of path ? callersOf(this.#project, fn, file) : []) {
      const argument = caller.arguments[index];
      const given = argument && path?.reduce<Node | null>(propertyGiven, argument);
      if (given && given.type !== "SpreadElement") found.push(...follow(given, from));
    }
    return found;
  }

  /** `klaw("./commands").on("data", (item) => ...)` walks, without a list. */
  #elementOfWalk(object: Node, file: SourceFile): PathPrefix[] {
    const found = this.elementsOf(object, file);
    return found.length > 0 ? found : this.of(object, file).map(({ text }) => entry(text));
  }

  #member(node: TSESTree.MemberExpression, file: SourceFile): PathPrefix[] {
    switch (dottedName(node)) {
      case "import.meta.dirname":
        return [whole(dirname(file.path))];
      case "import.meta.url":
      case "import.meta.filename":
        return [whole(file.path)];
      default:
    }
    if (node.object.type === "ThisExpression") return this.#field(node, file);
    if (propertyName(node) === null) return this.elementsOf(node.object, file);
    // `item.path` and `file.name` of an entry, `path.parse(file).dir`, `url.href`.
    return this.of(node.object, file);
  }

  #field(node: TSESTree.MemberExpression, file: SourceFile): PathPrefix[] {
    const name = propertyName(node);
    const cls = file.classes.findLast((candidate) => contains(candidate, node));
    return (cls?.body.body ?? []).flatMap((member) => {
      if (member.type === "PropertyDefinition" && propertyName(member) === name)
        return member.value ? this.of(member.value, file) : [];
      if (member.type !== "MethodDefinition" || member.kind !== "constructor") return [];
      return isFunction(member.value)
        ? file.nodesIn(member.value).flatMap((inner) => {
            const isWrite =
              inner.type === "AssignmentExpression" &&
              inner.left.type === "MemberExpression" &&
              inner.left.object.type === "ThisExpression" &&
              propertyName(inner.left) === name;
            return isWrite ? this.of(inner.right, file) : [];
          })
        : [];
    });
  }

  #call(node: TSESTree.CallExpression, file: SourceFile): PathPrefix[] {
    const callee = unwrap(node.callee);
    const name = callee.type === "Identifier" ? callee.name : memberName(callee);
    const [first] = node.arguments;
    switch (name) {
      case "join":
        if (callee.type === "MemberExpression" && callee.object.type === "ArrayExpression")
          return joined(
            callee.object.elements.map((part) => (part ? this.of(part, file) : [])),
            "/",
          );
        return this.#joinedArguments(node, file);
      case "resolve":
      case "normalize":
        return this.#joinedArguments(node, file);
      case "cwd":
        return [whole(this.#project.root)];
      case "dirname": {
        const known = first ? this.of(first, file).filter(({ kind }) => kind === "whole") : [];
        return known.length > 0
          ? known.map(({ text }) => whole(dirname(text)))
          : [whole(dirname(file.path))];
      }
      case "fileURLToPath": {
        const known = first ? this.of(first, file) : [];
        return known.length > 0
          ? known.map((prefix) => ({ ...prefix, text: posix.normalize(bare(prefix.text)) }))
          : [whole(file.path)];
      }
      case "pathToFileURL":
      case "parse":
        return first ? this.of(first, file) : [];
      default:
    }
    if (callee.type === "MemberExpression" && KEEPING.has(name))
      return this.of(callee.object, file);
    const fn = calledFunction(this.#project, callee, file);
    if (fn) return returnExpressions(fn.node).flatMap((expression) => this.of(expression, fn.file));
    // `klaw("./commands")`: a walk, which is asked for its entries.
    return [];
  }

  #joinedArguments(node: TSESTree.CallExpression, file: SourceFile): PathPrefix[] {
    return joined(
      node.arguments.map((argument) => this.of(argument, file)),
      "/",
    );
  }

  #elementsOfCall(node: TSESTree.CallExpression, file: SourceFile): PathPrefix[] {
    const callee = unwrap(node.callee);
    if (callee.type === "MemberExpression") {
      const name = memberName(callee);
      const isMapping = name === "map" || name === "flatMap";
      if (isMapping || KEEPING.has(name)) {
        const own = this.elementsOf(callee.object, file);
        if (own.length > 0 || !isMapping) return own;
      }
      if (dottedName(callee) === "Promise.all" && node.arguments[0])
        return this.elementsOf(node.arguments[0], file);
    }
    const listed = this.#listing(node, file);
    if (listed.length > 0) return listed;
    const fn = calledFunction(this.#project, callee, file);
    return fn
      ? returnExpressions(fn.node).flatMap((expression) => this.elementsOf(expression, fn.file))
      : [];
  }

  /** `readdirSync(folder)`, `glob("commands/*.js")`, a helper of the project's own: names below the folder. */
  #listing(node: TSESTree.CallExpression, file: SourceFile): PathPrefix[] {
    return node.arguments
      .filter((argument) => !isFunction(argument))
      .flatMap((argument) => this.of(argument, file))
      .filter(({ text }) => /[/\\]|^\.{1,2}$|^[\w-]+$/.test(text))
      .map(({ text }) => entry(text));
  }

  #url(node: TSESTree.NewExpression, file: SourceFile): PathPrefix[] {
    const [path, base] = node.arguments;
    if (!path) return [];
    const own = this.of(path, file);
    return base ? joined([[whole(dirname(file.path))], own], "/") : own;
  }
}
