import type { StoreCall } from "../project/stores.ts";
import { namedProperties, propertyName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { keyFor } from "./access.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { keyOf, mayMeet, type Key } from "./key.ts";
import type { Read } from "./value.ts";

/** What a row has in one of its columns. */
export interface ColumnKey {
  readonly column: string;
  readonly key: Key;
}

/** The columns of a new row that get a name, a member or a constant: `{ userId, kind: "weekly" }`. */
export function rowKeysOf(frame: Frame, call: StoreCall): ColumnKey[] {
  const columns = [
    ...call.fields.flatMap(({ name, value }) => (value ? [{ name, value }] : [])),
    ...call.data.flatMap((data) => {
      const object = unwrap(data);
      return object.type === "ObjectExpression" ? namedProperties(object) : [];
    }),
  ];
  return columns.flatMap(({ name, value }) => {
    const node = unwrap(value);
    return /^(?:Identifier|MemberExpression|Literal)$/.test(node.type)
      ? [{ column: name, key: keyFor(frame, evaluate(frame, node), node) }]
      : [];
  });
}

/** The columns by which a look-up names its row, one for each part of the row's key; null where one is unknown. */
export function keyColumnsOf(file: SourceFile, nodes: readonly Node[]): readonly string[] | null {
  const columns = nodes.map((node) => columnOf(file, node));
  return columns.every((column) => column !== null) ? columns : null;
}

/** `{ kind: value }`, `.where("kind", value)`, `.eq("kind", value)`. */
function columnOf(file: SourceFile, node: Node): string | null {
  const outer = file.parentOf(node);
  if (outer?.type === "Property" && outer.value === node) return propertyName(outer);
  if (outer?.type !== "CallExpression" || outer.arguments.at(-1) !== node) return null;
  const [first] = outer.arguments;
  return first && first !== node && first.type !== "SpreadElement" ? stringValue(first) : null;
}

/** Whether the look-up finds the new row: what it asks for and what the row has differ in no column. */
export function mayFind({ place, columns, keyColumns }: Read, row: readonly ColumnKey[]): boolean {
  const [step] = place.path;
  const asked = step?.kind === "element" ? partsOf(step.key) : [];
  const isAligned = asked.length === keyColumns?.length;
  return row.every(({ column, key }) => {
    // Another row of this activation's own: nobody else's look-up by it finds anything.
    if (key.isFresh && columns?.includes(column)) return false;
    const part = isAligned ? asked[keyColumns.indexOf(column)] : undefined;
    return !part || mayMeet(part, key);
  });
}

/** The keys of several columns, which one key lists. */
function partsOf({ parts }: Key): Key[] {
  const keys: Key["parts"][number][][] = [[]];
  for (const part of parts) {
    if (part === ", ") keys.push([]);
    else keys.at(-1)?.push(part);
  }
  return keys.map((each) => keyOf(each));
}
