import type { TSESTree } from "@typescript-eslint/types";
import type { Variable } from "../syntax/scopes.ts";
import { MODELS, type Models } from "../../models/index.ts";
import { applySummary } from "../flow/apply.ts";
import type { Frame, World } from "../flow/frame.ts";
import { sharedInstance } from "../flow/instances.ts";
import type { Place } from "../flow/place.ts";
import { summarise } from "../flow/summarise.ts";
import { emptySummary, type Summary } from "../flow/summary.ts";
import type { Value } from "../flow/value.ts";
import type { FunctionNode } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { Facts } from "./facts.ts";
import type { Project } from "./project.ts";
import { TracedMap } from "./provenance.ts";
import { Roots } from "./roots.ts";
import { Accessors, type Accessor } from "./accessors.ts";
import { Shapes } from "./shapes.ts";

/** Calls nest no deeper than this while summaries are computed; a deeper callee counts as harmless. */
const DEEPEST_CALL = 80;
/** A recursive function is summarised again with what the first round found out about itself. */
const RECURSION_ROUNDS = 2;

/** A function whose summary is being made. */
interface ActiveMark {
  isRecursive: boolean;
  /** Functions on the way from it back to itself. */
  readonly members: Set<FunctionNode>;
}

/** Summaries on demand: bottom-up, each function once, recursive ones twice. */
export class ProjectWorld implements World {
  readonly project: Project;
  readonly shapes: Shapes;
  readonly facts: Facts;
  readonly roots: Roots;
  readonly harmless: ReadonlySet<string>;
  readonly #summaries: TracedMap<FunctionNode, Summary>;
  readonly #active = new Map<FunctionNode, ActiveMark>();
  readonly #places: TracedMap<Variable, Place | null>;
  readonly #accessors: Accessors;
  readonly #answers = new Map<object, TracedMap<unknown, unknown>>();

  /** What the project's settings say: functions that only log or measure, and models of its own. */
  constructor(
    project: Project,
    { harmless = [], models = MODELS }: { harmless?: readonly string[]; models?: Models } = {},
  ) {
    this.project = project;
    this.harmless = new Set(harmless);
    this.shapes = new Shapes(project, { models });
    this.facts = new Facts(this.shapes);
    this.roots = new Roots(project, this.shapes);
    this.#accessors = new Accessors(project, this.shapes);
    this.#summaries = new TracedMap(project.provenance);
    this.#places = new TracedMap(project.provenance);
  }

  /** What a pass wants to know again in the next analysis: the same map for the same pass. */
  answersOf<K, V>(pass: object): TracedMap<K, V> {
    let answers = this.#answers.get(pass);
    if (!answers) this.#answers.set(pass, (answers = new TracedMap(this.project.provenance)));
    return answers as TracedMap<K, V>;
  }

  /** The text of an open file changed: what was found out by looking into it is asked again. */
  forget(path: string): void {
    for (const answers of this.#answers.values()) answers.forget(path);
    this.shapes.forget(path);
    this.facts.forget(path);
    this.roots.forget(path);
    this.#summaries.forget(path);
    this.#places.forget(path);
    this.#accessors.forget();
  }

  summaryOf(fn: FunctionNode, file: SourceFile): Summary {
    const known = this.#summaries.get(fn);
    const active = this.#active.get(fn);
    if (active) {
      active.isRecursive = true;
      // What is being made inside it now knows only half of it: the second round makes that again.
      let isInside = false;
      for (const member of this.#active.keys()) {
        if (isInside) active.members.add(member);
        isInside ||= member === fn;
      }
      return known ?? unfinished(fn, file);
    }
    if (known) return known;
    if (this.#active.size > DEEPEST_CALL) return unfinished(fn, file);
    const mark: ActiveMark = { isRecursive: false, members: new Set() };
    this.#active.set(fn, mark);
    try {
      for (let round = 0; round < RECURSION_ROUNDS; round += 1) {
        this.#summaries.make(fn, () => {
          this.project.provenance.note(file.path);
          return summarise(this, fn, file);
        });
        if (!mark.isRecursive) break;
        if (round + 1 < RECURSION_ROUNDS)
          for (const member of mark.members) this.#summaries.delete(member);
      }
    } finally {
      this.#active.delete(fn);
    }
    return this.#summaries.get(fn) ?? unfinished(fn, file);
  }

  placeOfVariable(variable: Variable, file: SourceFile): Place | null {
    return this.#places.answer(variable, () => this.#sharedInstance(variable, file));
  }

  /** A module variable that holds an instance of a project class means that instance, under whatever name. */
  #sharedInstance(variable: Variable, file: SourceFile): Place | null {
    if (file.ownerOf(variable).type !== "Program") return null;
    const shape = this.shapes
      .ofVariable(variable, file)
      .find((candidate) => candidate.kind === "instance");
    if (shape?.kind !== "instance") return null;
    return sharedInstance(shape.cls.node, shape.cls.file);
  }

  getter(frame: Frame, node: TSESTree.MemberExpression, object: Value, name: string): Value | null {
    const getter = this.#accessors.find("get", node, name, frame.file);
    return getter && this.#access(frame, getter, node, object, []);
  }

  setter(
    frame: Frame,
    node: TSESTree.MemberExpression,
    object: Value,
    name: string,
    value: Value,
  ): boolean {
    const setter = this.#accessors.find("set", node, name, frame.file);
    if (setter) this.#access(frame, setter, node, object, [value]);
    return setter !== null;
  }

  #access(
    frame: Frame,
    accessor: Accessor,
    node: TSESTree.MemberExpression,
    receiver: Value,
    args: readonly Value[],
  ): Value {
    return applySummary(frame, this.summaryOf(accessor.node, accessor.file), {
      binding: { args, argNodes: [], receiver },
      node,
      isAwaited: false,
    });
  }
}

/** What is assumed of a function whose summary is still being made: it may suspend, and touches nothing yet. */
function unfinished(fn: FunctionNode, file: SourceFile): Summary {
  const empty = emptySummary(fn, file);
  return fn.async ? { ...empty, suspends: { site: { file, node: fn } } } : empty;
}
