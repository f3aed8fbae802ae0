import {
  isFunction,
  propertyName,
  unwrap,
  type CallLike,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { exportsOf } from "./module-shapes.ts";
import { isProjectShape, uniqueShapes, type Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** Array and Map methods whose callback's parameter is an element of the receiver. */
const ELEMENT_CALLBACKS = new Set([
  "forEach",
  "map",
  "filter",
  "find",
  "some",
  "every",
  "flatMap",
  "each",
  "reduce",
]);

/** Methods that give an element of the receiver. */
const ELEMENT_GETTERS = new Set(["get", "find", "at", "shift", "pop", "first", "last", "random"]);

/** Methods that give the same elements again. */
const ELEMENT_KEEPERS = new Set([
  "filter",
  "values",
  "slice",
  "concat",
  "sort",
  "reverse",
  "toArray",
  "entries",
  "flat",
]);

/** What the elements of a collection may be, by its literal and by what is put into it anywhere. */
export function elementsOf(
  resolver: Shapes,
  shapes: readonly Shape[],
  expression: Node,
  file: SourceFile,
  seen: Set<Node> = new Set(),
): Shape[] {
  const elements: Shape[] = [];
  for (const shape of shapes) {
    if (shape.kind === "array") {
      // `list = [...list, item]` spreads itself.
      if (seen.has(shape.node)) continue;
      seen.add(shape.node);
      for (const element of shape.node.elements) {
        if (element?.type === "SpreadElement") {
          const spread = element.argument;
          elements.push(
            ...elementsOf(resolver, resolver.of(spread, shape.file), spread, shape.file, seen),
          );
        } else elements.push(...resolver.of(element, shape.file));
      }
    } else if (shape.kind === "object")
      for (const property of shape.node.properties) {
        if (property.type === "Property") elements.push(...resolver.of(property.value, shape.file));
      }
    else if (shape.kind === "namespace") elements.push(...exportsOf(resolver, shape.path));
    // `for (const command of container.getAll<Command>(...))`
    else if (shape.kind === "instance" && shape.site === null) elements.push(shape);
  }
  for (const site of resolver.tables.contentsOf(expression, file))
    elements.push(...resolver.given(site.node, site.file));
  elements.push(...restArguments(resolver, expression, file));
  return uniqueShapes(elements);
}

/** What callers pass for `...listeners`. */
function restArguments(resolver: Shapes, expression: Node, file: SourceFile): Shape[] {
  const inner = unwrap(expression);
  const definition = inner.type === "Identifier" ? file.variableOf(inner)?.defs[0] : null;
  if (definition?.type !== "Parameter" || !isFunction(definition.node)) return [];
  const fn = definition.node;
  const last = fn.params.at(-1);
  if (last?.type !== "RestElement" || last.argument !== definition.name) return [];
  return resolver
    .callSitesOf(fn)
    .flatMap((site) =>
      (site.node as CallLike).arguments
        .slice(fn.params.length - 1)
        .flatMap((argument) =>
          argument.type === "SpreadElement" ? [] : resolver.given(argument, site.file),
        ),
    );
}

/** The parameter of `commands.forEach((command) => ...)` is an element of `commands`. */
export function elementParameter(
  resolver: Shapes,
  fn: FunctionNode,
  index: number,
  file: SourceFile,
): readonly Shape[] {
  const call = file.parentOf(fn);
  if (call?.type !== "CallExpression" || index !== 0) return [];
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return [];
  const name = propertyName(callee);
  if (name === "then" && call.arguments[0] === fn) return resolver.of(callee.object, file);
  if (name === null || !ELEMENT_CALLBACKS.has(name)) return [];
  return elementsOf(resolver, resolver.of(callee.object, file), callee.object, file);
}

/** What a collection's method gives: one of the elements, or the same elements again. */
export function collectionCall(
  resolver: Shapes,
  collection: Node,
  name: string,
  file: SourceFile,
): readonly Shape[] {
  const receiver = resolver.of(collection, file);
  if (ELEMENT_GETTERS.has(name))
    return elementsOf(resolver, receiver, collection, file).filter(isProjectShape);
  if (ELEMENT_KEEPERS.has(name))
    return receiver.filter((shape) => shape.kind === "array" || shape.kind === "object");
  return name === "then" ? receiver : [];
}
