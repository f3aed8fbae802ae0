import type { Context } from "./context.ts";
import { currentPool, currentSequence } from "./ownership.ts";
import type { Key, SectionOptions } from "./keyed-sequence.ts";
import { engineOf, type BoundedPool } from "./pool.ts";
import { captureSite, recordSite, type Site } from "./submission-site.ts";
import { Submission, type TaskFunction } from "./submission.ts";
import { Task } from "./task.ts";
import type { Update } from "./update.ts";

export interface RunAsyncOptions<A extends readonly unknown[] = never> {
  /** The pool to run in. Default: the Updater's; before there is one, a default pool of 4 workers. */
  pool?: BoundedPool;
  /**
   * Calls of one key run one after another, in the order of the calls; waiting calls hold no slot.
   * A value, or a function of the arguments. The keys are those of `sequential`.
   */
  key?: Key | readonly Key[] | ((...args: A) => Key | readonly Key[]);
  /** Shown in reports; default: the name of the function. */
  name?: string;
}

const mark = Symbol("runAsync");

/**
 * A function whose calls run as tasks of a pool.
 *
 * It gives a Task. The type says `void` as well, because some frameworks (Telegraf, discord.js)
 * accept only handlers that return nothing or a promise.
 */
export interface AsyncFunction<A extends readonly unknown[], R> {
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- see above
  (...args: A): Task<R> & void;
}

type Method = (this: never, ...args: never[]) => unknown;
/** The class says what the method returned before; a Task would contradict it, so only void may. */
type VoidMethod = (this: never, ...args: never[]) => void | Promise<void>;

interface MethodDecorator {
  <M extends VoidMethod>(method: M, context: ClassMethodDecoratorContext): M;
  (target: object, property: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
}

/**
 * Wraps `fn` so that each call submits it to a pool and returns a Task at once.
 *
 * A task's function starts synchronously when a slot is free, else in the order of the calls. An
 * error that nobody asks for (`result`, `catch`) by the end of the macrotask in which the task
 * settles goes to the error handler of the pool or dispatcher, once. Wrapping twice is a no-op.
 *
 * Also a decorator of methods that return nothing, in both forms TypeScript knows: `@runAsync` and
 * `@runAsync({ key })`.
 *
 * @throws the call (not the wrapping) throws NoUpdaterError when several Updaters are alive and it
 *   belongs to none
 */
export function runAsync<M extends VoidMethod>(method: M, context: ClassMethodDecoratorContext): M;
export function runAsync(
  target: object,
  property: string | symbol,
  descriptor: PropertyDescriptor,
): PropertyDescriptor;
export function runAsync<
  A extends readonly unknown[] = [update: Update, context: Context],
  R = unknown,
>(fn: AsyncFunction<A, R>, options?: RunAsyncOptions<A>): AsyncFunction<A, R>;
export function runAsync<
  A extends readonly unknown[] = [update: Update, context: Context],
  R = unknown,
>(
  // the overload above keeps a wrapped function what it is: with one signature, R would be a Task
  // eslint-disable-next-line @typescript-eslint/unified-signatures
  fn: (...args: A) => R | PromiseLike<R>,
  options?: RunAsyncOptions<A>,
): AsyncFunction<A, R>;
export function runAsync(options: RunAsyncOptions): MethodDecorator;
export function runAsync(first: unknown, second?: unknown, third?: unknown): unknown {
  if (isDecoratorContext(second)) return decorated(first as Method, second.kind, {});
  if (isPropertyKey(second)) return decorateLegacy(second, third, {});
  if (typeof first === "function") return wrap(first as Method, second ?? {});
  if (typeof first !== "object" || first === null) {
    throw new TypeError(`runAsync needs a function, not ${String(first)}.`);
  }
  return (target: unknown, where: unknown, descriptor: unknown) =>
    isDecoratorContext(where)
      ? decorated(target as Method, where.kind, first)
      : decorateLegacy(where, descriptor, first);
}

interface Wrapped {
  readonly fn: Method;
  /** Calls the function for code that was registered at `site`, where its own stack says nothing. */
  readonly submit: (args: never[], site: Site | undefined, self?: unknown) => Task<unknown>;
}

/** What is behind a `runAsync` function; undefined for any other. */
export function unwrap(fn: (...args: never[]) => unknown): Wrapped | undefined {
  return (fn as { [mark]?: Wrapped })[mark];
}

function isRunAsync(fn: Method): boolean {
  return unwrap(fn) !== undefined;
}

function decorated(method: Method, kind: string, options: RunAsyncOptions): unknown {
  if (kind === "method") return wrap(method, options);
  throw new TypeError(`@runAsync decorates methods, not a ${kind}.`);
}

function decorateLegacy(
  property: unknown,
  descriptor: unknown,
  options: RunAsyncOptions,
): PropertyDescriptor {
  const value: unknown = (descriptor as PropertyDescriptor | undefined)?.value;
  if (typeof value === "function")
    return { ...(descriptor as object), value: wrap(value as Method, options) };
  throw new TypeError(`@runAsync decorates methods; ${String(property)} is none.`);
}

function isDecoratorContext(value: unknown): value is { kind: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { kind?: unknown }).kind === "string"
  );
}

function isPropertyKey(value: unknown): value is string | symbol {
  return typeof value === "string" || typeof value === "symbol";
}

function wrap(fn: Method, options: RunAsyncOptions): Method {
  if (isRunAsync(fn)) return fn;
  // `const parent = runAsync(async () => ...)` names nothing: a report then says where that is
  const name = options.name ?? (fn.name || captureSite(wrap));
  const { pool, key } = options;
  const submit: Wrapped["submit"] = (args, site, self) => {
    const keys =
      typeof key === "function"
        ? (key as (...args: never[]) => Key | readonly Key[])(...args)
        : key;
    const body = (): unknown => fn.apply(self as never, args);
    return submitTask(pool ?? currentPool(), body, keys, name, site);
  };
  function submitting(this: unknown, ...args: never[]): Task<unknown> {
    return submit(args, recordSite(submitting), this);
  }
  const wrapped: Wrapped = { fn, submit };
  Object.defineProperty(submitting, "name", { value: fn.name, configurable: true });
  Object.defineProperty(submitting, mark, { value: wrapped });
  return submitting;
}

/** Submits `fn` to `pool` behind its keys, if it has any; `site` is where reports say it was. */
export function submitTask<R>(
  pool: BoundedPool,
  fn: TaskFunction<R>,
  keys: Key | readonly Key[] | undefined,
  name: string | Site,
  site: Site | undefined,
): Task<R> {
  const engine = pool[engineOf];
  const submission = new Submission(engine, fn, name, site);
  const task = new Task<R>(submission);
  if (keys === undefined) engine.submit(submission);
  else submission.lineUp(currentSequence(), keys);
  return task;
}

/**
 * Runs `fn` while it holds `keys`, after all earlier calls with one of these keys.
 *
 * It holds back only callers of `sequential` and of `runAsync(fn, { key })` in this process; for
 * more processes use a KeyedSequence with a KeyStore. Not re-entrant.
 *
 * @param keys one key or several, which are taken all at once
 * @throws nothing; the promise rejects with what `fn` throws, TaskAbortedError or PoolDeadlockError
 */
export function sequential<R>(
  keys: Key | readonly Key[],
  fn: () => R | PromiseLike<R>,
  options?: SectionOptions,
): Promise<R> {
  return currentSequence().run(keys, fn, options);
}
