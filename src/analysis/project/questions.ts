import type { Variable } from "@typescript-eslint/scope-manager";
import type { Node } from "../syntax/ast.ts";
import { MOST_SHAPES, uniqueShapes, type Shape } from "./shape.ts";

const DEEPEST = 40;

/** What can be asked: the value of an expression, of a variable, or of a literal's property. */
export type Question = Node | Variable | { readonly literal: Node; readonly name: string };

/**
 * Answers each question once. A question that comes up while it is open itself (a cycle) is answered with
 * nothing; what was concluded from that is kept only until the head of the cycle is answered, as in
 * Tarjan's components, so that the cost stays linear and no partial answer outlives its cycle.
 */
export class Questions {
  #memo = new Map<Question, readonly Shape[]>();
  /** Answers that a cycle cut short; they hold until the question at the head of the cycle is answered. */
  readonly #partial = new Map<Question, readonly Shape[]>();
  /** The open questions, by their position on the stack. */
  #active = new Map<Question, number>();
  /** The outermost open question that an answer since had to do without. */
  #cutAt = Infinity;

  ask(question: Question, compute: () => Shape[]): readonly Shape[] {
    const known = this.#memo.get(question) ?? this.#partial.get(question);
    if (known) return known;
    const open = this.#active.get(question);
    const position = this.#active.size;
    if (open !== undefined || position > DEEPEST) {
      this.#cutAt = Math.min(this.#cutAt, open ?? 0);
      return [];
    }
    const outerCut = this.#cutAt;
    this.#cutAt = Infinity;
    this.#active.set(question, position);
    const memo = this.#memo;
    const shapes = uniqueShapes(compute()).slice(0, MOST_SHAPES);
    this.#active.delete(question);
    if (this.#cutAt >= position) {
      // The calls may have been indexed meanwhile: an answer from before knows less.
      if (memo === this.#memo) memo.set(question, shapes);
      if (this.#cutAt < Infinity) this.#partial.clear();
      this.#cutAt = outerCut;
    } else {
      this.#partial.set(question, shapes);
      this.#cutAt = Math.min(this.#cutAt, outerCut);
    }
    return shapes;
  }

  /** Answers without keeping the answer; nothing while the question is open itself. */
  guard(question: Question, compute: () => Shape[]): Shape[] {
    if (this.#active.has(question)) return [];
    this.#active.set(question, this.#active.size);
    const shapes = compute();
    this.#active.delete(question);
    return shapes;
  }

  /** Asks in the middle of other questions, but independent of them, and forgets every answer afterwards. */
  apart(ask: () => void): void {
    const outer = { active: this.#active, cutAt: this.#cutAt };
    this.#active = new Map();
    ask();
    this.#memo = new Map();
    this.#partial.clear();
    this.#active = outer.active;
    this.#cutAt = outer.cutAt;
  }
}
