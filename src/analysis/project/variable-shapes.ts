import type { TSESTree } from "@typescript-eslint/types";
import type { Variable } from "../syntax/scopes.ts";
import {
  contains,
  isClass,
  isFunction,
  propertyName,
  unwrap,
  type CallLike,
  type Node,
} from "../syntax/ast.ts";
import { loopedOver } from "../syntax/loops.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { elementParameter, elementsOf } from "./element-shapes.ts";
import { moduleRecordOf } from "./module-record.ts";
import { importShapes } from "./module-shapes.ts";
import type { Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

export function definitionShapes(
  resolver: Shapes,
  definition: Variable["defs"][number],
  variable: Variable,
  file: SourceFile,
): Shape[] {
  const { node } = definition;
  switch (definition.type) {
    case "ImportBinding": {
      const binding = moduleRecordOf(file).imports.get(variable.name);
      return binding ? importShapes(resolver, file, binding.specifier, binding.name) : [];
    }
    case "FunctionName":
      return isFunction(node) ? [{ kind: "function", file, node }] : [];
    case "ClassName":
      return isClass(node) ? [{ kind: "class", file, node }] : [];
    case "Parameter":
      return parameterShapes(resolver, variable, definition.name, node, file);
    case "Variable": {
      const shapes: Shape[] = [];
      if (node.type === "VariableDeclarator") {
        const list = loopedOver(node, file);
        if (list)
          shapes.push(
            ...bind(
              resolver,
              node.id,
              variable,
              elementsOf(resolver, resolver.of(list, file), list, file),
              file,
            ),
          );
        else shapes.push(...bind(resolver, node.id, variable, resolver.of(node.init, file), file));
        if (node.id.type === "Identifier" && shapes.every(isOfUnseenGlobal))
          shapes.push(...resolver.ofType(node.id.typeAnnotation?.typeAnnotation, file));
      }
      for (const reference of variable.references) {
        if (reference.init || !reference.writeExpr) continue;
        const parent = file.parentOf(reference.identifier);
        if (parent?.type === "AssignmentExpression" && parent.left === reference.identifier)
          shapes.push(...resolver.of(reference.writeExpr, file));
      }
      return shapes;
    }
    default:
      return [];
  }
}

/** `declare`d elsewhere or not at all: what it gives is known by the variable's own type alone. */
function isOfUnseenGlobal(shape: Shape): boolean {
  return shape.kind === "external" && shape.module === "global";
}

/** The shapes that a pattern gives the variable when `shapes` is destructured by it. */
function bind(
  resolver: Shapes,
  pattern: Node,
  variable: Variable,
  shapes: readonly Shape[],
  file: SourceFile,
): Shape[] {
  if (pattern.type === "Identifier")
    return file.variableOf(pattern) === variable ? [...shapes] : [];
  if (pattern.type === "AssignmentPattern")
    return [
      ...bind(resolver, pattern.left, variable, shapes, file),
      ...(pattern.left.type === "Identifier" && file.variableOf(pattern.left) === variable
        ? resolver.of(pattern.right, file)
        : []),
    ];
  if (pattern.type === "ObjectPattern")
    return pattern.properties.flatMap((property) => {
      if (property.type === "RestElement") return [];
      const name = propertyName(property);
      return name === null
        ? []
        : bind(resolver, property.value, variable, resolver.membersOf(shapes, name), file);
    });
  if (pattern.type === "ArrayPattern")
    return pattern.elements.flatMap((element, index) =>
      element
        ? bind(
            resolver,
            element,
            variable,
            shapes.flatMap((shape) =>
              shape.kind === "array" ? resolver.of(shape.node.elements[index], shape.file) : [],
            ),
            file,
          )
        : [],
    );
  return [];
}

function parameterShapes(
  resolver: Shapes,
  variable: Variable,
  name: Node,
  fn: Node,
  file: SourceFile,
): Shape[] {
  if (!isFunction(fn)) return [];
  const index = fn.params.findIndex((parameter) => contains(parameter, name));
  let parameter: Node | undefined = fn.params[index];
  if (!parameter) return [];
  if (parameter.type === "TSParameterProperty") parameter = parameter.parameter;
  const target = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
  const shapes: Shape[] = [];
  if ("typeAnnotation" in target)
    shapes.push(
      ...bind(
        resolver,
        target,
        variable,
        resolver.ofType(target.typeAnnotation?.typeAnnotation, file),
        file,
      ),
    );
  if (parameter.type === "AssignmentPattern")
    shapes.push(...bind(resolver, target, variable, resolver.of(parameter.right, file), file));
  shapes.push(
    ...bind(resolver, target, variable, elementParameter(resolver, fn, index, file), file),
  );
  const sites = resolver.callSitesOf(fn).filter(({ node }) => hasArguments(node));
  for (const site of sites.slice(0, 24)) {
    const call = site.node as TSESTree.CallExpression;
    const argument = argumentFor(index, call);
    if (argument)
      shapes.push(...bind(resolver, target, variable, resolver.given(argument, site.file), file));
  }
  return shapes;
}

/** The argument for a parameter: `fn.bind(this, a)` and `fn.call(this, a)` give the first one behind `this`. */
function argumentFor(parameter: number, call: CallLike): Node | null {
  const callee = unwrap(call.callee);
  const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
  if (name === "apply") return null;
  const argument = call.arguments[parameter + (name === "bind" || name === "call" ? 1 : 0)];
  return argument && argument.type !== "SpreadElement" ? argument : null;
}

function hasArguments(call: Node): boolean {
  return "arguments" in call && call.arguments.length > 0;
}
