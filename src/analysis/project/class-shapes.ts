import {
  childrenOf,
  contains,
  isClass,
  isFunction,
  propertyName,
  type ClassNode,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { returnsOf } from "./call-shapes.ts";
import { constructedField } from "./constructed-fields.ts";
import {
  CALLED,
  type ClassShape,
  type FunctionShape,
  type InstanceShape,
  type Shape,
} from "./shape.ts";
import type { Shapes } from "./shapes.ts";

export function classMember(
  resolver: Shapes,
  cls: ClassShape,
  name: string,
  receiver: InstanceShape | undefined,
  isStatic: boolean,
  depth: number,
): Shape[] {
  resolver.project.provenance.note(cls.file.path);
  for (const member of cls.node.body.body) {
    if (
      member.type === "MethodDefinition" &&
      member.static === isStatic &&
      propertyName(member) === name &&
      isFunction(member.value)
    ) {
      const fn: FunctionShape = {
        kind: "function",
        file: cls.file,
        node: member.value,
        receiver,
      };
      return member.kind === "get" ? returnsOf(resolver, fn) : [fn];
    }
    if (
      member.type === "PropertyDefinition" &&
      member.static === isStatic &&
      propertyName(member) === name
    ) {
      const own = resolver
        .of(member.value, cls.file)
        .map((shape) => (shape.kind === "function" ? { ...shape, receiver } : shape));
      return [
        ...own,
        ...(own.length > 0 ? [] : resolver.ofType(member.typeAnnotation?.typeAnnotation, cls.file)),
        ...fieldsOf(resolver, cls, name, receiver),
      ];
    }
  }
  const fields = fieldsOf(resolver, cls, name, receiver);
  if (fields.length > 0) return [...fields];
  if (depth > 6) return [];
  return resolver.of(cls.node.superClass, cls.file).flatMap((base): Shape[] => {
    if (base.kind === "class")
      return classMember(resolver, base, name, receiver, isStatic, depth + 1);
    if (base.kind === "external")
      return [
        {
          ...base,
          path: [...base.path, ...(isStatic ? [] : [CALLED]), name],
          site: receiver?.site ?? { file: cls.file, node: cls.node },
        },
      ];
    return [];
  });
}

/** What an object's own construction put into its field, where that can be seen; else what any construction may. */
function fieldsOf(
  resolver: Shapes,
  cls: ClassShape,
  name: string,
  receiver: InstanceShape | undefined,
): readonly Shape[] {
  const own = receiver ? constructedField(resolver, receiver, cls, name) : [];
  return own.length > 0 ? own : assignedFields(resolver, cls, name);
}

/** What constructor code and parameter properties put into `resolver.name`. */
function assignedFields(resolver: Shapes, cls: ClassShape, name: string): Shape[] {
  const shapes: Shape[] = [];
  for (const member of cls.node.body.body) {
    const fn = "value" in member && isFunction(member.value) ? member.value : null;
    if (!fn) continue;
    if (member.type === "MethodDefinition" && member.kind === "constructor")
      for (const parameter of fn.params) {
        if (parameter.type !== "TSParameterProperty") continue;
        const target =
          parameter.parameter.type === "AssignmentPattern"
            ? parameter.parameter.left
            : parameter.parameter;
        if (!("name" in target) || target.name !== name) continue;
        const variable = cls.file.variableOf(target);
        if (variable) shapes.push(...resolver.ofVariable(variable, cls.file));
      }
    for (const right of assignmentsToThis(fn, name)) shapes.push(...resolver.of(right, cls.file));
  }
  return shapes;
}

/** The methods of subclasses, for a value of which only the type is known. */
export function overriding(
  resolver: Shapes,
  cls: ClassShape,
  name: string,
  depth: number,
): Shape[] {
  const base = cls.node.id?.name;
  if (base === undefined || depth > 3) return [];
  return resolver.tables.extendersOf(base).flatMap((site): Shape[] => {
    const node = site.node;
    if (!isClass(node) || node === cls.node) return [];
    const sub: ClassShape = { kind: "class", file: site.file, node };
    const isReally = resolver
      .of(node.superClass, site.file)
      .some((shape) => shape.kind === "class" && shape.node === cls.node);
    if (!isReally) return [];
    const receiver: InstanceShape = { kind: "instance", cls: sub, site: null };
    const own = node.body.body.some(
      (member) =>
        (member.type === "MethodDefinition" || member.type === "PropertyDefinition") &&
        propertyName(member) === name,
    );
    return [
      ...(own ? classMember(resolver, sub, name, receiver, false, 0) : []),
      ...overriding(resolver, sub, name, depth + 1),
    ];
  });
}

export function thisShapes(resolver: Shapes, node: Node, file: SourceFile): Shape[] {
  let fn = file.enclosing(node);
  while (fn.type === "ArrowFunctionExpression" && !file.classOf(fn)) fn = file.enclosing(fn);
  const cls = fn.type === "Program" ? null : file.classOf(fn);
  // The initial value of a field stands in no function of the class.
  const around =
    cls ?? file.classes.findLast((outer) => contains(outer, node) && contains(fn, outer));
  if (around) return [thisOf(around, file)];
  const object = file.parentOf(fn);
  const literal = object && file.parentOf(object);
  return object?.type === "Property" && literal?.type === "ObjectExpression"
    ? [{ kind: "object", file, node: literal }]
    : [];
}

function thisOf(node: ClassNode, file: SourceFile): InstanceShape {
  return { kind: "instance", cls: { kind: "class", file, node }, site: null };
}

/** `super.method()`: what the class around extends, as an instance of just that class: nothing overrides it. */
export function superShapes(resolver: Shapes, node: Node, file: SourceFile): Shape[] {
  return thisShapes(resolver, node, file).flatMap((shape) =>
    shape.kind === "instance"
      ? resolver
          .of(shape.cls.node.superClass, shape.cls.file)
          .flatMap((base): Shape[] =>
            base.kind === "class" ? [{ kind: "instance", cls: base, site: { file, node } }] : [],
          )
      : [],
  );
}

/** The function that a call or a `new` of the value runs. */
export function functionOf(shape: Shape): FunctionShape | null {
  if (shape.kind === "function") return shape;
  const constructor = shape.kind === "class" ? constructorOf(shape) : null;
  return constructor && shape.kind === "class"
    ? { kind: "function", file: shape.file, node: constructor }
    : null;
}

export function constructorOf(cls: ClassShape): FunctionNode | null {
  for (const member of cls.node.body.body)
    if (
      member.type === "MethodDefinition" &&
      member.kind === "constructor" &&
      isFunction(member.value)
    )
      return member.value;
  return null;
}

const thisAssignments = new WeakMap<FunctionNode, Map<string, Node[]>>();

function assignmentsToThis(fn: FunctionNode, name: string): readonly Node[] {
  let index = thisAssignments.get(fn);
  if (!index) {
    const found = (index = new Map<string, Node[]>());
    thisAssignments.set(fn, found);
    const visit = (node: Node): void => {
      if (
        node.type === "AssignmentExpression" &&
        node.left.type === "MemberExpression" &&
        node.left.object.type === "ThisExpression"
      ) {
        const key = propertyName(node.left);
        if (key !== null) found.set(key, [...(found.get(key) ?? []), node.right]);
      }
      for (const child of childrenOf(node)) visit(child);
    };
    visit(fn.body);
  }
  return index.get(name) ?? [];
}
