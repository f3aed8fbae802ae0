import type { Variable } from "@typescript-eslint/scope-manager";
import type { Node } from "../syntax/ast.ts";
import { TracedMap, type Forgetful, type Provenance } from "./provenance.ts";
import { MOST_SHAPES, uniqueShapes, type Shape } from "./shape.ts";

const DEEPEST = 40;

/** What can be asked: the value of an expression, of a variable, or of a literal's property. */
export type Question = Node | Variable | { readonly literal: Node; readonly name: string };

/**
 * Answers each question once. A question that comes up while it is open itself (a cycle) is answered with
 * nothing; what was concluded from that is kept only until the head of the cycle is answered, as in
 * Tarjan's components, so that the cost stays linear and no partial answer outlives its cycle.
 */
export class Questions implements Forgetful {
  readonly #provenance: Provenance;
  readonly #memo: TracedMap<Question, readonly Shape[]>;
  /** Answers that a cycle cut short; they hold until the question at the head of the cycle is answered. */
  readonly #partial: TracedMap<Question, readonly Shape[]>;
  /** The open questions, by their position on the stack. */
  readonly #active = new Map<Question, number>();
  /** The outermost open question that an answer since had to do without. */
  #cutAt = Infinity;

  constructor(provenance: Provenance) {
    this.#provenance = provenance;
    this.#memo = new TracedMap(provenance);
    this.#partial = new TracedMap(provenance);
  }

  forget(path: string): void {
    this.#memo.forget(path);
  }

  /** `path` is the file that the question is about. */
  ask(question: Question, path: string, compute: () => Shape[]): readonly Shape[] {
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
    const made = this.#provenance.trace(() => {
      this.#provenance.note(path);
      return uniqueShapes(compute()).slice(0, MOST_SHAPES);
    });
    this.#active.delete(question);
    if (this.#cutAt >= position) {
      this.#memo.keep(question, made);
      if (this.#cutAt < Infinity) this.#partial.clear();
      this.#cutAt = outerCut;
    } else {
      this.#partial.keep(question, made);
      this.#cutAt = Math.min(this.#cutAt, outerCut);
    }
    return made.answer;
  }

  /** Answers without keeping the answer; nothing while the question is open itself. */
  guard(question: Question, compute: () => Shape[]): Shape[] {
    if (this.#active.has(question)) return [];
    this.#active.set(question, this.#active.size);
    const shapes = compute();
    this.#active.delete(question);
    return shapes;
  }
}
