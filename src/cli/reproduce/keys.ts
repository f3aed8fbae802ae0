import type { Key } from "../../analysis/flow/key.ts";
import type { Place } from "../../analysis/flow/place.ts";
import type { ActivationRoot } from "../../analysis/project/roots.ts";
import {
  childrenOf,
  propertyName,
  stringValue,
  unwrap,
  type Node,
} from "../../analysis/syntax/ast.ts";
import { setPart, type Parts } from "./update-parts.ts";

/** The parts of the update that keys are made of: `["from", "id"]`. */
export function keyPaths(keys: readonly Key[]): readonly (readonly string[])[] {
  return keys.flatMap(({ parts }) =>
    parts.flatMap((part) => {
      if (typeof part === "string" || part.root.kind !== "parameter" || part.root.index > 0)
        return [];
      const path = part.path.split(".").filter((step) => step !== "");
      return path.length > 0 && path.every((step) => /^\w+$/.test(step)) ? [path] : [];
    }),
  );
}

/** The first key that the state's variable is initialised with, as source text: `new Map([[5, ...]])`, `{ 5: ... }`. */
export function initialKey({ root }: Place): string | null {
  if (root.kind !== "variable") return null;
  const declarator = root.variable.defs[0]?.node;
  const init =
    declarator?.type === "VariableDeclarator" && declarator.init && unwrap(declarator.init);
  if (!init) return null;
  if (init.type === "ObjectExpression") {
    const [first] = init.properties;
    const name = first?.type === "Property" ? propertyName(first) : null;
    return name !== null && first?.type === "Property" && first.key.type === "Literal"
      ? first.key.raw
      : null;
  }
  if (init.type !== "NewExpression") return null;
  const [entries] = init.arguments;
  const first = entries?.type === "ArrayExpression" ? entries.elements[0] : null;
  const key = first?.type === "ArrayExpression" ? first.elements[0] : first;
  return key?.type === "Literal" ? key.raw : null;
}

/** Gives a list that the handler splits out of a text (`command.text.split(",")`) two elements. */
export function splitText(parts: Parts, root: ActivationRoot): void {
  const [update] = root.fn.node.params;
  const visit = (node: Node): void => {
    if (node.type === "CallExpression" && node.callee.type === "MemberExpression") {
      const separator = stringValue(node.arguments[0]);
      if (propertyName(node.callee) === "split" && separator !== null) {
        const path = pathBelow(node.callee.object, update);
        if (path) setPart(parts, path, JSON.stringify(`1${separator}2`));
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root.fn.node.body);
}

function pathBelow(node: Node, update: Node | undefined): readonly string[] | null {
  const inner = unwrap(node);
  if (inner.type === "Identifier") {
    if (update?.type === "ObjectPattern") return [inner.name];
    return update?.type === "Identifier" && update.name === inner.name ? [] : null;
  }
  if (inner.type !== "MemberExpression") return null;
  const base = pathBelow(inner.object, update);
  const name = propertyName(inner);
  return base && name !== null ? [...base, name] : null;
}
