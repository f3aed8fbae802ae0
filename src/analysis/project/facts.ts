import { lookup } from "../../models/lookup.ts";
import { BLOCKING, type BlockingCall } from "../../models/effects/blocking.ts";
import { frameworks } from "../../models/frameworks/index.ts";
import type { Models } from "../../models/index.ts";
import type {
  LockMethodModel,
  LockModel,
  PoolModel,
  SubmissionModel,
  WrapperModel,
} from "../../models/model.ts";
import { pools } from "../../models/pools/index.ts";
import { ConstantNumbers } from "./constant-numbers.ts";
import { isOfPackages, matchExport, ModelsByModule, wrapperOf } from "./match-export.ts";
import { CALLED, type ExternalShape, type Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import { Stores } from "./stores.ts";

export const RUNTIME = "eslint-plugin-run-async/runtime";

export interface LockCall {
  readonly model: LockModel;
  readonly method: LockMethodModel;
}

type PoolUse =
  | { readonly kind: "submit"; readonly submission: SubmissionModel }
  | { readonly kind: "acquire"; readonly slots: number | undefined }
  | { readonly kind: "release" }
  | { readonly kind: "drain" };

export type PoolCall = PoolUse & {
  readonly model: PoolModel;
  /** The callee; below it is the pool, unless the pool itself is called. */
  readonly shape: ExternalShape;
  readonly isPoolCalled: boolean;
};

export interface NamedBlockingCall extends BlockingCall {
  readonly name: string;
}

function isExportedBy(model: { readonly packages: readonly string[] }, module: string): boolean {
  return isOfPackages(module, model.packages);
}

const poolsByModule = new ModelsByModule(pools, isExportedBy);

/** Answers what a call means, by the models. Knows shapes, not values. */
export class Facts {
  readonly stores: Stores;
  readonly numbers: ConstantNumbers;
  readonly #models: Models;
  readonly #locks: ModelsByModule<LockModel>;
  readonly #sends: ReadonlySet<string>;

  constructor(shapes: Shapes) {
    this.#models = shapes.models;
    this.#locks = new ModelsByModule(shapes.models.locks, isExportedBy);
    this.stores = new Stores(shapes);
    this.numbers = new ConstantNumbers(shapes);
    this.#sends = new Set(frameworks.flatMap((framework) => framework.sends ?? []));
  }

  forget(path: string): void {
    this.stores.forget(path);
  }

  lockCall(callees: readonly Shape[]): LockCall | null {
    for (const shape of callees) {
      if (shape.kind !== "external") continue;
      for (const model of this.#locks.of(shape)) {
        const rest = matchExport(shape, model.packages, model.exports);
        if (!rest) continue;
        if (model.global) {
          if (rest.length === 0 && model.methods["call"])
            return { model, method: model.methods["call"] };
          continue;
        }
        const name = rest.length === 1 ? "call" : rest[1];
        if (rest[0] !== CALLED || rest.length > 2 || name === undefined) continue;
        const method = lookup(model.methods, name);
        if (method && this.#isExclusive(shape, model)) return { model, method };
      }
    }
    return null;
  }

  #isExclusive(shape: ExternalShape, model: LockModel): boolean {
    const when = model.exclusiveWhen;
    if (!when) return true;
    return this.numbers.ofGiven(shape, when.argument, when.option) === when.equals;
  }

  /** What a call does with a pool, and the shape of the pool. */
  poolCall(callees: readonly Shape[]): PoolCall | null {
    for (const shape of callees) {
      if (shape.kind !== "external") continue;
      for (const model of poolsByModule.of(shape)) {
        const rest = matchExport(shape, model.packages, model.exports);
        if (rest?.[0] !== CALLED || rest.length > 2 || model.isWrapper) continue;
        const use = poolUse(model, rest[1] ?? "call");
        if (use) return { ...use, model, shape, isPoolCalled: rest.length === 1 };
      }
    }
    return null;
  }

  /** The pool that a value is. */
  poolOf(shapes: readonly Shape[]): { model: PoolModel; shape: ExternalShape }[] {
    return shapes.flatMap((shape) => {
      if (shape.kind !== "external") return [];
      const model = poolsByModule.of(shape).find((candidate) => {
        const rest = matchExport(shape, candidate.packages, candidate.exports);
        return rest?.length === 1 && rest[0] === CALLED && !candidate.isWrapper;
      });
      return model ? [{ model, shape }] : [];
    });
  }

  /** The pool whose `wrap` made a function, or that a wrapper makes for itself, by the wrapper's callee. */
  poolOfWrapper(shape: ExternalShape): PoolModel | null {
    for (const model of poolsByModule.of(shape)) {
      const rest = matchExport(shape, model.packages, model.exports);
      if (model.isWrapper ? rest?.length === 0 : isWrap(rest, model)) return model;
    }
    return null;
  }

  /** The wrapper that a function was given to. */
  wrapper(callee: ExternalShape): WrapperModel | null {
    return wrapperOf(callee, this.#models);
  }

  isRunAsync(shape: ExternalShape): boolean {
    return shape.module === RUNTIME && shape.path.at(-1) === "runAsync";
  }

  /** A synchronous call that keeps the process from anything else, under the name of its function. */
  blockingCall(callees: readonly Shape[]): NamedBlockingCall | null {
    for (const shape of callees) {
      if (shape.kind !== "external") continue;
      const path = shape.path.filter((part) => part !== "default");
      const name = path.length === 0 ? "default" : path.join(".");
      const call = lookup(lookup(BLOCKING, shape.module), name);
      if (call) return { ...call, name: path.length === 0 ? shape.module : name };
    }
    return null;
  }

  isSend(method: string): boolean {
    return this.#sends.has(method);
  }
}

function poolUse(model: PoolModel, method: string): PoolUse | null {
  const submission = lookup(model.submits, method);
  if (submission) return { kind: "submit", submission };
  const acquired = lookup(model.acquires, method);
  if (acquired) return { kind: "acquire", slots: acquired.slots };
  if (model.releases?.includes(method)) return { kind: "release" };
  return model.drains?.includes(method) ? { kind: "drain" } : null;
}

function isWrap(rest: readonly string[] | null, model: PoolModel): boolean {
  return (
    rest?.[0] === CALLED && rest.length === 2 && lookup(model.wraps, rest[1] ?? "") !== undefined
  );
}
