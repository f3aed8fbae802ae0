import type { TSESTree } from "@typescript-eslint/types";
import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import type { WriteDetails } from "./write-details.ts";
import type { Frame } from "./frame.ts";
import type { Place } from "./place.ts";
import type { Check } from "./state.ts";

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
  if (place.root.kind !== "store" || check.site.file !== frame.file || details.chain.length > 0)
    return false;
  const step = place.path.at(-1);
  const tested = check.read.place.path.at(-1);
  if (step?.kind !== "field" || tested?.kind !== "field" || step.name !== tested.name) return false;
  const statement = frame.file.parentOf(outermostTest(frame, check.site.node));
  if (statement?.type !== "IfStatement") return false;
  const isExit = leaves(statement.consequent);
  const guarded = isExit ? restAfter(frame, statement) : [statement.consequent];
  if (!isAlone(guarded, details.site.node)) return false;
  const node = unwrap(check.site.node);
  if (node.type === "BinaryExpression" && (isExit ? /^={2,3}$/ : /^!={1,2}$/).test(node.operator)) {
    const text = writtenText(frame, details.site.node, step.name);
    return (
      text !== null && [node.left, node.right].some((side) => frame.file.textOf(side) === text)
    );
  }
  return (
    details.constant !== undefined &&
    ((check.outcome === "present" && !details.constant.isTruthy) ||
      (check.outcome === "absent" && details.constant.isTruthy))
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

/** The whole condition that a test is a part of. */
function outermostTest(frame: Frame, node: Node): Node {
  let inner = node;
  for (;;) {
    const outer = frame.file.parentOf(inner);
    if (
      !outer ||
      (outer.type !== "LogicalExpression" &&
        outer.type !== "UnaryExpression" &&
        outer.type !== "TSNonNullExpression")
    )
      return inner;
    inner = outer;
  }
}

/** `if (done) return`, `throw`, `continue`: what follows is guarded by the test going the other way. */
function leaves(branch: Node): boolean {
  const last = branch.type === "BlockStatement" ? branch.body.at(-1) : branch;
  return last !== undefined && /^(?:Return|Throw|Continue)Statement$/.test(last.type);
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

/** Calls that tell somebody or write a log: once or twice is the same. */
const HARMLESS =
  /^(?:log|debug|info|warn|error|trace|ready|(?:reply|answer|edit|render|show|defer|followUp|respond)(?:$|[A-Z]).*|send(?:$|Or|Message|Reply|Embed|Error|Text|Photo|Markdown|HTML).*)$/;

/** The guarded code holds the write and nothing else that counts. */
function isAlone(guarded: readonly Node[], write: Node): boolean {
  const isInside = guarded.some(
    ({ range }) => range[0] <= write.range[0] && write.range[1] <= range[1],
  );
  if (!isInside) return false;
  let isQuiet = true;
  const visit = (node: Node): void => {
    if (node === write || isFunction(node)) return;
    if (node.type === "CallExpression") {
      // What a message is made of is only read.
      if (HARMLESS.test(dottedName(node.callee).split(".").at(-1) ?? "")) return;
      isQuiet = false;
    }
    if (node.type === "NewExpression") isQuiet = false;
    for (const child of childrenOf(node)) visit(child);
  };
  for (const node of guarded) visit(node);
  return isQuiet;
}

/** The text of the value that a write gives a column, through one constant. */
function writtenText(frame: Frame, write: Node, column: string): string | null {
  const objects: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === "ObjectExpression") objects.push(node);
    if (node.type === "Identifier") {
      const declarator = frame.file.variableOf(node)?.defs[0]?.node as Node | undefined;
      if (declarator?.type === "VariableDeclarator" && declarator.init?.type === "ObjectExpression")
        objects.push(declarator.init);
    }
    for (const child of childrenOf(node)) if (!isFunction(child)) visit(child);
  };
  visit(write);
  for (const object of objects as TSESTree.ObjectExpression[])
    for (const property of object.properties)
      if (property.type === "Property" && propertyName(property) === column)
        return frame.file.textOf(property.value);
  return null;
}
