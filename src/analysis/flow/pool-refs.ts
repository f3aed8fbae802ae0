import { optionOf } from "../project/stores.ts";
import type { Shapes } from "../project/shapes.ts";
import { unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { placeOf } from "./place.ts";
import type { LockRef } from "./value.ts";

/** The workers of the Updater: what `runAsync` submits to unless told otherwise. */
export const RUN_ASYNC_POOL: LockRef = {
  id: "updater",
  name: "the updater's workers",
  place: null,
  keys: [],
};

/** The pool of `runAsync(fn, { pool })`, by the call that wraps. */
export function poolOfRunAsync(shapes: Shapes, { file, node }: Site): LockRef {
  const options = node.type === "CallExpression" ? node.arguments[1] : undefined;
  const pool = options && optionOf(options, "pool");
  return (pool && poolVariable(shapes, { file, node: pool })) ?? RUN_ASYNC_POOL;
}

/** The pool of `pool.wrap(fn)`, by the call that wraps. */
export function poolOfWrap(shapes: Shapes, site: Site): LockRef {
  const callee = site.node.type === "CallExpression" ? unwrap(site.node.callee) : null;
  const object: Node | null = callee?.type === "MemberExpression" ? callee.object : null;
  return (
    (object && poolVariable(shapes, { file: site.file, node: object })) ?? {
      id: `wrap:${siteId(site)}`,
      name: "the pool",
      place: null,
      keys: [],
    }
  );
}

function poolVariable(shapes: Shapes, { file, node }: Site): LockRef | null {
  const home = shapes.variableHome(unwrap(node), file);
  if (!home) return null;
  const place = placeOf({
    kind: "variable",
    variable: home.variable,
    file: home.file,
    owner: home.file.ownerOf(home.variable),
  });
  return { id: place.id, name: home.variable.name, place, keys: [] };
}
