import type { Variable } from "../syntax/scopes.ts";
import {
  childrenOf,
  isFunction,
  memberName,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Row } from "./rows.ts";

/** Methods of arrays, maps and sets that change their receiver. */
const CHANGING = new Set(
  "add clear copyWithin delete fill pop push reverse set shift sort splice unshift".split(" "),
);

/** A change of a local variable, or of the object that it holds. */
interface LocalChange {
  readonly variable: Variable;
  /** The property that changed, where the variable's object did; null for the variable itself. */
  readonly property: string | null;
  readonly isObject: boolean;
}

/** Names of local variables that a row sets or changes and that the function uses afterwards. */
export function localStateUsedLater(row: Row, fn: FunctionNode, file: SourceFile): string[] {
  const aliases = new Aliases(fn, file);
  const used = changesIn(row, fn, file).filter((change) =>
    (change.isObject ? aliases.of(change.variable) : [change.variable]).some((variable) =>
      isUsedLater(variable, change, row, fn, file),
    ),
  );
  return [...new Set(used.map(({ variable }) => variable.name))];
}

function changesIn(row: Row, fn: FunctionNode, file: SourceFile): LocalChange[] {
  const changes: LocalChange[] = [];
  const set = (pattern: Node): void => {
    for (const target of targetsOf(pattern)) {
      const change = changeOf(target, fn, file);
      if (change) changes.push(change);
    }
  };
  const visit = (node: Node): void => {
    if (node.range[0] >= row.end) return;
    if (node.type === "VariableDeclarator") {
      // The variable of a loop has no initial value and is set by each round.
      if (node.init || file.parentOf(node) !== row.node) set(node.id);
    } else if (node.type === "AssignmentExpression") set(node.left);
    else if (node.type === "UpdateExpression") set(node.argument);
    else if (node.type === "UnaryExpression" && node.operator === "delete") set(node.argument);
    else if (node.type === "CallExpression") {
      const callee = unwrap(node.callee);
      if (callee.type === "MemberExpression" && CHANGING.has(memberName(callee))) {
        const change = changeOf(callee.object, fn, file);
        if (change) changes.push({ ...change, isObject: true });
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(row.node);
  return changes;
}

/** The variables and members that a pattern sets. */
function targetsOf(pattern: Node): Node[] {
  const target = unwrap(pattern);
  switch (target.type) {
    case "ArrayPattern":
      return target.elements.flatMap((element) => (element ? targetsOf(element) : []));
    case "ObjectPattern":
      return target.properties.flatMap((property) =>
        targetsOf(property.type === "Property" ? property.value : property.argument),
      );
    case "AssignmentPattern":
      return targetsOf(target.left);
    case "RestElement":
      return targetsOf(target.argument);
    default:
      return [target];
  }
}

function changeOf(target: Node, fn: FunctionNode, file: SourceFile): LocalChange | null {
  let node = unwrap(target);
  let property: string | null = null;
  let isObject = false;
  while (node.type === "MemberExpression") {
    property = propertyName(node);
    isObject = true;
    node = unwrap(node.object);
  }
  const variable = node.type === "Identifier" ? file.variableOf(node) : null;
  if (!variable || !isLocal(variable, fn, file)) return null;
  return { variable, property, isObject };
}

function isLocal(variable: Variable, fn: FunctionNode, file: SourceFile): boolean {
  return file.ownerOf(variable) === fn;
}

function isUsedLater(
  variable: Variable,
  change: LocalChange,
  row: Row,
  fn: FunctionNode,
  file: SourceFile,
): boolean {
  return variable.references.some(({ identifier, init }) => {
    if (init) return false;
    const node = identifier as Node;
    const [start] = node.range;
    const isInner = file.enclosing(node) !== fn;
    const isAfter = start >= row.end;
    const isNextRound =
      row.loop !== null &&
      row.loop.range[0] <= start &&
      start < row.loop.range[1] &&
      start < row.node.range[0];
    if (!isAfter && !isNextRound && !(isInner && start < row.node.range[0])) return false;
    return !change.isObject || meansProperty(node, change.property, file);
  });
}

/** Whether a use of an object may see a property of it: it names it, or hands the whole object on. */
function meansProperty(node: Node, property: string | null, file: SourceFile): boolean {
  const parent = file.parentOf(node);
  if (parent?.type !== "MemberExpression" || parent.object !== node) return true;
  const name = propertyName(parent);
  return name === null || property === null || name === property;
}

/** Which local variables may name the same object: `const first = list[0]`. When in doubt they do. */
class Aliases {
  readonly #groups = new Map<Variable, Set<Variable>>();

  constructor(fn: FunctionNode, file: SourceFile) {
    const visit = (node: Node): void => {
      if (node.type === "VariableDeclarator" && node.init && node.id.type === "Identifier")
        this.#join(file.variableOf(node.id), changeOf(node.init, fn, file)?.variable ?? null);
      if (!isFunction(node)) for (const child of childrenOf(node)) visit(child);
    };
    visit(fn.body);
  }

  of(variable: Variable): readonly Variable[] {
    return [...(this.#groups.get(variable) ?? [variable])];
  }

  #join(a: Variable | null, b: Variable | null): void {
    if (!a || !b) return;
    const group = new Set([...this.of(a), ...this.of(b)]);
    for (const member of group) this.#groups.set(member, group);
  }
}
