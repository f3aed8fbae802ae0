import type { Models } from "../../models/index.ts";
import type { WrapperModel } from "../../models/model.ts";
import { CALLED, packageOf, type ExternalShape } from "./shape.ts";

/**
 * Models in their order, by the module that a value comes from. The engine asks about every call of a project,
 * and most calls are of modules that no model names.
 */
export class ModelsByModule<Model> {
  readonly #models: readonly Model[];
  readonly #isOf: (model: Model, module: string) => boolean;
  readonly #known = new Map<string, readonly Model[]>();

  constructor(models: readonly Model[], isOf: (model: Model, module: string) => boolean) {
    this.#models = models;
    this.#isOf = isOf;
  }

  of({ module }: ExternalShape): readonly Model[] {
    let models = this.#known.get(module);
    if (!models) {
      models = this.#models.filter((model) => this.#isOf(model, module));
      this.#known.set(module, models);
    }
    return models;
  }
}

/** Whether a module is one of the packages, or a path inside one. */
export function isOfPackages(module: string, packages: readonly string[]): boolean {
  return packages.includes(module) || packages.includes(packageOf(module));
}

/** The path below an exported name, or null when the shape is none of these exports. */
export function matchExport(
  shape: ExternalShape,
  packages: readonly string[],
  exports: readonly string[],
): readonly string[] | null {
  if (!isOfPackages(shape.module, packages)) return null;
  const { path } = shape;
  const mostSkipped = path[0] === "default" ? 1 : 0;
  for (const name of exports) {
    if (name === "default") continue;
    for (let skipped = 0; skipped <= mostSkipped; skipped += 1) {
      const end = endOf(name, path, skipped);
      if (end !== -1) return path.slice(end);
    }
  }
  // Last: `express.Router()` is `Router`, below the default export, and nothing that the default export makes.
  if (!exports.includes("default")) return null;
  return path.length === 0 || path[0] === CALLED ? path : mostSkipped === 1 ? path.slice(1) : null;
}

/** Where a dotted name ends that stands in a path from `start` on; -1 where another one does. */
function endOf(name: string, path: readonly string[], start: number): number {
  if (path[start] === name) return start + 1;
  const parts = partsOf(name);
  return parts.every((part, index) => path[start + index] === part) ? start + parts.length : -1;
}

const known = new Map<string, readonly string[]>();

function partsOf(name: string): readonly string[] {
  let parts = known.get(name);
  if (!parts) known.set(name, (parts = name.split(".")));
  return parts;
}

/** The model of a function that takes handlers. */
export function wrapperOf(callee: ExternalShape, { wrappers }: Models): WrapperModel | null {
  return (
    wrappers.find(
      ({ packages, exports }) => matchExport(callee, packages, exports)?.length === 0,
    ) ?? null
  );
}
