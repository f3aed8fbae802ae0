import type { ListenerModel } from "../model.ts";

/** Handlers are all the functions among the arguments, run for each update. */
export const UPDATE: ListenerModel = { handlers: "functions", trigger: "update" };

/** Same, and the call gives back something that has listeners again. */
export const CHAIN: ListenerModel = { handlers: "functions", trigger: "update", chains: true };

/** A listener of an emitter. `on` gives the emitter back. */
export const EVENT: ListenerModel = { handlers: "functions", trigger: "event", chains: true };

/** One listener model under many names. */
export function each(
  names: string,
  listener: ListenerModel,
): Readonly<Record<string, ListenerModel>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, listener]));
}
