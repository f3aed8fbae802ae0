import type { Variable } from "../syntax/scopes.ts";
import type { Node } from "../syntax/ast.ts";
import { TracedMap, type Forgetful, type Provenance } from "./provenance.ts";
import { uniqueShapes, type Shape } from "./shape.ts";

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

  /** What was answered before: most questions come up again, and need nothing that answers them. */
  known(question: Question): readonly Shape[] | undefined {
    const known = this.#memo.get(question);
    return known ?? (this.#partial.isEmpty ? undefined : this.#partial.get(question));
  }

  /**
   * Answers a question that has no {@link known} answer. `path` is the file that it is about.
   */
  find(question: Question, path: string, compute: () => Shape[]): readonly Shape[] {
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
      return uniqueShapes(compute());
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

  /** The known answer, or a new one. */
  ask(question: Question, path: string, compute: () => Shape[]): readonly Shape[] {
    return this.known(question) ?? this.find(question, path, compute);
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
