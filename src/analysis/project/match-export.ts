import type { Models } from "../../models/index.ts";
import type { WrapperModel } from "../../models/model.ts";
import { CALLED, packageOf, type ExternalShape } from "./shape.ts";

/** The path below an exported name, or null when the shape is none of these exports. */
export function matchExport(
  shape: ExternalShape,
  packages: readonly string[],
  exports: readonly string[],
): readonly string[] | null {
  if (!packages.includes(shape.module) && !packages.includes(packageOf(shape.module))) return null;
  for (const name of exports) {
    const parts = name.split(".");
    for (const skipped of shape.path[0] === "default" ? [0, 1] : [0])
      if (parts.every((part, index) => shape.path[skipped + index] === part))
        return shape.path.slice(skipped + parts.length);
    if (name === "default" && (shape.path.length === 0 || shape.path[0] === CALLED))
      return shape.path;
  }
  return null;
}

/** The model of a function that takes handlers. */
export function wrapperOf(callee: ExternalShape, { wrappers }: Models): WrapperModel | null {
  return (
    wrappers.find(
      ({ packages, exports }) => matchExport(callee, packages, exports)?.length === 0,
    ) ?? null
  );
}
