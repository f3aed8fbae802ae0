import type { FunctionShape, Shape } from "../project/shape.ts";
import { isFunction } from "../syntax/ast.ts";
import type { Place } from "./place.ts";
import type { Substitution } from "./substitution.ts";

/** The functions that the caller passed where the callee calls a parameter. */
export function functionsAt(here: Substitution, callee: Place): FunctionShape[] {
  const { frame, app, summary } = here;
  const root = callee.root;
  if (root.kind !== "parameter" || root.fn !== summary.fn) return [];
  const node = app.binding.argNodes[root.index];
  if (!node) return [];
  const { shapes } = frame.world;
  // `({ next }) => next()`: a property of what was passed.
  return callee.path
    .reduce<readonly Shape[]>(
      (given, step) => (step.kind === "field" ? shapes.membersOf(given, step.name) : []),
      shapes.of(node, frame.file),
    )
    .filter((shape): shape is FunctionShape => shape.kind === "function" && !shape.wrappers?.length)
    .slice(0, 8);
}

/** The parameter of the function at hand that is passed on as the callee's callback. */
export function parameterAt(here: Substitution, callee: Place): Place | null {
  const root = callee.root;
  if (
    root.kind !== "parameter" ||
    callee.path.length > 0 ||
    root.fn !== here.summary.fn ||
    isFunction(here.app.binding.argNodes[root.index])
  )
    return null;
  return (
    here.app.binding.args[root.index]?.places.find(
      (place) => place.root.kind === "parameter" && place.path.length === 0,
    ) ?? null
  );
}
