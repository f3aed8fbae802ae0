import type { TSESTree } from "@typescript-eslint/types";
import { lookup } from "../../models/lookup.ts";
import type { StoreRepairs } from "../../models/store-model.ts";
import type { Repair, TextEdit } from "../finding.ts";
import type { Hazard } from "../flow/summary.ts";
import { contains, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { nodesIn } from "./blocks.ts";

type Condition = NonNullable<StoreRepairs["condition"]>;

/**
 * The old state in the filter of a change, so that the store changes nothing where another activation was
 * first: `updateOne({ _id, stage: quest.stage }, ...)`. Null where nobody would see that nothing was changed,
 * because somebody uses what the call gives, and where the row or the filter is not written out.
 */
export function oldStateInFilter(hazard: Hazard): Repair | null {
  const { place, site, chain } = hazard;
  const column = columnOf(hazard);
  const form = place.root.kind === "store" ? place.root.model?.repairs?.condition : undefined;
  const { node, file } = site;
  if (!form || column === null || chain.length > 0 || node.type !== "CallExpression") return null;
  const callee = unwrap(node.callee);
  const awaited = file.parentOf(node);
  const statement = awaited?.type === "AwaitExpression" ? file.parentOf(awaited) : null;
  if (statement?.type !== "ExpressionStatement" || callee.type !== "MemberExpression") return null;
  const operation = lookup(form.operations, propertyName(callee) ?? "");
  const old = oldValue(hazard, column);
  const filter = old !== null && operation !== undefined && filterEdit(form, node, column, old);
  if (!filter) return null;
  const { property } = callee;
  const isRenamed = operation !== propertyName(callee);
  return {
    title: `Write only where ${column} is still what was read`,
    edits: [
      ...(isRenamed ? [{ start: property.range[0], end: property.range[1], text: operation }] : []),
      filter,
    ].sort((a, b) => a.start - b.start),
  };
}

/** The column that was read and is written: one of the row itself. */
function columnOf({ place, read, verb }: Hazard): string | null {
  const [, written, ...deeper] = place.path;
  const [, known, ...rest] = read.place.path;
  const isPlain = deeper.length === 0 && rest.length === 0;
  return isPlain &&
    (verb === "assign" || verb === "update") &&
    written?.kind === "field" &&
    known?.kind === "field" &&
    written.name === known.name
    ? written.name
    : null;
}

/** `row.stage`, where `const row = await ...` is the read and nothing changes the row since. */
function oldValue({ read, site }: Hazard, column: string): string | null {
  const { file, node } = read.site;
  if (read.chain.length > 0 || file !== site.file) return null;
  const fn = file.enclosing(site.node);
  if (fn !== file.enclosing(node)) return null;
  const row = rowNameOf(node, file);
  if (!row) return null;
  let isUsed = false;
  for (const inner of nodesIn(fn)) {
    if (inner.type !== "MemberExpression" || propertyName(inner) !== column) continue;
    const object = unwrap(inner.object);
    if (object.type !== "Identifier" || object.name !== row) continue;
    const parent = file.parentOf(inner);
    if (parent?.type === "AssignmentExpression" && parent.left === inner) return null;
    if (parent?.type === "UpdateExpression") return null;
    isUsed = true;
  }
  return isUsed ? `${row}.${column}` : null;
}

function rowNameOf(read: Node, file: SourceFile): string | null {
  const awaited = file.parentOf(read);
  const declarator = awaited?.type === "AwaitExpression" ? file.parentOf(awaited) : null;
  if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") return null;
  const variable = file.variableOf(declarator.id);
  return variable && !variable.isReassigned ? declarator.id.name : null;
}

function filterEdit(
  form: Condition,
  call: TSESTree.CallExpression,
  column: string,
  old: string,
): TextEdit | null {
  const { filter } = form;
  if ("link" in filter) {
    const operator = filter.operator === undefined ? "" : `"${filter.operator}", `;
    const end = lastLink(call, filter.link)?.range[1];
    return end === undefined
      ? null
      : { start: end, end, text: `.${filter.link}("${column}", ${operator}${old})` };
  }
  const argument = call.arguments[filter.argument];
  const options = argument?.type === "ObjectExpression" ? argument : null;
  const isKnown =
    !form.options ||
    options?.properties.every((option) => form.options?.includes(nameOf(option) ?? "") === true);
  const object = filter.option === undefined ? options : optionIn(options, filter.option);
  const last = object?.properties.at(-1);
  if (!object || !last || isKnown !== true || !object.properties.every(isPlainColumn)) return null;
  if (object.properties.some((property) => nameOf(property) === column)) return null;
  return { start: last.range[1], end: last.range[1], text: `, ${column}: ${old}` };
}

/** The outermost call of that name in a chain of calls. */
function lastLink(call: TSESTree.CallExpression, name: string): Node | null {
  let inner: Node = call;
  while (inner.type === "CallExpression") {
    const callee: Node = unwrap(inner.callee);
    if (callee.type !== "MemberExpression") return null;
    if (propertyName(callee) === name && contains(call, inner)) return inner;
    inner = unwrap(callee.object);
  }
  return null;
}

function nameOf(property: TSESTree.ObjectLiteralElement): string | null {
  return property.type === "Property" ? propertyName(property) : null;
}

/** `{ id }` and `{ id: 5 }`; no compound key, no operator. */
function isPlainColumn(property: TSESTree.ObjectLiteralElement): boolean {
  return property.type === "Property" && property.value.type !== "ObjectExpression";
}

function optionIn(
  options: TSESTree.ObjectExpression | null,
  name: string,
): TSESTree.ObjectExpression | null {
  for (const option of options?.properties ?? [])
    if (option.type === "Property" && propertyName(option) === name)
      return option.value.type === "ObjectExpression" ? option.value : null;
  return null;
}
