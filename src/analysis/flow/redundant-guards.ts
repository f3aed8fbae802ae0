import type { TSESTree } from "@typescript-eslint/types";
import {
  childrenOf,
  contains,
  dottedName,
  isFunction,
  isJump,
  lastStatement,
  leftmost,
  namedProperties,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { MESSAGE_BODY, MESSAGE_PARTS, MESSAGES, PICTURES } from "../../models/effects/messages.ts";
import { LOOKS_UP } from "../../models/effects/sends.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { constantOf } from "./constant.ts";
import type { WriteDetails } from "./write-details.ts";
import type { Frame } from "./frame.ts";
import type { Place, Step } from "./place.ts";
import type { Check } from "./state.ts";
import { wayThrough } from "./way-through.ts";

/**
 * `if (user.name !== name) update({ name })` is `update({ name })`: doing it twice, or late, changes nothing. Only
 * where nothing else hangs on the test: a payment beside it would happen twice.
 */
export function repeatsWhatItTests(
  frame: Frame,
  check: Check,
  place: Place,
  details: WriteDetails,
): boolean {
  // A remote resource is set to the same constants, whoever asks first.
  if (isConstantOfResource(place, details)) return true;
  if (place.root.kind !== "store" || check.site.file !== frame.file) return false;
  const beside = details.constant ? testedBeside(place, check.read.place) : null;
  const column = beside ?? place.path.at(-1);
  const inside = beside ? [] : stepsBelow(place, check.read.place);
  if (column?.kind !== "field" || !inside) return false;
  const branch = branchOf(frame, check.site.node, details.site.node);
  if (!branch || !isQuietAround(frame, frame.file, branch.guarded, details.site.node)) return false;
  const { guarded, isExit } = branch;
  const whole = writtenNode(frame, details, guarded, column.name);
  const written = whole && descend(whole, inside);
  const node = unwrap(check.site.node);
  if (node.type === "BinaryExpression" && (isExit ? /^={2,3}$/ : /^!={1,2}$/).test(node.operator)) {
    const text = written && frame.file.textOf(written);
    return (
      text !== null && [node.left, node.right].some((side) => frame.file.textOf(side) === text)
    );
  }
  // `if (row.points > 0) update({ points: 0 })`: whoever has none has none afterwards.
  if (node.type === "BinaryExpression" && node.operator === (isExit ? "<=" : ">"))
    return isZero(node.right) && written !== null && isZero(written);
  // `{ id: null, name: null }` in place of what was there: once or twice is the same.
  if (check.outcome === "present" && written?.type === "ObjectExpression" && isPlain(written))
    return true;
  const isKnown = inside.length === 0 && details.constant !== undefined && !beside;
  const constant = isKnown ? details.constant : written ? constantOf(written) : undefined;
  return (
    (check.outcome === "present" && constant?.isTruthy === false) ||
    (check.outcome === "absent" && constant?.isTruthy === true)
  );
}

/** Whether the test decides on the write and on messages, and on nothing else, also in the functions on the way. */
export function guardsNothingElse(frame: Frame, check: Check, details: WriteDetails): boolean {
  if (check.site.file !== frame.file || check.read.place.root.kind !== "store") return false;
  const branch = branchOf(frame, check.site.node, details.site.node);
  return (
    branch !== null &&
    isQuietAround(frame, frame.file, branch.guarded, details.site.node) &&
    details.chain.every(({ file, node }) =>
      isQuietAround(frame, file, [file.enclosing(node)], node),
    )
  );
}

/** What lies between a written column and the part of it that was tested; null where it is another column. */
function stepsBelow(written: Place, tested: Place): readonly string[] | null {
  if (tested.path.length < written.path.length || written.path.length < 2) return null;
  const names = (place: Place): string[] =>
    place.path.slice(1).map((step) => (step.kind === "field" ? step.name : "[]"));
  const [outer, inner] = [names(written), names(tested)];
  return outer.every((name, index) => name === inner[index]) ? inner.slice(outer.length) : null;
}

/** The column that was tested, where another one of the same row gets a constant: `{ state: "over", due: null }`. */
function testedBeside(written: Place, tested: Place): Step | null {
  const [row, column] = written.path;
  const [testedRow, testedColumn] = tested.path;
  if (written.path.length !== 2 || tested.path.length !== 2 || written.rootId !== tested.rootId)
    return null;
  if (row?.kind !== "element" || testedRow?.kind !== "element") return null;
  if (column?.kind !== "field" || testedColumn?.kind !== "field") return null;
  return column.name === testedColumn.name ? null : testedColumn;
}

function descend(node: Node, names: readonly string[]): Node | null {
  let inner: Node = node;
  for (const name of names) {
    const found =
      inner.type === "ObjectExpression"
        ? namedProperties(inner).find((property) => property.name === name)
        : undefined;
    if (!found) return null;
    inner = unwrap(found.value);
  }
  return inner;
}

function isZero(node: Node): boolean {
  return constantOf(node)?.text === "0";
}

/** An object of constants. */
function isPlain(object: TSESTree.ObjectExpression): boolean {
  return object.properties.every(
    (property) => property.type === "Property" && constantOf(property.value) !== undefined,
  );
}

function isConstantOfResource(place: Place, details: WriteDetails): boolean {
  return (
    place.root.kind === "store" &&
    place.root.model?.remote !== undefined &&
    details.verb === "assign" &&
    details.reads.length === 0
  );
}

/** The code that runs only because of a test. */
interface Branch {
  readonly guarded: readonly Node[];
  /** It runs where the test went the other way. */
  readonly isExit: boolean;
}

/** `if (user.isOn) ...`, `if (!user.isOn) return; ...`, `user.isOn ? ... : null`, `user.isOn && ...`. */
function branchOf(frame: Frame, test: Node, write: Node): Branch | null {
  const { file } = frame;
  const condition = outermostTest(frame, test, write);
  const statement = file.parentOf(condition);
  switch (statement?.type) {
    case "IfStatement": {
      const { consequent } = statement;
      if (statement.alternate && contains(statement.alternate, write))
        return { guarded: [statement.alternate], isExit: true };
      const isExit = leaves(consequent) && !contains(consequent, write);
      return { guarded: isExit ? restAfter(frame, statement) : [consequent], isExit };
    }
    case "ConditionalExpression": {
      if (!isValueUnseen(frame, statement)) return null;
      const { consequent, alternate } = statement;
      const isExit = isNothing(consequent);
      return { guarded: [isExit ? alternate : consequent], isExit };
    }
    case "LogicalExpression":
      return statement.left === condition && isValueUnseen(frame, statement)
        ? { guarded: [statement.right], isExit: statement.operator === "||" }
        : null;
    default:
      return null;
  }
}

/** `null` and `undefined` as the branch in which nothing is done. */
function isNothing(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "Literal" || (inner.type === "Identifier" && inner.name === "undefined");
}

/** What the branches give is no more than what an `if` would return: nothing here depends on it. */
function isValueUnseen(frame: Frame, node: Node): boolean {
  let inner = node;
  let outer = frame.file.parentOf(node);
  while (outer?.type === "AwaitExpression" || outer?.type === "TSNonNullExpression") {
    inner = outer;
    outer = frame.file.parentOf(outer);
  }
  return (
    outer?.type === "ExpressionStatement" ||
    outer?.type === "ReturnStatement" ||
    (outer?.type === "ArrowFunctionExpression" && outer.body === inner)
  );
}

/** The whole condition that a test is a part of, up to the code that it guards. */
function outermostTest(frame: Frame, node: Node, write: Node): Node {
  let inner = node;
  for (;;) {
    const outer = frame.file.parentOf(inner);
    if (
      !outer ||
      (outer.type !== "LogicalExpression" &&
        outer.type !== "UnaryExpression" &&
        outer.type !== "ChainExpression" &&
        outer.type !== "TSNonNullExpression") ||
      contains(outer, write)
    )
      return inner;
    inner = outer;
  }
}

/** `if (done) return`, `throw`, `continue`: what follows is guarded by the test going the other way. */
function leaves(branch: Node): boolean {
  const last = lastStatement(branch);
  return isJump(last) && last.type !== "BreakStatement";
}

/** The statements that run after this one, to the end of the function. */
function restAfter(frame: Frame, statement: Node): readonly Node[] {
  const rest: Node[] = [];
  let inner = statement;
  for (;;) {
    const outer = frame.file.parentOf(inner);
    if (!outer || isFunction(outer)) return rest;
    if (outer.type === "BlockStatement" || outer.type === "Program")
      rest.push(...outer.body.filter((other) => other.range[0] >= inner.range[1]));
    inner = outer;
  }
}

/** A message, a log, a look-up, or a part of a message that a chain makes: `new EmbedBuilder().setTitle(...)`. */
function isOnlyTold(
  { callee, arguments: args }: TSESTree.CallExpression,
  file: SourceFile,
): boolean {
  const name = dottedName(callee).split(".").at(-1) ?? "";
  if ([MESSAGES, MESSAGE_PARTS, LOOKS_UP, PICTURES].some((names) => names.test(name))) return true;
  // `interaction.update({ content })`
  const [body] = args;
  if (
    body?.type === "ObjectExpression" &&
    namedProperties(body).some((property) => MESSAGE_BODY.has(property.name))
  )
    return true;
  return callee.type === "MemberExpression" && isMessagePart(callee.object, file);
}

/** `new EmbedBuilder().setTitle(...)`, and a constant that holds one. */
function isMessagePart(node: Node, file: SourceFile): boolean {
  const inner = unwrap(node);
  if (inner.type === "CallExpression") return isOnlyTold(inner, file);
  const made = inner.type === "Identifier" ? file.variableOf(inner)?.defs[0]?.node : null;
  const isMadeHere = made?.type === "VariableDeclarator" && made.id.type === "Identifier";
  const first = isMadeHere && made.init ? leftmost(made.init) : inner;
  return first.type === "NewExpression" && MESSAGE_PARTS.test(dottedName(first.callee));
}

/** The way to the write and on from it holds nothing else that counts. */
function isQuietAround(
  { world }: Frame,
  file: SourceFile,
  guarded: readonly Node[],
  write: Node,
): boolean {
  if (!guarded.some((node) => contains(node, write))) return false;
  let isQuiet = true;
  const visit = (node: Node): void => {
    if (node === write || isFunction(node)) return;
    if (node.type === "CallExpression") {
      // What a message is made of is only read.
      if (isOnlyTold(node, file)) return;
      const store = world.facts.stores.call(node, file);
      // What is deleted stays deleted, and a delete that finds nothing fails nowhere.
      if (store?.kind !== "delete" || store.whenMissing !== null) isQuiet = false;
    }
    if (node.type === "NewExpression" && !MESSAGE_PARTS.test(dottedName(node.callee)))
      isQuiet = false;
    for (const child of childrenOf(node)) visit(child);
  };
  for (const node of wayThrough(file, guarded, write)) visit(node);
  return isQuiet;
}

/** The value that a write gives a column, through one constant, or what was assigned to a row that is saved. */
function writtenNode(
  frame: Frame,
  { site, chain }: WriteDetails,
  guarded: readonly Node[],
  column: string,
): Node | null {
  let assigned: Node | null = null;
  const objects: TSESTree.ObjectExpression[] = [];
  const visit = (node: Node): void => {
    if (node.type === "ObjectExpression") objects.push(node);
    if (node.type === "Identifier") {
      const declarator = frame.file.variableOf(node)?.defs[0]?.node;
      if (declarator?.type === "VariableDeclarator" && declarator.init?.type === "ObjectExpression")
        objects.push(declarator.init);
    }
    for (const child of childrenOf(node)) if (!isFunction(child)) visit(child);
  };
  visit(site.node);
  for (const object of objects)
    for (const property of object.properties)
      if (property.type === "Property" && propertyName(property) === column)
        return unwrap(property.value);
  if (chain.length > 0) return null;
  const assignment = (node: Node): void => {
    if (isFunction(node)) return;
    if (
      node.type === "AssignmentExpression" &&
      node.operator === "=" &&
      node.left.type === "MemberExpression" &&
      propertyName(node.left) === column
    )
      assigned = unwrap(node.right);
    for (const child of childrenOf(node)) assignment(child);
  };
  for (const node of guarded) assignment(node);
  return assigned;
}
