import { basename, extname } from "node:path";
import { dottedName, isFunction, propertyName, type ClassNode, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { InstanceShape } from "../project/shape.ts";
import type { Frame } from "./frame.ts";
import { placeOf, type Place } from "./place.ts";
import type { Value } from "./value.ts";

/**
 * An object that outlives the activation and is an instance of a project class is named by its class, by
 * whatever path it was reached: a field, a getter, a table, an injected parameter. So the accesses of
 * `players.get(guild).queue` here and of `this.queue` in the class itself meet.
 */
export function asInstance(frame: Frame, node: Node, value: Value): Value {
  const isHandedOver = value.places.some(isOnParameter);
  if (!isHandedOver && !value.places.some(isReached)) return value;
  const [shape, ...others] = frame.world.shapes
    .of(node, frame.file)
    .filter((candidate): candidate is InstanceShape => candidate.kind === "instance");
  // A factory's method that each subclass overrides: which class it makes, only the path to it says.
  if (shape && others.some((other) => isSibling(other, shape))) return value;
  if (!shape || isPartOfOwner(shape) || (isHandedOver && !isOfModule(shape))) return value;
  return {
    ...value,
    places: [
      ...value.places.filter((place) => !isReached(place) && !isOnParameter(place)),
      instancePlace(shape),
    ],
  };
}

/** Two classes that extend the same one. */
function isSibling(
  { cls: { node: a } }: InstanceShape,
  { cls: { node: b } }: InstanceShape,
): boolean {
  const base = a.superClass && dottedName(a.superClass);
  return a !== b && Boolean(base) && base === (b.superClass && dottedName(b.superClass));
}

/** `ctx.shop`, where a middleware put the module's shop: what hangs on the context is not always the update's own. */
function isOnParameter(place: Place): boolean {
  return place.root.kind === "parameter" && place.path.length > 0;
}

function isOfModule({ site }: InstanceShape): boolean {
  return site !== null && site.file.enclosing(site.node).type === "Program";
}

function instancePlace(shape: InstanceShape): Place {
  const { node: cls, file } = shape.cls;
  return sharedInstance(cls, file);
}

/** The location that stands for the instances of a class; an unnamed class goes by its file. */
export function sharedInstance(cls: ClassNode, file: SourceFile): Place {
  const name = cls.id?.name ?? basename(file.path, extname(file.path));
  return placeOf({ kind: "instance", cls, file, name });
}

function isReached(place: Place): boolean {
  switch (place.root.kind) {
    case "variable":
    case "instance":
      return place.path.length > 0;
    case "this":
      return place.path.length > 0;
    default:
      return false;
  }
}

/** `class Shop { cart = new Cart() }`: each shop has its own cart, so the path to it says which one is meant. */
function isPartOfOwner(shape: InstanceShape): boolean {
  if (!shape.site) return false;
  const { file, node } = shape.site;
  const member = file.parentOf(node);
  if (member?.type === "PropertyDefinition") return !member.static;
  if (member?.type !== "AssignmentExpression" || member.left.type !== "MemberExpression")
    return false;
  const outer = file.enclosing(node);
  return (
    member.left.object.type === "ThisExpression" &&
    isFunction(outer) &&
    propertyName(member.left) !== null
  );
}
