/**
 * A promise that knows which task it stands for and notices who waits for it.
 *
 * `await p`, `Promise.all([p])` and `return p` all end in a call of `p.then` with the resolving
 * functions of another promise, which are native, anonymous and take one argument. Such a call made
 * inside a running task is a wait. `p.then(log)` and `p.catch(log)` pass functions of the user and
 * are none; the promise they return stands for the same task, so that waiting for it counts.
 *
 * The `constructor` getter is what `PromiseResolve` reads first, with the caller still on the
 * stack: that tells `Promise.race` and `Promise.any` (no proof of blocking) from the others.
 */
import { SETTLED, type Activity } from "./activity.ts";
import { currentActivity } from "./frames.ts";
import { realTime } from "./real-time.ts";
import { addWait, removeGroup, removeWait, type Wait, type WaitKind } from "./wait-graph.ts";

type Combinator = "all" | "allSettled" | "any" | "race" | "resolve";
const combinators: ReadonlySet<unknown> = new Set(["all", "allSettled", "any", "race", "resolve"]);
let combinator: Combinator | undefined;
/** What the species lookup of our own calls of the native `then` is to find. */
let species: PromiseConstructor | undefined;

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
const nativeThen = Promise.prototype.then as (
  this: Promise<unknown>,
  onFulfilled: unknown,
  onRejected: unknown,
) => Promise<unknown>;
// eslint-disable-next-line @typescript-eslint/unbound-method -- read, not called
const nativeSource = Function.prototype.toString.call(Promise.resolve);
const nativeBody = nativeSource.slice(nativeSource.indexOf("{"));

function isResolvingFunction(value: unknown): value is (argument: unknown) => void {
  return (
    typeof value === "function" &&
    value.name === "" &&
    value.length === 1 &&
    Function.prototype.toString.call(value).endsWith(nativeBody)
  );
}

export class TrackedPromise<R> extends Promise<R> {
  // absent on promises that the native `then` makes
  declare target: Activity | undefined;

  override then<A = R, B = never>(
    onFulfilled?: ((value: R) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const called = combinator;
    combinator = undefined;
    const frame = currentActivity();
    const { target } = this;
    if (frame === undefined || target === undefined) {
      return nativeThen.call(this, onFulfilled, onRejected) as Promise<A | B>;
    }
    if (isResolvingFunction(onFulfilled)) {
      const outcome: unknown = this.adoptInto(
        frame,
        kindOf(called),
        settler(onFulfilled),
        settler(onRejected ?? rethrow),
      );
      return outcome as Promise<A | B>;
    }
    return this.#derive(onFulfilled, onRejected) as Promise<A | B>;
  }

  /** A second promise of the same outcome, tracked wherever it is made. */
  fork(): Promise<R> {
    return this.#derive(undefined, undefined) as Promise<R>;
  }

  #derive(onFulfilled: unknown, onRejected: unknown): Promise<unknown> {
    const derived = this.#nativeThen(TrackedPromise, onFulfilled, onRejected);
    return Object.assign(derived, { target: this.target });
  }

  override finally(onFinally?: (() => void) | null): Promise<R> {
    if (typeof onFinally !== "function") return this.then();
    const clean: () => unknown = onFinally; // may give a promise, which is waited for
    return this.then(
      async (value) => {
        await clean();
        return value;
      },
      async (reason: unknown) => {
        await clean();
        throw reason;
      },
    );
  }

