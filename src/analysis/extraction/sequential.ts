import type { Explanation } from "../explain/explain.ts";
import type { TypeOf } from "./parameters.ts";
import type { NeededImport } from "./imports.ts";
import type { ProjectWorld } from "../project/world.ts";
import type { Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Repair } from "../finding.ts";

type Edit = Repair["edits"][number];

/** What makes a handler run for one update at a time. */
export interface Sequential {
  readonly edits: ReadonlyMap<SourceFile, readonly Edit[]>;
  /** Types that the handler's file now needs by name. */
  readonly imports: readonly NeededImport[];
}

/** What keeps the handler a task, in words that go on after "line N". */
export interface StaysTask {
  readonly node: Node;
  readonly file: SourceFile;
  readonly reason: string;
}

/**
 * Takes `runAsync` off a handler whose other statements have to run in order, wherever it was put on: around
 * the function, around its name in another file, or as `{ runAsync: true }` where it is registered. A handler
 * with a key stays as it is: somebody has said which of its activations exclude each other.
 */
export function makeSequential(
  { fn, file, root, statements }: Explanation,
  moved: ReadonlySet<Node>,
  world: ProjectWorld,
  typeOf: TypeOf | null,
): Sequential | StaysTask {
  const edits = new Map<SourceFile, Edit[]>();
  const unchanged = { edits, imports: [] };
  const mustRunInOrder = statements.some(
    ({ node, criteria }) => !moved.has(node) && (criteria.includes(1) || criteria.includes(2)),
  );
  if (!root || root.trigger !== "update" || !mustRunInOrder) return unchanged;
  const add = (where: SourceFile, edit: Edit): void => {
    edits.set(where, [...(edits.get(where) ?? []), edit]);
  };
  const wrappers = (root.fn.wrappers ?? []).filter(({ callee }) => world.facts.isRunAsync(callee));
  for (const { site } of wrappers) {
    const call = site.node;
    const [argument, options] = call.type === "CallExpression" ? call.arguments : [];
    if (call.type !== "CallExpression" || !argument || options) return unchanged;
    const [use] = world.shapes.callSitesOf(fn);
    if (use)
      return {
        ...use,
        reason: "calls the handler as a task, but what it does besides has to run in order",
      };
    add(site.file, { start: call.range[0], end: argument.range[0], text: "" });
    add(site.file, { start: argument.range[1], end: call.range[1], text: "" });
    if (site.file !== file) dropImport(call.callee, site.file, add);
  }
  for (const site of root.sites) for (const edit of optionEdits(site.node)) add(site.file, edit);
  const typed = wrappers.length > 0 && typeOf ? annotations({ fn, file }, typeOf) : null;
  for (const edit of typed?.edits ?? []) add(file, edit);
  return { edits, imports: typed?.imports ?? [] };
}

/** In a file that has no other use for it. */
function dropImport(
  callee: Node,
  file: SourceFile,
  add: (file: SourceFile, edit: Edit) => void,
): void {
  const variable = file.variableOf(callee);
  const specifier = variable?.defs[0]?.node;
  const statement = specifier && file.parentOf(specifier);
  if (
    variable?.references.length !== 1 ||
    specifier?.type !== "ImportSpecifier" ||
    statement?.type !== "ImportDeclaration"
  )
    return;
  if (statement.specifiers.length > 1) {
    add(file, withoutItem(statement.specifiers, specifier));
    return;
  }
  const newline = file.text.startsWith("\n", statement.range[1]) ? 1 : 0;
  add(file, { start: statement.range[0], end: statement.range[1] + newline, text: "" });
}

/** Takes one of several items off a list, with the comma behind it or, at the end, before it. */
function withoutItem(items: readonly Node[], item: Node): Edit {
  const index = items.indexOf(item);
  const next = items[index + 1];
  return next
    ? { start: item.range[0], end: next.range[0], text: "" }
    : { start: items[index - 1]?.range[1] ?? item.range[0], end: item.range[1], text: "" };
}

/** `{ runAsync: true }` of a registration; what stands beside it stays. */
function optionEdits(call: Node): Edit[] {
  // A handler that no call registers is known by its type.
  if (call.type !== "NewExpression" && call.type !== "CallExpression") return [];
  const options = call.arguments.at(-1);
  if (options?.type !== "ObjectExpression") return [];
  const named = (name: string): Node | undefined =>
    options.properties.find(
      (property) =>
        property.type === "Property" &&
        property.key.type === "Identifier" &&
        property.key.name === name,
    );
  const option = named("runAsync");
  if (!option || named("sequentialBy")) return [];
  return options.properties.length > 1
    ? [withoutItem(options.properties, option)]
    : [withoutItem(call.arguments, options)];
}

/** Parameters whose types the wrapper gave. */
function annotations(
  { fn, file }: Pick<Explanation, "fn" | "file">,
  typeOf: TypeOf,
): { edits: Edit[]; imports: NeededImport[] } {
  const edits: Edit[] = [];
  const imports = fn.params.flatMap((parameter) => {
    const name = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
    if ("typeAnnotation" in name && name.typeAnnotation) return [];
    const type = typeOf(name);
    if (!type) return [];
    const isBare = file.text[parameter.range[0] - 1] !== "(" && fn.params.length === 1;
    if (isBare) edits.push({ start: parameter.range[0], end: parameter.range[0], text: "(" });
    const end = name.range[1];
    edits.push({ start: end, end, text: `: ${type.text}${isBare ? ")" : ""}` });
    return type.imports.map((needed) => ({ ...needed, isType: true }));
  });
  return { edits, imports };
}
