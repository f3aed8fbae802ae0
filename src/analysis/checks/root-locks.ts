import { atomOf, keyOf, substituteKey, type Key } from "../flow/key.ts";
import type { HeldLock } from "../flow/value.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { FunctionShape } from "../project/shape.ts";
import { optionOf } from "../project/store-chain.ts";
import type { ProjectWorld } from "../project/world.ts";
import { siteId, type Site } from "../syntax/source-file.ts";

/**
 * Locks that an activation holds from its first line to its last: `sequentialize((ctx) => key)` in front of
 * the handlers, `runAsync(fn, { key })`, and those of the project's wrappers.
 */
export function rootLocks(world: ProjectWorld, root: ActivationRoot): HeldLock[] {
  const locks: HeldLock[] = [];
  if (root.serializer) {
    const { fn, site } = root.serializer;
    const key = keyComputedBy(world, fn, root);
    locks.push(held(`serializer:${root.framework}`, "sequentialize", key ? [key] : [], site));
  }
  locks.push(...wrapperLocks(world, root));
  const wrapped = runAsyncCall(world, root);
  const option =
    wrapped && "arguments" in wrapped.node ? optionOf(wrapped.node.arguments[1], "key") : null;
  if (!wrapped || !option) return locks;
  const fn = world.shapes.of(option, wrapped.file).find((shape) => shape.kind === "function");
  const key = fn?.kind === "function" ? keyComputedBy(world, fn, root) : null;
  if (fn && !key) return locks;
  locks.push(held(`runAsync:${siteId(wrapped)}`, "the key of runAsync", key ? [key] : [], wrapped));
  return locks;
}

function wrapperLocks(world: ProjectWorld, root: ActivationRoot): HeldLock[] {
  return (root.fn.wrappers ?? []).flatMap(({ callee, site }) => {
    const wrapper = world.facts.wrapper(callee);
    if (wrapper?.lock === undefined) return [];
    const keys = wrapper.key === undefined ? [] : keysOfWrapper(world, root, wrapper.key, site);
    // A key that nobody can follow may be another one for each call.
    if (wrapper.key !== undefined && keys.length === 0) return [];
    return [held(`wrapper:${wrapper.lock}`, wrapper.lock, keys, site)];
  });
}

function keysOfWrapper(
  world: ProjectWorld,
  root: ActivationRoot,
  key: string | number,
  { file, node }: Site,
): Key[] {
  if (typeof key === "string")
    return [keyOf([atomOf({ kind: "parameter", fn: root.fn.node, index: 0 }, `.${key}`)])];
  const argument = "arguments" in node ? node.arguments[key] : undefined;
  const fn = world.shapes.of(argument, file).find((shape) => shape.kind === "function");
  const computed = fn?.kind === "function" ? keyComputedBy(world, fn, root) : null;
  return computed ? [computed] : [];
}

function held(id: string, name: string, keys: readonly Key[], site: Site): HeldLock {
  return { lock: { id, name, place: null, keys }, acquisition: id, site };
}

/** The call of `runAsync` that made the root's function a task. */
function runAsyncCall(world: ProjectWorld, root: ActivationRoot): Site | null {
  const wrapper = root.fn.wrappers?.find(({ callee }) => world.facts.isRunAsync(callee));
  if (wrapper) return wrapper.site;
  return root.trigger === "task" ? root.site : null;
}

/** The key that a function of the update computes, in terms of the root's own parameters. */
function keyComputedBy(world: ProjectWorld, fn: FunctionShape, root: ActivationRoot): Key | null {
  const { result } = world.summaryOf(fn.node, fn.file);
  if (!result.key) return null;
  // `async function ask(conversation, ctx)`: the update comes second.
  const first = root.trigger === "conversation" ? 1 : 0;
  return substituteKey(result.key, (atom) =>
    atom.root.kind === "parameter" && atom.root.fn === fn.node
      ? keyOf([atomOf({ kind: "parameter", fn: root.fn.node, index: first + atom.root.index }, "")])
      : null,
  );
}
