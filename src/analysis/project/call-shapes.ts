import type { TSESTree } from "@typescript-eslint/types";
import {
  childrenOf,
  isClass,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import { VALIDATES, VALIDATORS } from "../../models/effects/validators.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { collectionCall } from "./element-shapes.ts";
import { handlerArguments } from "./handlers.ts";
import { wrapperOf } from "./match-export.ts";
import { folderShapes } from "./module-shapes.ts";
import { CALLED, type ExternalShape, type FunctionShape, type Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** External functions that give back a function that behaves like their argument. */
const PASS_THROUGH = new Set([
  "promisify",
  "bind",
  "once",
  "debounce",
  "throttle",
  "catchAsync",
  "freeze",
]);

export function callShapes(
  resolver: Shapes,
  node: TSESTree.CallExpression,
  file: SourceFile,
): Shape[] {
  const site = { file, node };
  const callee = unwrap(node.callee);
  const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
  const shapes: Shape[] = [];
  const callees = resolver.of(node.callee, file);
  for (const shape of callees) {
    if (shape.kind === "function") {
      if (name === "bind") shapes.push(shape);
      else shapes.push(...returnsOf(resolver, shape));
    } else if (shape.kind === "external") shapes.push(...externalCall(resolver, shape, node, site));
  }
  // A method of the project's own is no collection's, whatever its name.
  const isOwn = callees.some((shape) => shape.kind === "function");
  if (callee.type === "MemberExpression" && name !== null && !isOwn)
    shapes.push(...collectionCall(resolver, callee.object, name, file));
  return shapes;
}

function externalCall(
  resolver: Shapes,
  shape: ExternalShape,
  node: TSESTree.CallExpression,
  site: Site,
): Shape[] {
  const last = shape.path.at(-1) ?? "";
  if (
    shape.module === "global" &&
    shape.path[0] === "Object" &&
    (last === "values" || last === "entries" || last === "keys")
  )
    return [...resolver.of(node.arguments[0], site.file)];
  if (shape.module === "global" && shape.path[0] === "require")
    return folderShapes(resolver, node.arguments[0], site.file, false);
  // `const event = EventSchema.parse(module)`: what is checked is given back.
  if (VALIDATORS.has(shape.module) && VALIDATES.has(last))
    return [called(shape, site), ...resolver.of(node.arguments[0], site.file)];
  const wrapper = wrapperOf(shape, resolver.models);
  const given = wrapper ? handlerArguments(node, wrapper) : node.arguments.slice(0, 2);
  const functions = given.flatMap((argument) =>
    argument.type === "SpreadElement"
      ? []
      : resolver.of(argument, site.file).filter((s) => s.kind === "function"),
  );
  // `container.get<Bank>(TYPES.Bank)`: the only type argument is what a container gives.
  const types = node.typeArguments?.params;
  const typed = types?.length === 1 ? resolver.ofType(types[0], site.file) : [];
  const result: Shape[] = [called(shape, site), ...typed.filter((s) => s.kind === "instance")];
  if (functions.length > 0) {
    if (PASS_THROUGH.has(last)) return [...functions];
    for (const fn of functions)
      result.push({ ...fn, wrappers: [...(fn.wrappers ?? []), { callee: shape, site }] });
  }
  return result;
}

/** What calling the function may return: its return expressions' shapes. */
export function returnsOf(resolver: Shapes, fn: FunctionShape): Shape[] {
  if (fn.wrappers && fn.wrappers.length > 0) return [];
  const shapes: Shape[] = [];
  for (const expression of returnExpressions(fn.node))
    shapes.push(...resolver.of(expression, fn.file));
  if (shapes.length === 0)
    shapes.push(...resolver.ofType(fn.node.returnType?.typeAnnotation, fn.file));
  return shapes;
}

export function called(shape: ExternalShape, site: Site): ExternalShape {
  return { ...shape, path: [...shape.path, CALLED], site };
}

const returnsMemo = new WeakMap<FunctionNode, Node[]>();

/** The expressions a function may return, nested functions left out. */
export function returnExpressions(fn: FunctionNode): readonly Node[] {
  const known = returnsMemo.get(fn);
  if (known) return known;
  const found: Node[] = [];
  returnsMemo.set(fn, found);
  if (fn.body.type !== "BlockStatement") found.push(fn.body);
  else {
    const visit = (node: Node): void => {
      if (node.type === "ReturnStatement" && node.argument) found.push(node.argument);
      for (const child of childrenOf(node)) if (!isFunction(child) && !isClass(child)) visit(child);
    };
    visit(fn.body);
  }
  return found;
}
