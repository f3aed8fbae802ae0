import type { TSESTree } from "@typescript-eslint/types";
import { FAILURE_EVENTS } from "../../models/effects/process.ts";
import type { Finding } from "../finding.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  dottedName,
  isFunction,
  stringValue,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { describeRejection } from "../words/rejections.ts";
import type { CallGraph, Reached } from "./call-graph.ts";
import { Rejections } from "./may-reject.ts";

/** A promise whose rejection reaches nobody, and with that ends the process. */
export interface LostRejection {
  readonly site: Site;
  readonly reached: Reached;
  readonly kind: "dropped" | "dropped-callbacks" | "awaited-late";
  /** For a promise that is awaited late: its name, and the wait before. */
  readonly name: string | null;
  readonly waitBefore: Site | null;
}

/** Promises started in code that runs for updates, jobs and timers, whose rejection nobody sees. */
export function findLostRejections(
  world: ProjectWorld,
  graph: CallGraph,
  only?: string,
): Finding[] {
  if (survivesRejections(world)) return [];
  const rejections = new Rejections(world);
  const findings: Finding[] = [];
  for (const [fn, [reached]] of graph.reachedIn(only)) {
    const { file } = reached;
    for (const node of file.nodesIn(fn)) {
      if (node.type === "ExpressionStatement") {
        const call = droppedCall(node.expression);
        if (call && rejections.mayReject(call, file))
          findings.push(
            describeRejection({
              site: { file, node: call },
              reached,
              kind: isIteration(call) ? "dropped-callbacks" : "dropped",
              name: null,
              waitBefore: null,
            }),
          );
      } else if (node.type === "VariableDeclarator") {
        const late = lateWait(world, rejections, node, fn, file);
        if (late)
          findings.push(
            describeRejection({
              site: { file, node },
              reached,
              kind: "awaited-late",
              name: node.id.type === "Identifier" ? node.id.name : null,
              waitBefore: late,
            }),
          );
      }
    }
  }
  return findings;
}

/** A handler for unhandled rejections keeps the process alive, and sees them. */
function survivesRejections({ project }: ProjectWorld): boolean {
  return project.files().some(hasRejectionHandler);
}

const rejectionHandlers = new WeakMap<SourceFile, boolean>();

function hasRejectionHandler(file: SourceFile): boolean {
  let known = rejectionHandlers.get(file);
  if (known === undefined) {
    known =
      FAILURE_EVENTS.some((event) => file.text.includes(event)) &&
      file.calls.some(
        (call) =>
          /^process\.(?:on|once|addListener)$/.test(dottedName(call.callee)) &&
          FAILURE_EVENTS.includes(stringValue(call.arguments[0]) ?? ""),
      );
    rejectionHandlers.set(file, known);
  }
  return known;
}

function droppedCall(expression: Node): TSESTree.CallExpression | null {
  const inner = unwrap(expression);
  const node =
    inner.type === "UnaryExpression" && inner.operator === "void" ? unwrap(inner.argument) : inner;
  return node.type === "CallExpression" ? node : null;
}

function isIteration(call: TSESTree.CallExpression): boolean {
  return /\.(?:map|forEach)$/.test(dottedName(call.callee)) && isFunction(call.arguments[0]);
}

/** `const users = load(); await ack(); await users`: while `ack` is awaited, nobody listens to `users`. */
function lateWait(
  world: ProjectWorld,
  rejections: Rejections,
  declarator: TSESTree.VariableDeclarator,
  fn: FunctionNode,
  file: SourceFile,
): Site | null {
  const { id, init } = declarator;
  const call = init && unwrap(init);
  const variable = id.type === "Identifier" ? file.variableOf(id) : null;
  if (call?.type !== "CallExpression" || !variable) return null;
  if (world.facts.lockCall(world.shapes.of(call.callee, file))) return null;
  const isKnown = world.shapes.of(call.callee, file).some((shape) => shape.kind === "function");
  if (isKnown && !rejections.mayReject(call, file)) return null;
  const uses = variable.references.flatMap(({ identifier }) =>
    identifier.range[0] > declarator.range[1] ? [identifier as Node] : [],
  );
  const [first] = uses;
  if (!first || !uses.some((use) => file.parentOf(use)?.type === "AwaitExpression")) return null;
  const waits = file
    .nodesIn(fn)
    .filter((node) => node.type === "AwaitExpression" && node.range[0] > declarator.range[1]);
  const before = waits.find((wait) => wait.range[1] < first.range[0]);
  return before ? { file, node: before } : null;
}
