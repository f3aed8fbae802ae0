import type { TSESTree } from "@typescript-eslint/types";
import type { ClassNode, FunctionNode } from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";

/** Marks a call or construction in an external path: `new Bot()` has the path `["Bot", "()"]`. */
export const CALLED = "()";

/**
 * What is known of a value without running anything: which function, class, instance or package export it
 * may be. Flow-insensitive; a set of shapes is what any execution may find there.
 */
export type Shape =
  | FunctionShape
  | ClassShape
  | InstanceShape
  | ExternalShape
  | { readonly kind: "object"; readonly file: SourceFile; readonly node: TSESTree.ObjectExpression }
  | { readonly kind: "array"; readonly file: SourceFile; readonly node: TSESTree.ArrayExpression }
  | { readonly kind: "namespace"; readonly path: string };

export interface FunctionShape {
  readonly kind: "function";
  readonly file: SourceFile;
  readonly node: FunctionNode;
  /** Calling the value submits the function to a pool or runs it under a wrapper; outermost last. */
  readonly wrappers?: readonly WrapperShape[];
  /** The receiver a method was taken from, where known. */
  readonly receiver?: InstanceShape | undefined;
}

/** `runAsync(fn, options)`, `pool.wrap(fn)`, `lock.bind(...)`: the call that wrapped a function. */
export interface WrapperShape {
  readonly callee: ExternalShape;
  readonly site: Site;
}

export interface ClassShape {
  readonly kind: "class";
  readonly file: SourceFile;
  readonly node: ClassNode;
}

export interface InstanceShape {
  readonly kind: "instance";
  readonly cls: ClassShape;
  /** The `new` expression, or null where only a type says what it is. */
  readonly site: Site | null;
}

export interface ExternalShape {
  readonly kind: "external";
  /** Package name, `global`, or the would-be path of a local module that does not exist. */
  readonly module: string;
  readonly isMissing: boolean;
  readonly path: readonly string[];
  /** The last call or construction on the path, as identity of what it made. */
  readonly site: Site | null;
}

/** What may be found in one place, at most. */
const MOST_SHAPES = 200;

const ids = new WeakMap<Shape, string>();

/** Equal shapes have equal ids. */
function shapeId(shape: Shape): string {
  let id = ids.get(shape);
  if (id === undefined) ids.set(shape, (id = computeId(shape)));
  return id;
}

function computeId(shape: Shape): string {
  switch (shape.kind) {
    case "function":
      return `f${siteId(shape)}${(shape.wrappers ?? []).map((w) => `<${siteId(w.site)}`).join("")}`;
    case "class":
    case "object":
    case "array":
      return `${shape.kind}${siteId(shape)}`;
    case "instance":
      return `i${siteId(shape.cls)}@${shape.site ? siteId(shape.site) : ""}`;
    case "external":
      return `e${shape.module}:${shape.path.join(".")}@${shape.site ? siteId(shape.site) : ""}`;
    case "namespace":
      return `n${shape.path}`;
  }
}

/** Each shape once, and no more than the most that are followed. */
export function uniqueShapes(shapes: Shape[]): Shape[] {
  if (shapes.length < 2) return shapes;
  const byId = new Map<string, Shape>();
  for (const shape of shapes) byId.set(shapeId(shape), shape);
  return [...byId.values()].slice(0, MOST_SHAPES);
}

/** Whether the project itself says what the value is. */
export function isProjectShape(shape: Shape): boolean {
  return shape.kind !== "external";
}

/** The package part of a specifier: `@scope/name/sub` gives `@scope/name`. */
export function packageOf(module: string): string {
  let name = packages.get(module);
  if (name === undefined) packages.set(module, (name = MODULE.exec(module)?.[0] ?? module));
  return name;
}

const MODULE = /^(?:@[^/]*\/)?[^/]*/;
/** A project names few modules, and asks for their packages with every call. */
const packages = new Map<string, string>();
