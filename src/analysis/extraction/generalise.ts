import type { TSESTree } from "@typescript-eslint/types";
import { isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Movable } from "./movable.ts";
import type { Outside } from "./outside.ts";
import { differingText } from "./template-text.ts";

/** Statements that follow each other and become one call. */
export type Run = readonly Movable[];

/** A part of a run's text that the caller gives: the parameter stands there. */
export interface Hole {
  /** Offsets in the text of the first run. */
  readonly range: readonly [number, number];
  /** What each run gives, as source text. */
  readonly args: readonly string[];
  /** The expressions that it stands for, one a run; none for a part of a template's text. */
  readonly nodes: readonly Node[];
  /** The call and the argument (-1: the receiver) that it is part of. */
  readonly call: TSESTree.CallExpression;
  readonly argument: number;
  /** The property of an object literal that it is the value of. */
  readonly property: string | null;
  readonly kind: "receiver" | "whole" | "part" | "text";
  /** The property that it is all of the value of: `{ chatId }` where the parameter has its name. */
  readonly entry: { readonly name: string; readonly start: number } | null;
}

/** Where the walk is. */
interface Place {
  readonly call: TSESTree.CallExpression;
  readonly argument: number;
  readonly property: string | null;
}

/**
 * The most specific function that all runs are calls of: what is equal in all of them becomes its body, what
 * differs its parameters (the least general generalisation of Plotkin, "A Note on Inductive Generalization",
 * 1970, on syntax trees). What the body could not name, or would evaluate later than the handler does, is a
 * parameter as well, so that values are as old as they were. Null where the runs have no body in common.
 *
 * @param keepsTemplates whether a template stays in the body, with parameters for its parts; otherwise the
 *   caller gives the whole text
 */
export function generalise(
  runs: readonly Run[],
  file: SourceFile,
  outside: Outside,
  keepsTemplates: boolean,
): Hole[] | null {
  const walk = new Generalisation(file, outside, keepsTemplates);
  const [first = []] = runs;
  if (runs.some((run) => run.length !== first.length)) return null;
  const areAlike = first.every((_statement, index) =>
    walk.calls(runs.flatMap((run) => run[index]?.call ?? [])),
  );
  return areAlike ? walk.holes : null;
}

class Generalisation {
  readonly holes: Hole[] = [];
  readonly #file: SourceFile;
  readonly #outside: Outside;
  readonly #keepsTemplates: boolean;

  constructor(file: SourceFile, outside: Outside, keepsTemplates: boolean) {
    this.#file = file;
    this.#outside = outside;
    this.#keepsTemplates = keepsTemplates;
  }

