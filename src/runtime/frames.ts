/**
 * Which activity's code runs now.
 *
 * Two carriers. Detection, which every development process has on, follows promises with V8's
 * promise hooks: on Node 20 and 22 they cost a third of what AsyncLocalStorage adds to every promise
 * of the process (measured in docs/runtime/benchmarks.md). They do not see through callbacks of
 * timers and emitters, so a wait made there is not noticed. What must not miss a wait (`nested`,
 * `overflow: "block"`) uses AsyncLocalStorage, as does everything from Node 24 on, where it needs
 * no hooks.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { promiseHooks } from "node:v8";
import { SETTLED, type Activity } from "./activity.ts";

const HAS_CHEAP_STORAGE = Number(process.versions.node.split(".")[0]) >= 24;
const frameOf = Symbol("run-async frame");

interface Framed {
  [frameOf]?: Activity;
}

let current: Activity | undefined;
let storage: AsyncLocalStorage<Activity> | undefined;
let isTracking = false;
let hasHooks = false;

/** @param isExact whether waits inside callbacks of timers and emitters must be seen, too */
export function startTracking(isExact: boolean): void {
  isTracking = true;
  if (isExact || HAS_CHEAP_STORAGE) {
    storage ??= new AsyncLocalStorage();
  } else if (!hasHooks) {
    hasHooks = true;
    promiseHooks.onInit((promise) => {
      if (current !== undefined) (promise as Framed)[frameOf] = current;
    });
    promiseHooks.onBefore((promise) => {
      current = (promise as Framed)[frameOf];
    });
    promiseHooks.onAfter(() => {
      current = undefined;
    });
  }
}

/** The activity whose code runs now, if it has not settled yet. */
export function currentActivity(): Activity | undefined {
  if (!isTracking) return undefined;
  const frame = current ?? storage?.getStore();
  return frame === undefined || frame.state === SETTLED ? undefined : frame;
}

/** Calls the function of `activity` as its code. */
export function runInFrame(activity: Activity): unknown {
  const outer = current;
  current = activity;
  try {
    return storage === undefined ? activity.call() : storage.run(activity, () => activity.call());
  } finally {
    // eslint-disable-next-line run-async/no-check-then-act -- one call stack: nothing waits between set and reset
    current = outer;
  }
}
