import { AsyncLocalStorage } from "node:async_hooks";
import { NoUpdaterError } from "./errors.ts";
import { KeyedSequence } from "./keyed-sequence.ts";
import { BoundedPool, engineOf, settingsFrom, type PoolOptions } from "./pool.ts";

/** Where calls of `runAsync` functions go: an Updater, or the default pool before there is one. */
export interface Owner {
  readonly pool: BoundedPool;
}

const owners = new Set<Owner>();
let defaultPool: BoundedPool | undefined;
let defaultSequence: KeyedSequence | undefined;
/** Made with the second Updater: with one, no async context is needed to know whose call it is. */
let scope: AsyncLocalStorage<Owner> | undefined;
/** Set by the explorer: each schedule has its own pool and keys. */
let stage: { readonly pool: BoundedPool; readonly sequence: KeyedSequence } | undefined;

/**
 * The pool that a call of a `runAsync` function belongs to.
 *
 * @throws NoUpdaterError when several Updaters are alive and the call was made inside none
 */
export function currentPool(): BoundedPool {
  if (stage !== undefined) return stage.pool;
  if (owners.size === 0) return (defaultPool ??= new BoundedPool({ name: "default" }));
  const owner = owners.size === 1 ? owners.values().next().value : scope?.getStore();
  if (owner === undefined || !owners.has(owner)) throw new NoUpdaterError();
  return owner.pool;
}

/** The keys of `sequential` and of `runAsync(fn, { key })`: one name space for the process. */
export function currentSequence(): KeyedSequence {
  if (stage !== undefined) return stage.sequence;
  return (defaultSequence ??= new KeyedSequence({
    onError: (error) => {
      const [owner] = owners;
      if (owner === undefined) console.error(error);
      else owner.pool[engineOf].report(error);
    },
  }));
}

/** The pool for a new Updater: the first one adopts the default pool, so there are never two. */
export function adoptPool(options: PoolOptions): BoundedPool {
  const adopted = defaultPool;
  if (adopted === undefined || owners.size > 0) return new BoundedPool(options);
  defaultPool = undefined;
  const engine = adopted[engineOf];
  engine.configure(settingsFrom(options, engine.settings));
  return adopted;
}

export function register(owner: Owner): void {
  owners.add(owner);
  if (owners.size > 1) scope ??= new AsyncLocalStorage();
}

export function unregister(owner: Owner): void {
  owners.delete(owner);
}

/** Runs `fn` as part of `owner`. */
export function runAs<R>(owner: Owner, fn: () => R): R {
  return scope === undefined ? fn() : scope.run(owner, fn);
}

/** Replaces pool and keys for a schedule of the explorer; undefined ends it. */
export function setStage(next: typeof stage): void {
  stage = next;
}