  calls(calls: readonly TSESTree.CallExpression[]): boolean {
    const [first] = calls;
    if (!first || calls.some((call) => call.arguments.length !== first.arguments.length))
      return false;
    return (
      this.#callees(calls) &&
      first.arguments.every((_argument, index) =>
        this.#values(
          calls.flatMap((call) => call.arguments[index] ?? []),
          { call: first, argument: index, property: null },
        ),
      )
    );
  }

  #callees(calls: readonly TSESTree.CallExpression[]): boolean {
    const callees = calls.map((call) => unwrap(call.callee));
    const [call] = calls;
    const [first] = callees;
    if (!call || !first) return false;
    const at = { call, argument: -1, property: null };
    if (first.type === "Identifier") return this.#receiver(callees, at);
    if (first.type !== "MemberExpression" || first.computed) return false;
    const objects: Node[] = [];
    for (const callee of callees) {
      if (callee.type !== "MemberExpression" || callee.optional !== first.optional) return false;
      if (callee.computed || propertyName(callee) !== propertyName(first)) return false;
      objects.push(unwrap(callee.object));
    }
    // `send(...).catch(...)` is one call in two steps.
    const isChain = /^(?:then|catch|finally)$/.test(propertyName(first) ?? "");
    const inner = objects.filter((object) => object.type === "CallExpression");
    if (isChain && inner.length === objects.length) return this.calls(inner);
    return this.#receiver(objects, at);
  }

  /** Who sends or logs: the same in all runs. */
  #receiver(nodes: readonly Node[], at: Place): boolean {
    const texts = new Set(nodes.map((node) => this.#file.textOf(node)));
    const [first] = nodes;
    if (!first || texts.size > 1) return false;
    return this.#outside.isConstant(first) || this.#hole(nodes, at, "receiver");
  }

  #values(nodes: readonly Node[], at: Place): boolean {
    const [first] = nodes;
    if (!first) return false;
    const texts = new Set(nodes.map((node) => this.#file.textOf(node)));
    const areSame = texts.size === 1;
    if (areSame && nodes.every((node) => this.#outside.isConstant(node))) return true;
    if (this.#descend(nodes, at)) return true;
    if (nodes.some((node) => node.type === "SpreadElement")) return false;
    if (nodes.some((node) => isFunction(node))) return areSame && this.#callback(first, at);
    const isPart = at.call.arguments[at.argument] !== first;
    return this.#hole(nodes, at, isPart ? "part" : "whole");
  }

  /** Into templates, literals and sums, where all runs have the same: their parts are always evaluated. */
  #descend(nodes: readonly Node[], at: Place): boolean {
    const before = this.holes.length;
    if (this.#parts(nodes, at)) return true;
    this.holes.length = before;
    return false;
  }

  #parts(nodes: readonly Node[], at: Place): boolean {
    const [first] = nodes;
    switch (first?.type) {
      case "TemplateLiteral":
        return this.#keepsTemplates && this.#templates(nodes, at);
      case "BinaryExpression":
        return (
          this.#keepsTemplates &&
          nodes.every(
            (node) => node.type === "BinaryExpression" && node.operator === first.operator,
          ) &&
          this.#each(nodes, at, (node) =>
            node.type === "BinaryExpression" ? [node.left, node.right] : [],
          )
        );
      case "ArrayExpression":
        return this.#each(nodes, at, (node) =>
          node.type === "ArrayExpression" ? node.elements.filter((item) => item !== null) : [],
        );
      case "SpreadElement":
        return this.#each(nodes, at, (node) =>
          node.type === "SpreadElement" ? [node.argument] : [],
        );
      case "ObjectExpression":
        return this.#objects(nodes, at);
      default:
        return false;
    }
  }

  #each(nodes: readonly Node[], at: Place, partsOf: (node: Node) => readonly Node[]): boolean {
    const rows = nodes.map(partsOf);
    const [first = []] = rows;
    if (first.length === 0 || rows.some((row) => row.length !== first.length)) return false;
    return first.every((_part, index) =>
      this.#values(
        rows.flatMap((row) => row[index] ?? []),
        at,
      ),
    );
  }

  #objects(nodes: readonly Node[], at: Place): boolean {
    const objects = nodes.filter((node) => node.type === "ObjectExpression");
    const [first] = objects;
    if (!first || objects.length !== nodes.length) return false;
    if (objects.some(({ properties }) => properties.length !== first.properties.length))
      return false;
    return first.properties.every((property, index) => {
      const rows = objects.flatMap(({ properties }) => properties[index] ?? []);
      if (property.type === "SpreadElement")
        return rows.every(({ type }) => type === "SpreadElement") && this.#descend(rows, at);
      const name = propertyName(property);
      if (name === null || property.method) return false;
      const values = rows.flatMap((row) =>
        row.type === "Property" && propertyName(row) === name ? row.value : [],
      );
      return values.length === rows.length && this.#values(values, { ...at, property: name });
    });
  }

  #templates(nodes: readonly Node[], at: Place): boolean {
    const templates = nodes.filter((node) => node.type === "TemplateLiteral");
    const [first] = templates;
    if (!first || templates.length !== nodes.length) return false;
    if (templates.some((node) => node.expressions.length !== first.expressions.length))
      return false;
    // Two texts without parts in common have no common template.
    if (first.expressions.length === 0) return false;
    for (const [index, quasi] of first.quasis.entries()) {
      const differing = differingText(templates.flatMap((node) => node.quasis[index] ?? []));
      if (differing)
        this.holes.push({
          ...at,
          range: [quasi.range[0] + differing.start, quasi.range[0] + differing.end],
          args: differing.args,
          nodes: [],
          kind: "text",
          entry: null,
        });
      if (index < first.expressions.length) {
        const parts = templates.flatMap((node) => node.expressions[index] ?? []);
        if (!this.#values(parts, at)) return false;
      }
    }
    return true;
  }

  /** A callback moves as it is, where what it uses of the handler has one value. */
  #callback(callback: Node, at: Place): boolean {
    const uses = this.#outside.usesIn(callback);
    return uses.every((identifier) => {
      const variable = this.#file.variableOf(identifier);
      return (
        variable !== null &&
        !this.#outside.isReassigned(variable) &&
        this.#hole([identifier], at, "part")
      );
    });
  }

  #hole(nodes: readonly Node[], at: Place, kind: Hole["kind"]): boolean {
    const [first] = nodes;
    if (!first) return false;
    const isSafe = nodes.every((node) =>
      this.#outside.usesIn(node).every((identifier) => {
        const variable = this.#file.variableOf(identifier);
        return variable === null || !this.#outside.isSetByCallback(variable);
      }),
    );
    if (!isSafe) return false;
    const parent = this.#file.parentOf(first);
    const name = parent?.type === "Property" && parent.value === first && propertyName(parent);
    this.holes.push({
      ...at,
      range: first.range,
      args: nodes.map((node) => this.#file.textOf(node)),
      nodes,
      kind,
      entry: name && /^[\w$]+$/.test(name) ? { name, start: parent.range[0] } : null,
    });
    return true;
  }
}
