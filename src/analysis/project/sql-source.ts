import { dottedName, propertyName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import { pushedTo } from "../syntax/pushes.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { constantObject, expressions } from "./store-arguments.ts";
import type { Handle } from "./store-call.ts";
import { optionOf, type Chain } from "./store-chain.ts";
import type { Shapes } from "./shapes.ts";

/** The text of a statement, with a name of its own for everything that is put into it, and what that is. */
export interface SqlText {
  readonly sql: string;
  readonly holes: readonly Node[];
}

/** What a hole is called in the text: no parameter of a real statement is. */
const HOLE = "__";
/** Texts that are named by variables of variables are not looked up any further. */
const DEEPEST = 3;

/** A piece of text, or an expression that gives one. */
type Part = string | Node;

/** `db.prepare("SELECT ...").get(id)`, also where the statement was prepared elsewhere. */
export function preparedText(chain: Chain, handle: Handle, shapes: Shapes): SqlText | null {
  const link = chain.links.find((candidate) => candidate.name === "prepare");
  const site = handle.shape.path.at(-2) === "prepare" ? handle.shape.site : null;
  const call = link?.call ?? (site?.node.type === "CallExpression" ? site.node : null);
  return call ? textOf(expressions(call)[0] ?? null, chain.file, shapes) : null;
}

/** The text that an expression gives; null where it is no text that the code says. */
export function textOf(node: Node | null, file: SourceFile, shapes: Shapes): SqlText | null {
  const parts = partsOf(node, file, shapes, 0);
  if (!parts) return null;
  const holes: Node[] = [];
  const pieces = parts.map((part) =>
    typeof part === "string" ? part : `:${HOLE}${String(holes.push(part) - 1)}`,
  );
  return { sql: pieces.join(""), holes };
}

export function isHole(parameter: string): boolean {
  return parameter.startsWith(HOLE);
}

/** The expression that a hole's name stands for; null for a column's value among many that were joined. */
export function holeNamed({ holes }: SqlText, name: string): Node | null {
  const number = name.slice(HOLE.length);
  return number === "" ? null : (holes[Number(number)] ?? null);
}

function partsOf(
  node: Node | null,
  file: SourceFile,
  shapes: Shapes,
  depth: number,
): readonly Part[] | null {
  const inner = node && unwrap(node);
  if (!inner || depth > DEEPEST) return null;
  if (inner.type === "TemplateLiteral")
    return inner.quasis.flatMap((quasi, index): Part[] => {
      const hole = inner.expressions[index];
      const joined = hole ? (columnsJoinedIn(hole, file) ?? hole) : "";
      return [quasi.value.raw, joined];
    });
  // slonik: `pool.one(sql.unsafe`SELECT ...`)`
  if (inner.type === "TaggedTemplateExpression") return partsOf(inner.quasi, file, shapes, depth);
  if (inner.type === "ObjectExpression")
    return partsOf(optionOf(inner, "text") ?? optionOf(inner, "sql"), file, shapes, depth + 1);
  if (inner.type === "BinaryExpression" && inner.operator === "+") {
    const left = partsOf(inner.left, file, shapes, depth);
    if (!left) return null;
    const right = partsOf(inner.right, file, shapes, depth);
    return [...left, ...(right ?? [columnsJoinedIn(inner.right, file) ?? inner.right])];
  }
  if (inner.type === "Identifier") {
    const home = shapes.variableHome(inner, file);
    const declarator = home?.variable.defs[0]?.node;
    return declarator?.type === "VariableDeclarator"
      ? partsOf(declarator.init, file, shapes, depth + 1)
      : null;
  }
  const sql = stringValue(inner);
  return sql === null ? null : [sql];
}

/**
 * `const sets = []; if (name) sets.push("name = ?"); ... SET ${sets.join(", ")}`: every column that may be among
 * them; null where what is pushed says no column's name.
 */
function columnsJoinedIn(node: Node, file: SourceFile): string | null {
  const call = unwrap(node);
  if (call.type !== "CallExpression" || call.callee.type !== "MemberExpression") return null;
  const list = unwrap(call.callee.object);
  if (propertyName(call.callee) !== "join" || list.type !== "Identifier") return null;
  const variable = file.variableOf(list);
  const declarator = variable?.defs[0]?.node;
  if (declarator?.type !== "VariableDeclarator" || !variable) return null;
  const init = declarator.init && unwrap(declarator.init);
  if (init?.type !== "ArrayExpression") return null;
  const given = [...init.elements, ...pushedTo(variable, file)];
  const columns = given.map((text) => text && columnsIn(text, file));
  return columns.length > 0 && columns.every((names) => names)
    ? columns.flatMap((names) => (names ?? []).map((name) => `${name} = :${HOLE}`)).join(", ")
    : null;
}

/** `"name = ?"`, `` `${column} = ?` `` of a column that a constant lists. */
function columnsIn(node: Node, file: SourceFile): readonly string[] | null {
  const inner = unwrap(node);
  const text =
    inner.type === "TemplateLiteral" ? inner.quasis[0]?.value.raw.trim() : stringValue(inner);
  const [first] = inner.type === "TemplateLiteral" ? inner.expressions : [];
  if (first && text === "") return namesOf(first, file);
  const name = text && /^["`[]?([A-Za-z_]\w*)["`\]]?\s*=/.exec(text)?.[1];
  return name ? [name] : null;
}

/** `const column = COLUMNS[key]`, `for (const [key, column] of Object.entries(COLUMNS))`: what the constant lists. */
function namesOf(node: Node, file: SourceFile): readonly string[] | null {
  const inner = unwrap(node);
  if (inner.type !== "Identifier") return null;
  const declarator = file.variableOf(inner)?.defs[0]?.node;
  if (declarator?.type !== "VariableDeclarator") return null;
  const { id, init } = declarator;
  if (id.type === "Identifier" && init) {
    const value = unwrap(init);
    return value.type === "MemberExpression" && value.computed
      ? valuesOf(value.object, file)
      : null;
  }
  const loop = file.parentOf(file.parentOf(declarator) ?? declarator);
  if (loop?.type !== "ForOfStatement" || id.type !== "ArrayPattern") return null;
  const entries = unwrap(loop.right);
  const isSecond = id.elements[1]?.type === "Identifier" && id.elements[1].name === inner.name;
  return isSecond &&
    entries.type === "CallExpression" &&
    dottedName(entries.callee) === "Object.entries" &&
    entries.arguments[0]
    ? valuesOf(entries.arguments[0], file)
    : null;
}

/** The texts that an object literal in a constant holds. */
function valuesOf(node: Node, file: SourceFile): readonly string[] | null {
  const object = constantObject(node, file);
  if (object.type !== "ObjectExpression") return null;
  const values = object.properties.map((property) =>
    property.type === "Property" ? stringValue(property.value) : null,
  );
  return values.length > 0 && values.every((value) => value !== null) ? values : null;
}
