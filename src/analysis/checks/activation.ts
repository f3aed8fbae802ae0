import { applySummary } from "../flow/apply.ts";
import { Frame } from "../flow/frame.ts";
import { atomOf, keyOf } from "../flow/key.ts";
import type { Event, Hazard, LockEvent, SubmitEvent, WriteEvent } from "../flow/summary.ts";
import { UNKNOWN, type Value } from "../flow/value.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { ProjectWorld } from "../project/world.ts";
import { contains, isFunction, type Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { asSeenInChain, isSpent } from "./chain-hazards.ts";
import type { Chains } from "./chains.ts";
import type { ContextRows } from "./context-rows.ts";
import { isWaitForUpdate } from "./overlap.ts";
import { rootLocks } from "./root-locks.ts";
import { canonical, canonicalLock, placed } from "./shared-terms.ts";

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
          protection: [
            ...hazard.protection.map((held) => canonicalLock(held, root)),
            ...(hazard.dropped || isWaitForUpdate(root, hazard.suspension.site) ? [] : locks),
          ],
        },
      ];
    }),
  };
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
