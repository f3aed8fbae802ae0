import { BoundedPool, Dispatcher, type PoolOptions } from "../../src/runtime/index.ts";

/** A dispatcher with a pool of its own, and every failure of a handler or of the pool. */
export function dispatcherWith(options: PoolOptions = {}): {
  dispatcher: Dispatcher;
  errors: unknown[];
} {
  const errors: unknown[] = [];
  const pool = new BoundedPool({ ...options, onError: (error) => errors.push(error) });
  const dispatcher = new Dispatcher({ pool });
  dispatcher.addErrorHandler((_update, context) => {
    errors.push(context.error);
  });
  return { dispatcher, errors };
}
