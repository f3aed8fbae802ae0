import type { PoolModel } from "../../models/model.ts";
import type { Facts } from "../project/facts.ts";
import type { ExternalShape } from "../project/shape.ts";
import type { Shapes } from "../project/shapes.ts";
import { dottedName, unwrap, type FunctionNode } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { placeOf, type Place } from "./place.ts";
import type { LockRef } from "./value.ts";

/** Which pool: by the call that makes it where one call does, else by where it is kept. */
export interface PoolRef extends LockRef {
  readonly made: { readonly model: PoolModel; readonly shape: ExternalShape } | null;
  /** The function that makes a pool for each of its calls, which alone knows it. */
  readonly home: FunctionNode | null;
}

/** Slots that the code at hand has taken and will give back. */
export interface HeldSlots {
  readonly pool: PoolRef;
  readonly slots: number;
  readonly acquisition: string;
  readonly site: Site;
}

/** What names a pool: shapes and models. */
interface Naming {
  readonly shapes: Shapes;
  readonly facts: Facts;
}

/** The workers of the Updater: what `runAsync` submits to unless told otherwise. */
export const RUN_ASYNC_POOL: PoolRef = {
  id: "updater",
  name: "the updater's workers",
  place: null,
  keys: [],
  made: null,
  home: null,
};

/** The pool of `runAsync(fn, { pool })`, by the call that wraps. */
export function poolOfRunAsync(naming: Naming, { file, node }: Site): PoolRef {
  const options = node.type === "CallExpression" ? node.arguments[1] : undefined;
  const pool = options && naming.facts.numbers.option(options, file, "pool");
  return (pool && poolAt(naming, pool, variablePlace(naming, pool))) ?? RUN_ASYNC_POOL;
}

/** The pool of `pool.wrap(fn)` and `limitFunction(fn, { concurrency })`, by the call that wraps. */
export function poolOfWrapper(
  naming: Naming,
  { callee, site }: { readonly callee: ExternalShape; readonly site: Site },
  model: PoolModel,
): PoolRef {
  const { file, node } = site;
  const inner = node.type === "CallExpression" ? unwrap(node.callee) : null;
  const object = inner?.type === "MemberExpression" ? { file, node: inner.object } : null;
  const pool = object && poolAt(naming, object, variablePlace(naming, object));
  if (pool) return pool;
  return {
    id: `pool:${siteId(site)}`,
    name: model.isWrapper ? "its own limit" : "the pool",
    place: null,
    keys: [],
    made: model.isWrapper ? { model, shape: { ...callee, site } } : null,
    home: null,
  };
}

/** The pool that an expression stands for; `place` is where it is kept, if that outlives the activation. */
export function poolAt(naming: Naming, { file, node }: Site, place: Place | null): PoolRef | null {
  const found = naming.facts.poolOf(naming.shapes.of(node, file));
  const name = dottedName(node);
  const sites = new Map<string, { readonly made: (typeof found)[number]; readonly site: Site }>();
  for (const made of found) {
    const { site } = made.shape;
    if (site) sites.set(siteId(site), { made, site });
  }
  const [only, ...others] = sites;
  if (only && others.length === 0) {
    const [id, { made, site }] = only;
    const home = makerOf(site);
    // A table of pools made on demand has one for each key: only the maker's own variable is one pool.
    if (!home || isVariableOf(site, { file, node }))
      return { id: `pool:${id}`, name, place: null, keys: [], made, home };
  }
  return place && { id: place.id, name, place, keys: [], made: found[0] ?? null, home: null };
}

/** The function each of whose calls makes the pool; null for one of the module or of an instance. */
function makerOf({ file, node }: Site): FunctionNode | null {
  const fn = file.enclosing(node);
  if (fn.type === "Program") return null;
  const parent = file.parentOf(fn);
  const isConstructor = parent?.type === "MethodDefinition" && parent.kind === "constructor";
  return isConstructor ? null : fn;
}

function isVariableOf(made: Site, { file, node }: Site): boolean {
  const inner = unwrap(node);
  const declarator = inner.type === "Identifier" ? file.variableOf(inner)?.defs[0]?.node : null;
  return (
    made.file === file &&
    declarator?.type === "VariableDeclarator" &&
    declarator.init !== null &&
    unwrap(declarator.init) === made.node
  );
}

function variablePlace({ shapes }: Naming, { file, node }: Site): Place | null {
  const home = shapes.variableHome(unwrap(node), file);
  return (
    home &&
    placeOf({
      kind: "variable",
      variable: home.variable,
      file: home.file,
      owner: home.file.ownerOf(home.variable),
    })
  );
}
