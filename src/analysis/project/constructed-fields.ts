import {
  contains,
  dottedName,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import { pathInPattern } from "../syntax/pattern-names.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { constructorOf } from "./class-shapes.ts";
import type { ClassShape, InstanceShape, Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

const DEEPEST_BASE = 4;

/** The arguments that a class's constructor gets, and the file that they stand in. */
interface Construction {
  readonly args: readonly Node[];
  readonly file: SourceFile;
}

/**
 * What `new Command({ name, execute })` puts into the field `execute` of just that command: a class that only
 * keeps what it is given would else give each of its objects the functions of all. Empty where the field is not
 * simply a parameter, or a property of one.
 */
export function constructedField(
  resolver: Shapes,
  { cls, site }: InstanceShape,
  owner: ClassShape,
  name: string,
): Shape[] {
  if (site?.node.type !== "NewExpression") return [];
  const made = { args: site.node.arguments, file: site.file };
  const construction = constructionOf(resolver, cls, owner, made, 0);
  const constructor = constructorOf(owner);
  if (!construction || !constructor) return [];
  const given = (parameter: number): readonly Shape[] => {
    const argument = construction.args[parameter];
    return argument && argument.type !== "SpreadElement"
      ? resolver.given(argument, construction.file)
      : [];
  };
  return [
    ...parameterProperty(constructor, name).flatMap(given),
    ...assignments(constructor, name, owner.file).flatMap(({ parameter, path }) =>
      path.reduce<readonly Shape[]>(
        (shapes, member) => resolver.membersOf(shapes, member),
        given(parameter),
      ),
    ),
  ];
}

/** The arguments for `owner`'s constructor where an object of `cls`, a subclass of it, is made. */
function constructionOf(
  resolver: Shapes,
  cls: ClassShape,
  owner: ClassShape,
  made: Construction,
  depth: number,
): Construction | null {
  if (cls.node === owner.node) return made;
  if (depth > DEEPEST_BASE) return null;
  const base = resolver
    .of(cls.node.superClass, cls.file)
    .find((shape): shape is ClassShape => shape.kind === "class");
  if (!base) return null;
  const constructor = constructorOf(cls);
  const call = constructor
    ? cls.file.calls.find(({ callee }) => callee.type === "Super" && contains(constructor, callee))
    : null;
  if (constructor && !call) return null;
  const passed = call ? { args: call.arguments, file: cls.file } : made;
  return constructionOf(resolver, base, owner, passed, depth + 1);
}

function parameterProperty(constructor: FunctionNode, name: string): number[] {
  return constructor.params.flatMap((parameter, index) => {
    if (parameter.type !== "TSParameterProperty") return [];
    const target =
      parameter.parameter.type === "AssignmentPattern"
        ? parameter.parameter.left
        : parameter.parameter;
    return "name" in target && target.name === name ? [index] : [];
  });
}

/** A parameter and the path below it that a field is set to. */
interface Source {
  readonly parameter: number;
  readonly path: readonly string[];
}

/** `this.name = options.name`, `this.name = name` with `({ name })`, `Object.assign(this, options)`. */
function assignments(constructor: FunctionNode, name: string, file: SourceFile): Source[] {
  return file.nodesIn(constructor).flatMap((node): Source[] => {
    if (
      node.type === "AssignmentExpression" &&
      node.left.type === "MemberExpression" &&
      node.left.object.type === "ThisExpression" &&
      propertyName(node.left) === name
    )
      return sourceOf(node.right, constructor, file);
    if (node.type !== "CallExpression" || dottedName(node.callee) !== "Object.assign") return [];
    const [target, ...given] = node.arguments;
    if (target?.type !== "ThisExpression") return [];
    return given
      .flatMap((argument) => sourceOf(argument, constructor, file))
      .map(({ parameter, path }) => ({ parameter, path: [...path, name] }));
  });
}

function sourceOf(value: Node, constructor: FunctionNode, file: SourceFile): Source[] {
  const inner = unwrap(value);
  if (inner.type === "LogicalExpression") return sourceOf(inner.left, constructor, file);
  if (inner.type === "MemberExpression") {
    const name = propertyName(inner);
    return name === null
      ? []
      : sourceOf(inner.object, constructor, file).map(({ parameter, path }) => ({
          parameter,
          path: [...path, name],
        }));
  }
  if (inner.type !== "Identifier") return [];
  const definition = file.variableOf(inner)?.defs[0];
  if (definition?.type !== "Parameter" || definition.node !== constructor) return [];
  const parameter = constructor.params.findIndex((candidate) =>
    contains(candidate, definition.name),
  );
  const path = pathInPattern(constructor.params[parameter], definition.name);
  return path ? [{ parameter, path }] : [];
}
