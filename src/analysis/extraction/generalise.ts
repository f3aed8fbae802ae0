import type { TSESTree } from "@typescript-eslint/types";
import { isFunction, isPromiseStep, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Movable } from "./movable.ts";
import type { Outside } from "./outside.ts";
import { areAll, columnsOf, mapped, type Column } from "./column.ts";
import { differingText } from "./template-text.ts";

/** Statements that follow each other and become one call. */
export type Run = Column<Movable>;

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
  runs: Column<Run>,
  file: SourceFile,
  outside: Outside,
  keepsTemplates: boolean,
): Hole[] | null {
  const walk = new Generalisation(file, outside, keepsTemplates);
  const areAlike = columnsOf<Movable>(runs)?.every((statements) =>
    walk.calls(mapped(statements, ({ call }) => call)),
  );
  return areAlike === true ? walk.holes : null;
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

  calls(calls: Column<TSESTree.CallExpression>): boolean {
    const [call] = calls;
    const columns = columnsOf<Node>(mapped(calls, (one) => one.arguments));
    return (
      columns !== null &&
      this.#callees(calls) &&
      columns.every((nodes, argument) => this.#values(nodes, { call, argument, property: null }))
    );
  }

  #callees(calls: Column<TSESTree.CallExpression>): boolean {
    const callees = mapped(calls, (call) => unwrap(call.callee));
    const [first] = callees;
    const at = { call: calls[0], argument: -1, property: null };
    if (first.type === "Identifier") return this.#receiver(callees, at);
    if (!areAll(callees, (callee) => callee.type === "MemberExpression")) return false;
    const name = callees[0].computed ? null : propertyName(callees[0]);
    const areSame = callees.every(
      (callee) =>
        !callee.computed &&
        callee.optional === callees[0].optional &&
        propertyName(callee) === name,
    );
    if (name === null || !areSame) return false;
    const objects = mapped(callees, (callee) => unwrap(callee.object));
    // `send(...).catch(...)` is one call in two steps.
    const isChain = isPromiseStep(name);
    return isChain && areAll(objects, (object) => object.type === "CallExpression")
      ? this.calls(objects)
      : this.#receiver(objects, at);
  }

  /** Who sends or logs: the same in all runs. */
  #receiver(nodes: Column<Node>, at: Place): boolean {
    if (!this.#areSame(nodes)) return false;
    return this.#outside.isConstant(nodes[0]) || this.#hole(nodes, at, "receiver");
  }

  #values(nodes: Column<Node>, at: Place): boolean {
    const [first] = nodes;
    const areSame = this.#areSame(nodes);
    if (areSame && this.#outside.isConstant(first)) return true;
    if (this.#descend(nodes, at)) return true;
    if (nodes.some((node) => node.type === "SpreadElement")) return false;
    if (nodes.some((node) => isFunction(node))) return areSame && this.#callback(nodes, at);
    const isPart = at.call.arguments[at.argument] !== first;
    return this.#hole(nodes, at, isPart ? "part" : "whole");
  }

  #areSame(nodes: Column<Node>): boolean {
    return new Set(nodes.map((node) => this.#file.textOf(node))).size === 1;
  }

  /** Into templates, literals and sums, where all runs have the same: their parts are always evaluated. */
  #descend(nodes: Column<Node>, at: Place): boolean {
    const before = this.holes.length;
    if (this.#parts(nodes, at)) return true;
    this.holes.length = before;
    return false;
  }

  #parts(nodes: Column<Node>, at: Place): boolean {
    if (areAll(nodes, (node) => node.type === "TemplateLiteral"))
      return this.#keepsTemplates && this.#templates(nodes, at);
    if (areAll(nodes, (node) => node.type === "BinaryExpression"))
      return (
        this.#keepsTemplates &&
        nodes.every(({ operator }) => operator === nodes[0].operator) &&
        this.#each(
          mapped(nodes, ({ left, right }) => [left, right]),
          at,
        )
      );
    if (areAll(nodes, (node) => node.type === "ArrayExpression"))
      return this.#each(
        mapped(nodes, ({ elements }) => elements.filter((item) => item !== null)),
        at,
      );
    if (areAll(nodes, (node) => node.type === "SpreadElement"))
      return this.#each(
        mapped(nodes, ({ argument }) => [argument]),
        at,
      );
    return areAll(nodes, (node) => node.type === "ObjectExpression") && this.#objects(nodes, at);
  }

  #each(rows: Column<readonly Node[]>, at: Place): boolean {
    return columnsOf(rows)?.every((nodes) => this.#values(nodes, at)) === true;
  }

  #objects(objects: Column<TSESTree.ObjectExpression>, at: Place): boolean {
    const columns = columnsOf<TSESTree.ObjectLiteralElement>(
      mapped(objects, ({ properties }) => properties),
    );
    return (
      columns?.every((entries) => {
        if (areAll(entries, (entry) => entry.type === "SpreadElement"))
          return this.#descend(entries, at);
        if (!areAll(entries, (entry) => entry.type === "Property")) return false;
        const [first] = entries;
        const property = propertyName(first);
        if (property === null || first.method) return false;
        return (
          entries.every((entry) => propertyName(entry) === property) &&
          this.#values(
            mapped(entries, ({ value }) => value),
            { ...at, property },
          )
        );
      }) === true
    );
  }

  #templates(templates: Column<TSESTree.TemplateLiteral>, at: Place): boolean {
    const parts = columnsOf<Node>(mapped(templates, ({ expressions }) => expressions));
    const texts = columnsOf(mapped(templates, ({ quasis }) => quasis));
    // Two texts without parts in common have no common template.
    if (!parts || !texts || parts.length === 0) return false;
    return texts.every((pieces, index) => {
      const differing = differingText(pieces);
      if (differing)
        this.holes.push({
          ...at,
          range: [pieces[0].range[0] + differing.start, pieces[0].range[0] + differing.end],
          args: differing.args,
          nodes: [],
          kind: "text",
          entry: null,
        });
      const nodes = parts[index];
      return !nodes || this.#values(nodes, at);
    });
  }

  /** A callback moves as it is, where what it uses of the handler has one value. */
  #callback(callbacks: Column<Node>, at: Place): boolean {
    const columns = columnsOf(mapped(callbacks, (callback) => this.#outside.usesIn(callback)));
    return (
      columns?.every((uses) => {
        if (uses.some(({ variable }) => variable.isReassigned)) return false;
        const identifiers = mapped(uses, ({ identifier }) => identifier);
        this.#give(identifiers, at, "part");
        return true;
      }) === true
    );
  }

  #hole(nodes: Column<Node>, at: Place, kind: Hole["kind"]): boolean {
    const isSafe = nodes.every((node) =>
      this.#outside.usesIn(node).every(({ variable }) => !this.#outside.isSetByCallback(variable)),
    );
    if (isSafe) this.#give(nodes, at, kind);
    return isSafe;
  }

  #give(nodes: Column<Node>, at: Place, kind: Hole["kind"]): void {
    const [first] = nodes;
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
  }
}
