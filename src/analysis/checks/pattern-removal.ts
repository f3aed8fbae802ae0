import type { TSESTree } from "@typescript-eslint/types";
import { frameworks } from "../../models/frameworks/index.ts";
import type { Finding } from "../finding.ts";
import type { ProjectWorld } from "../project/world.ts";
import { dottedName, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { describePatternRemoval } from "../words/listeners.ts";
import type { CallGraph, Reached } from "./call-graph.ts";

const BY_PATTERN = frameworks.flatMap(({ listenersByPattern }) => listenersByPattern ?? []);
const ADDS = new Set(BY_PATTERN.map(({ adds }) => adds));
const REMOVES = new Set(BY_PATTERN.map(({ removes }) => removes));

/** A listener taken off by a pattern that the listeners of other activations have as well. */
export interface PatternRemoval {
  /** The removing call. */
  readonly site: Site;
  readonly reached: Reached;
  /** `bot.removeTextListener`. */
  readonly name: string;
  /** The pattern, as the code has it. */
  readonly pattern: string;
  /** Where such listeners are added, once for each activation. */
  readonly added: Site;
}

/**
 * `removeTextListener(/^yes/)` in a handler that adds a listener of the same pattern for each update.
 * node-telegram-bot-api takes off the first entry whose regular expression prints the same
 * (`TelegramBot#removeTextListener`, src/telegram.js of 0.66), so that two users who wait for an answer each
 * take off the other's.
 */
export function findPatternRemovals(world: ProjectWorld, graph: CallGraph): Finding[] {
  const added = new Map<string, Site>();
  const removals: { call: TSESTree.CallExpression; reached: Reached; pattern: string }[] = [];
  for (const [fn, [reached]] of graph.reachedIn()) {
    if (!namesPatterns(reached.file)) continue;
    for (const call of graph.callsIn(fn, reached.file)) {
      const method = methodOf(call);
      const pattern = sharedPattern(call.arguments[0], reached.file);
      if (!pattern || call.type !== "CallExpression") continue;
      if (ADDS.has(method)) added.set(pattern, { file: reached.file, node: call });
      if (REMOVES.has(method) && !isOfProject(world, call, reached.file))
        removals.push({ call, reached, pattern });
    }
  }
  return removals.flatMap(({ call, reached, pattern }) => {
    const registration = added.get(pattern);
    if (!registration) return [];
    return describePatternRemoval({
      site: { file: reached.file, node: call },
      reached,
      name: dottedName(call.callee),
      pattern,
      added: registration,
    });
  });
}

const naming = new WeakMap<SourceFile, boolean>();

/** Few files of a project do: the others need no second look after an edit. */
function namesPatterns(file: SourceFile): boolean {
  let names = naming.get(file);
  if (names === undefined)
    naming.set(file, (names = [...ADDS, ...REMOVES].some((name) => file.text.includes(name))));
  return names;
}

function methodOf(call: TSESTree.CallExpression | TSESTree.NewExpression): string {
  const callee = unwrap(call.callee);
  return callee.type === "MemberExpression" ? (propertyName(callee) ?? "") : "";
}

/** A pattern that every activation has the same: a literal, or a constant of the module that is one. */
function sharedPattern(node: Node | undefined, file: SourceFile): string | null {
  const inner = node && unwrap(node);
  if (inner?.type === "Literal" && "regex" in inner) return file.textOf(inner);
  if (inner?.type !== "Identifier") return null;
  const declarator = file.variableOf(inner)?.defs[0]?.node;
  return declarator?.type === "VariableDeclarator" && declarator.init !== null
    ? sharedPattern(declarator.init, file)
    : null;
}

function isOfProject(
  world: ProjectWorld,
  call: TSESTree.CallExpression,
  file: SourceFile,
): boolean {
  return world.shapes.of(call.callee, file).some((shape) => shape.kind === "function");
}