  /** Records that `frame` waits for this promise, and hands the outcome over when it may go on. */
  adoptInto(
    frame: Activity,
    kind: WaitKind,
    onFulfilled: (value: R) => void,
    onRejected: (reason: unknown) => void,
  ): Promise<unknown> {
    const { target } = this;
    if (target === undefined || target.state === SETTLED) {
      return this.#nativeThen(Promise, onFulfilled, onRejected);
    }
    const { policy } = target;
    const refusal = policy.refusal?.(frame);
    if (refusal !== undefined) {
      onRejected(refusal);
      return this.#nativeThen(Promise, undefined, () => undefined); // the refusal is the answer
    }
    const group = kind === "race" ? onFulfilled : onRejected;
    const wait: Wait = {
      from: frame,
      to: target,
      kind,
      group,
      since: realTime.now(),
      isReported: false,
      reject: onRejected,
    };
    const end = (deliver: () => void, isRejection: boolean): void => {
      if (kind === "race" || (kind === "all" && isRejection)) removeGroup(frame, group);
      else removeWait(wait);
      if (policy.resume === undefined) deliver();
      else policy.resume(wait, deliver);
    };
    const delivered = this.#nativeThen(
      Promise,
      (value: R) => {
        end(() => {
          onFulfilled(value);
        }, false);
      },
      (reason: unknown) => {
        end(() => {
          onRejected(reason);
        }, true);
      },
    );
    addWait(wait);
    policy.began?.(wait);
    return delivered;
  }

  #nativeThen(as: PromiseConstructor, onFulfilled: unknown, onRejected: unknown): Promise<unknown> {
    species = as;
    try {
      return nativeThen.call(this, onFulfilled, onRejected);
    } finally {
      species = undefined;
    }
  }
}

// eslint-disable-next-line @typescript-eslint/no-floating-promises -- it is the prototype
Object.defineProperty(TrackedPromise.prototype, "constructor", {
  configurable: true,
  get(): PromiseConstructor {
    if (species !== undefined) return species;
    if (currentActivity() === undefined) return Promise;
    combinator = callingCombinator();
    // a combinator then calls our `then` itself, so that the waits of one call share its functions
    return combinator === undefined ? TrackedPromise : Promise;
  },
});

type Executor<T> = (resolve: (value: T) => void, reject: (reason: unknown) => void) => void;

/** A promise about `activity`: waiting for it is waiting for the activity, where waits are tracked. */
export function promiseAbout<T>(activity: Activity, executor: Executor<T>): Promise<T> {
  if (!activity.policy.isTracking) return new Promise<T>(executor);
  const promise = new TrackedPromise<T>(executor);
  promise.target = activity;
  return promise;
}

/** The activity whose outcome is promised now: one executor for all, as a pool promises often. */
let promised: Activity | undefined;
const settledByPromised: Executor<unknown> = (resolve, reject) => {
  if (promised === undefined) return;
  promised.resolve = resolve;
  promised.reject = reject;
};

/** The promise that `activity.resolve` and `activity.reject` settle. */
export function promiseOf<R>(activity: Activity): Promise<R> {
  promised = activity;
  return promiseAbout(activity, settledByPromised) as Promise<R>;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Tells how `outcome` settles, which the code of `activity` has returned: that is a wait, too. */
export function follow(
  activity: Activity,
  outcome: unknown,
  fulfilled: (value: unknown) => void,
  rejected: (reason: unknown) => void,
): void {
  if (outcome instanceof TrackedPromise)
    void outcome.adoptInto(activity, "await", fulfilled, rejected);
  else if (outcome instanceof Promise) void outcome.then(fulfilled, rejected);
  else void Promise.resolve(outcome).then(fulfilled, rejected);
}

/** The resolving function of another promise: what it returns is nobody's business. */
function settler(fn: (argument: never) => unknown): (argument: unknown) => void {
  return fn as (argument: unknown) => void;
}

/** For `p.then(resolve)`: the promise that `then` returns rejects. */
function rethrow(reason: unknown): never {
  throw reason;
}

function kindOf(called: Combinator | undefined): WaitKind {
  if (called === "race" || called === "any") return "race";
  return called === "all" ? "all" : "await";
}

/** The static method of Promise that reads the constructor now, if one does. */
function callingCombinator(): Combinator | undefined {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- put back below, not called
  const { prepareStackTrace, stackTraceLimit } = Error;
  let name: unknown;
  try {
    Error.stackTraceLimit = 3;
    Error.prepareStackTrace = (_error, sites) => {
      const site = sites[2];
      name =
        site?.getFileName() === undefined || site.getFileName() === null
          ? site?.getFunctionName()
          : undefined;
      return "";
    };
    const probe: { stack?: string } = {};
    Error.captureStackTrace(probe);
    if (probe.stack === undefined) return undefined; // reading it calls the function above
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
  return combinators.has(name) ? (name as Combinator) : undefined;
}
