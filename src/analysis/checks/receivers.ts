import type { Place } from "../flow/place.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import type { Read } from "../flow/value.ts";
import { isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";

/**
 * Objects of one class share a location, since mostly there is one. Where both are methods of constants that the code
 * makes one by one (`const users = new Cache()`, `const guilds = new Cache()`), they are known to be two.
 */
export function isOfTwoObjects({ read, place, site, chain }: Hazard): boolean {
  return areApart(ownerOfRead(read), ownerOf(place, [site, ...chain]));
}

export function isOfOtherObject({ read }: Hazard, { place, site, chain }: WriteEvent): boolean {
  return areApart(ownerOfRead(read), ownerOf(place, [site, ...chain]));
}

function ownerOfRead({ place, site, chain }: Read): string | null {
  return ownerOf(place, [...chain, site]);
}

function areApart(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

/** Where the object was made whose method the calls lead to; null where the code does not say, or for another place. */
function ownerOf({ root }: Place, way: readonly Site[]): string | null {
  if (root.kind !== "instance") return null;
  const isInside = ({ file, node }: Site): boolean => {
    const fn = file.enclosing(node);
    return isFunction(fn) && file.classOf(fn) === root.cls;
  };
  const call = way.findLast((step, index) => {
    const next = way[index + 1];
    return next !== undefined && isInside(next) && !isInside(step);
  });
  const node = call && unwrap(call.node);
  const inner = node?.type === "AwaitExpression" ? unwrap(node.argument) : node;
  if (!call || inner?.type !== "CallExpression") return null;
  const callee = unwrap(inner.callee);
  const made = callee.type === "MemberExpression" ? madeAt(call.file, unwrap(callee.object)) : null;
  return made && siteId({ file: call.file, node: made });
}

/** `const users = new Cache()` of the module, `private users = new Cache()` of the class. */
function madeAt(file: Site["file"], object: Node): Node | null {
  if (object.type === "Identifier") {
    const variable = file.variableOf(object);
    const declarator = variable?.defs[0]?.node;
    return declarator?.type === "VariableDeclarator" &&
      declarator.init?.type === "NewExpression" &&
      !variable?.isReassigned &&
      file.enclosing(declarator).type === "Program"
      ? declarator.init
      : null;
  }
  if (object.type !== "MemberExpression" || object.object.type !== "ThisExpression") return null;
  const fn = file.enclosing(object);
  const cls = isFunction(fn) ? file.classOf(fn) : null;
  const field = cls?.body.body.find(
    (member) =>
      member.type === "PropertyDefinition" && propertyName(member) === propertyName(object),
  );
  return field?.type === "PropertyDefinition" && field.value?.type === "NewExpression"
    ? field.value
    : null;
}
