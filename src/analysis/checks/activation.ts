import { applySummary } from "../flow/apply.ts";
import { Frame } from "../flow/frame.ts";
import { atomOf, keyOf } from "../flow/key.ts";
import { sharedInstance } from "../flow/instances.ts";
import { extend, type Place } from "../flow/place.ts";
import type {
  Event,
  Hazard,
  LockEvent,
  SubmitEvent,
  Summary,
  WriteEvent,
} from "../flow/summary.ts";
import { UNKNOWN, type HeldLock, type Value } from "../flow/value.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { ProjectWorld } from "../project/world.ts";
import { contains, isFunction, type Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import type { Chains } from "./chains.ts";
import type { ContextRows } from "./context-rows.ts";
import { rootLocks } from "./root-locks.ts";
import { stateOf } from "./shared-state.ts";

/** What one activation of a root does, in terms of state that other activations can name. */
export interface Activation {
  readonly root: ActivationRoot;
  /** Roots of other components of the import graph belong to other programs. */
  readonly component: number;
  readonly events: readonly Event[];
  readonly writes: readonly WriteEvent[];
  /** Requests of locks and of pools' slots, in the order of `events`. Most activations make none. */
  readonly requests: readonly (LockEvent | SubmitEvent)[];
  readonly hazards: readonly Hazard[];
}

/**
 * What a pass finds in one activation alone, once: after an edit most activations are as they were, with the
 * same list of events.
 */
export function remembered<T>(find: (activation: Activation) => T): (activation: Activation) => T {
  const known = new WeakMap<Activation["events"], { readonly found: T }>();
  return (activation) => {
    let answer = known.get(activation.events);
    if (!answer) known.set(activation.events, (answer = { found: find(activation) }));
    return answer.found;
  };
}

/** Puts a root's own data in for its parameters: they belong to the activation, so nothing hangs on them. */
export function activate(
  world: ProjectWorld,
  root: ActivationRoot,
  contexts: ContextRows,
  chains: Chains,
): Activation {
  const known = world.answersOf<string, Omit<Activation, "root" | "component">>(activate);
  const { provenance } = world.project;
  const sites = [root.fn, root.site, ...(root.fn.wrappers ?? []).map(({ site }) => site)];
  const others = [...root.excludes, ...(root.serializer ? [root.serializer.site] : [])];
  const id = [
    root.id,
    ...others.map(siteId),
    ...contexts.idsFor(root),
    ...chains.idsFor(root),
  ].join("|");
  return {
    ...known.answer(id, () => {
      for (const { file } of [...sites, ...others]) provenance.note(file.path);
      return enact(world, root, contexts, chains);
    }),
    root,
    component: world.project.componentOf(root.fn.file.path),
  };
}

function enact(
  world: ProjectWorld,
  root: ActivationRoot,
  contexts: ContextRows,
  chains: Chains,
): Omit<Activation, "root" | "component"> {
  const { node, file } = root.fn;
  const summary = world.summaryOf(node, file);
  const frame = new Frame(world, file.ast, file);
  const args = node.params.map((_parameter, index): Value => ({
    ...UNKNOWN,
    key: keyOf([atomOf({ kind: "parameter", fn: node, index }, "")]),
  }));
  if (args[0]) args[0] = contexts.contextOf(frame, root, args[0]);
  const passed = chains.enter(frame, root);
  applySummary(frame, summary, {
    binding: { args, argNodes: [], receiver: null },
    node,
    isAwaited: true,
  });
  const late = [...frame.hazards.values()];
  const locks = rootLocks(world, root);
  const events = [...frame.events.values()]
    .filter((event) => !isExcluded(root, event.site, event.chain))
    .flatMap((event) => placed(event, root, locks));
  return {
    events,
    writes: events.filter((event) => event.kind === "write"),
    requests: events.filter((event) => event.kind === "lock" || event.kind === "submit"),
    hazards: late.flatMap((hazard) => {
      const place = canonical(hazard.place, root);
      if (!place && !hazard.parallel) return [];
      if (isExcluded(root, hazard.site, [...hazard.callers, ...hazard.chain])) return [];
      if (isOfOwnClosure(world, hazard, root) || isSpent(hazard, late, summary, passed)) return [];
      const read = canonical(hazard.read.place, root) ?? hazard.read.place;
      return [
        {
          ...hazard,
          ...asSeenInChain(hazard, summary, passed),
          place: place ?? hazard.place,
          read: { ...hazard.read, place: read },
          claims: hazard.claims.flatMap((claim) => canonical(claim, root) ?? []),
          protection: [...hazard.protection.map((held) => canonicalLock(held, root)), ...locks],
        },
      ];
    }),
  };
}

/**
 * A middleware's test decides what this handler does. Where the handler itself waits first, that is the
 * suspension; where not everything stands in one file, nobody sees it by reading the handler.
 */
function asSeenInChain(
  hazard: Hazard,
  { fn, events }: Summary,
  passed: ReadonlyMap<string, boolean>,
): Partial<Hazard> {
  const isSure = passed.get(hazard.read.id);
  if (isSure === undefined) return {};
  const write = events.find((event) => event.kind === "write" && isWriteOf(event, hazard));
  const own = hazard.suspension.site.node === fn ? write?.suspended : null;
  const suspension = own ?? hazard.suspension;
  const { file } = hazard.site;
  const isInOneFile = hazard.read.site.file === file && suspension.site.file === file;
  return { suspension, ...(isSure && isInOneFile ? {} : { needsBelief: true }) };
}

function isWriteOf(event: Event, { site, chain }: Hazard): boolean {
  return siteId(event.site) === siteId(chain.at(-1) ?? site);
}

/**
 * The middleware's test is used up by the handler's first write of that state: what comes after it acts on what
 * the handler wrote itself. And where one write acted on the test too late, those behind it are its consequence.
 */
function isSpent(
  hazard: Hazard,
  hazards: readonly Hazard[],
  { events }: Summary,
  passed: ReadonlyMap<string, boolean>,
): boolean {
  if (!passed.has(hazard.read.id)) return false;
  const states = [hazard.place, hazard.read.place].map((place) => stateOf(place)?.id);
  const turnOf = (late: Hazard): number =>
    events.findIndex((event) => event.kind === "write" && isWriteOf(event, late));
  const first = events.findIndex(
    (event) => event.kind === "write" && states.includes(stateOf(event.place)?.id),
  );
  const turn = turnOf(hazard);
  return (
    turn > first ||
    hazards.some(
      (other) =>
        other.read.id === hazard.read.id &&
        siteId(other.site) !== siteId(hazard.site) &&
        turnOf(other) < turn,
    )
  );
}

/** Whether something happens in a function that this root only seems to call. */
function isExcluded(root: ActivationRoot, site: Site, chain: readonly Site[]): boolean {
  return root.excludes.some(({ file, node }) =>
    [site, ...chain].some((step) => step.file === file && contains(node, step.node)),
  );
}

/**
 * `const report = makeReporter(ctx); await stream(report)`: what the closure captured was made in this
 * activation, by a function on the way to the hazard, and the next activation has a closure of its own.
 */
function isOfOwnClosure(
  world: ProjectWorld,
  { place, callers }: Hazard,
  root: ActivationRoot,
): boolean {
  if (place.root.kind !== "variable" || !isFunction(place.root.owner)) return false;
  const { owner, file } = place.root;
  if (file === root.fn.file && contains(owner, root.fn.node)) return false;
  return [root.fn, ...callers.map(enclosingFunction)].some((fn) => fn && calls(world, fn, owner));
}

function enclosingFunction({ file, node }: Site): Site | null {
  const fn = file.enclosing(node);
  return isFunction(fn) ? { file, node: fn } : null;
}

/** Whether the function, or a callback in it, calls the other. */
function calls(world: ProjectWorld, { file, node }: Site, callee: Node): boolean {
  return file.calls.some(
    (call) =>
      contains(node, call) &&
      world.shapes
        .of(call.callee, file)
        .some((shape) => shape.kind === "function" && shape.node === callee),
  );
}

function placed(event: Event, root: ActivationRoot, locks: readonly HeldLock[]): Event[] {
  const own = event.locks.map((lock) => canonicalLock(lock, root));
  const held = own.length + locks.length > 0 ? [...own, ...locks] : event.locks;
  const claims =
    event.claims.length > 0
      ? event.claims.flatMap((claim) => canonical(claim, root) ?? [])
      : event.claims;
  const isBare = held === event.locks && claims === event.claims;
  if (event.kind !== "write" && event.kind !== "read")
    return [isBare ? event : { ...event, locks: held, claims }];
  const place = canonical(event.place, root);
  if (!place) return [];
  return [isBare && place === event.place ? event : { ...event, place, locks: held, claims }];
}

/** The location as every activation names it, or null when it belongs to this activation alone. */
export function canonical(place: Place, root: ActivationRoot): Place | null {
  const { node, file } = root.fn;
  switch (place.root.kind) {
    case "parameter":
    case "local":
      return null;
    case "this": {
      const cls = file.classOf(node);
      return cls ? extend(sharedInstance(cls, file), ...place.path) : null;
    }
    case "variable": {
      const { owner } = place.root;
      if (owner.type === "Program") return place;
      // A captured variable outlives the activation when the root itself was made inside its owner, or
      // when the owner ran at start-up and gave the closure away.
      return owner === node ? null : place;
    }
    default:
      return place;
  }
}

function canonicalLock(held: HeldLock, root: ActivationRoot): HeldLock {
  if (!held.lock.place) return held;
  const place = canonical(held.lock.place, root);
  if (!place) return held;
  const prefix = held.lock.id.startsWith("chain:") ? "chain:" : "";
  return { ...held, lock: { ...held.lock, id: prefix + place.id, place } };
}
