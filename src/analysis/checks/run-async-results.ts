import type { TSESTree } from "@typescript-eslint/types";
import type { Finding } from "../finding.ts";
import { RUNTIME } from "../project/facts.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { FunctionShape } from "../project/shape.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import { describeResultUse } from "../words/run-async-results.ts";

/** What code does with a task's handle as if it were the task's value. */
export type ResultUse =
  | "awaited"
  | "tested"
  | "computed"
  | "spread"
  | "chained"
  | "collected"
  | "member"
  | "returned"
  | "unreceived";

export interface MisusedResult {
  readonly use: ResultUse;
  readonly site: Site;
  /** The `runAsync` function. */
  readonly name: string;
  /** The expression that is the handle, where `.result` could be added. */
  readonly handle: Node | null;
  /** A promise may be waited for here. */
  readonly mayAwait: boolean;
}

const HANDLE_MEMBERS = new Set(["status", "accepted", "result", "cancel", "catch"]);

/**
 * A call of a `runAsync` function gives a handle at once, not the value: the handle is always true, adds up to
 * text and cannot be spread. Only `.result` is the promise of the value.
 */
export function findMisusedResults(
  world: ProjectWorld,
  roots: readonly ActivationRoot[],
): Finding[] {
  const found = new Map<string, MisusedResult>();
  const handlers = new Set(
    roots.filter(({ trigger }) => trigger === "update").map(({ fn }) => fn.node),
  );
  const known = world.answersOf<SourceFile, readonly TaskCall[]>(findMisusedResults);
  for (const file of world.project.files()) {
    for (const { call, name } of known.answer(file, () => taskCallsIn(world, file))) {
      for (const handle of handlesOf(call, file)) {
        const misuse = misuseOf(handle, file, handlers);
        if (misuse) add(found, { ...misuse, name });
      }
    }
  }
  for (const root of roots) for (const lost of unreceived(world, root)) add(found, lost);
  return [...found.values()].map(describeResultUse);
}

function add(found: Map<string, MisusedResult>, misuse: MisusedResult): void {
  const id = siteId(misuse.site);
  if (!found.has(id)) found.set(id, misuse);
}

function runAsyncWrapper(shape: FunctionShape): boolean {
  const wrapper = shape.wrappers?.at(-1)?.callee;
  return wrapper?.module === RUNTIME && wrapper.path.at(-1) === "runAsync";
}

/** A call of a `runAsync` function. */
interface TaskCall {
  readonly call: TSESTree.CallExpression;
  readonly name: string;
}

function taskCallsIn(world: ProjectWorld, file: SourceFile): TaskCall[] {
  world.project.provenance.note(file.path);
  return file.calls.flatMap((call) => {
    const isTask =
      call.type === "CallExpression" &&
      world.shapes
        .of(call.callee, file)
        .some((shape) => shape.kind === "function" && runAsyncWrapper(shape));
    return isTask ? [{ call, name: dottedName(call.callee) }] : [];
  });
}

/** The call, and the uses of the constant that it initialises. */
function handlesOf(call: Node, file: SourceFile): Node[] {
  const parent = file.parentOf(call);
  if (parent?.type !== "VariableDeclarator" || parent.id.type !== "Identifier") return [call];
  const variable = file.variableOf(parent.id);
  return (variable?.references ?? []).flatMap(({ identifier, init }) =>
    init ? [] : [identifier as Node],
  );
}

function misuseOf(
  handle: Node,
  file: SourceFile,
  handlers: ReadonlySet<unknown>,
): Omit<MisusedResult, "name"> | null {
  const parent = file.parentOf(handle);
  if (!parent) return null;
  const owner = file.enclosing(handle);
  const mayAwait = owner.type === "Program" || owner.async;
  const misuse = (use: ResultUse, node: Node = handle): Omit<MisusedResult, "name"> => ({
    use,
    site: { file, node },
    handle,
    mayAwait,
  });
  switch (parent.type) {
    case "AwaitExpression":
      return misuse("awaited", parent);
    case "IfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      return parent.test === handle ? misuse("tested") : null;
    case "ConditionalExpression":
      return parent.test === handle ? misuse("tested") : null;
    case "LogicalExpression":
      return parent.left === handle ? misuse("tested") : null;
    case "UnaryExpression":
      if (parent.operator === "void") return null;
      return misuse(parent.operator === "!" ? "tested" : "computed");
    case "BinaryExpression":
      return isComparedWithItself(parent) ? null : misuse("computed");
    case "TemplateLiteral":
      return misuse("computed");
    case "AssignmentExpression":
      return parent.operator !== "=" && parent.right === handle ? misuse("computed") : null;
    case "SpreadElement":
      return misuse("spread");
    case "ForOfStatement":
      return parent.right === handle ? misuse("spread") : null;
    case "MemberExpression":
      return memberMisuse(parent, handle, misuse);
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? null : patternMisuse(parent.id, misuse);
    case "ReturnStatement":
      return handlers.has(owner) ? misuse("returned", parent) : null;
    case "ArrayExpression": {
      const call = file.parentOf(parent);
      return call?.type === "CallExpression" && /^Promise\./.test(dottedName(call.callee))
        ? misuse("collected")
        : null;
    }
    default:
      return null;
  }
}

/** `task === other` compares handles, which is what it says. */
function isComparedWithItself({ operator, left, right }: TSESTree.BinaryExpression): boolean {
  return (
    (operator === "===" || operator === "!==") &&
    left.type === "Identifier" &&
    right.type === "Identifier"
  );
}

function memberMisuse(
  member: TSESTree.MemberExpression,
  handle: Node,
  misuse: (use: ResultUse, node?: Node) => Omit<MisusedResult, "name">,
): Omit<MisusedResult, "name"> | null {
  if (member.object !== handle) return misuse("computed");
  const name = propertyName(member);
  if (name === "then" || name === "finally") return misuse("chained", member);
  return name === null || !HANDLE_MEMBERS.has(name) ? misuse("member", member) : null;
}

function patternMisuse(
  pattern: Node,
  misuse: (use: ResultUse, node?: Node) => Omit<MisusedResult, "name">,
): Omit<MisusedResult, "name"> | null {
  if (pattern.type !== "ObjectPattern") return misuse("spread");
  const isOfHandle = pattern.properties.every(
    (property) => property.type === "Property" && HANDLE_MEMBERS.has(propertyName(property) ?? ""),
  );
  return isOfHandle ? null : misuse("member");
}

/** A value that a `runAsync` handler returns to its dispatcher, which passes it to nobody. */
function* unreceived(world: ProjectWorld, root: ActivationRoot): Iterable<MisusedResult> {
  const { fn } = root;
  if (root.trigger !== "update" || root.framework !== "run-async") return;
  const wrapper = fn.wrappers?.at(-1);
  if (!wrapper || !runAsyncWrapper(fn) || isCalled(world, fn)) return;
  for (const statement of returnsIn(fn.node.body)) {
    const { argument } = statement;
    if (argument && isValue(argument))
      yield {
        use: "unreceived",
        site: { file: fn.file, node: statement },
        name: root.name,
        handle: null,
        mayAwait: false,
      };
  }
}

function isCalled(world: ProjectWorld, fn: FunctionShape): boolean {
  return world.shapes
    .callSitesOf(fn.node)
    .some(({ node }) => node !== fn.wrappers?.at(-1)?.site.node);
}

function returnsIn(node: Node): TSESTree.ReturnStatement[] {
  if (isFunction(node)) return [];
  if (node.type === "ReturnStatement") return [node];
  return childrenOf(node).flatMap((child) => returnsIn(child));
}

/** `return ctx.reply(...)` is a way to end; a literal, an object or a sum is meant for somebody. */
function isValue(node: Node): boolean {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Literal":
    case "TemplateLiteral":
    case "ObjectExpression":
    case "ArrayExpression":
    case "BinaryExpression":
    case "MemberExpression":
      return true;
    case "Identifier":
      return inner.name !== "undefined";
    default:
      return false;
  }
}
