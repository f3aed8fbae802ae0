import { deepReads } from "./local-objects.ts";
import { used } from "./access.ts";
import { writePlace } from "./writes.ts";
import type { Call } from "./call.ts";
import { deep, wholeValue } from "./literals.ts";
import type { Frame } from "./frame.ts";
import { FRESH_KEY, keyOf, type Key } from "./key.ts";
import { derived, mergeReads, UNKNOWN, type Value } from "./value.ts";

const CONVERSIONS = new Set([
  "String",
  "Number",
  "parseInt",
  "parseFloat",
  "BigInt",
  "toString",
  "trim",
  "toLowerCase",
  "toUpperCase",
  "valueOf",
]);

const WHOLE_READERS = new Set([
  "Object.keys",
  "Object.values",
  "Object.entries",
  "JSON.stringify",
  "structuredClone",
  "Array.from",
  "Object.fromEntries",
]);

const FRESH_CALLS = new Set([
  "crypto.randomUUID",
  "randomUUID",
  "crypto.randomBytes",
  "randomBytes",
  "Symbol",
  "nanoid",
  "uuid",
  "uuidv4",
  "v4",
  "performance.now",
]);

const COMBINATORS = new Set(["Promise.all", "Promise.allSettled", "Promise.race", "Promise.any"]);

/** Calls of the language that say something about values and keys. */
export function valueCall(frame: Frame, call: Call, args: readonly Value[]): Value | null {
  const { dotted, name, node } = call;
  if (FRESH_CALLS.has(dotted)) return { ...UNKNOWN, key: FRESH_KEY };
  if (WHOLE_READERS.has(dotted))
    return { ...wholeValue(frame, args[0] ?? UNKNOWN, node), places: [] };
  // Which of the two it is, is for the name that takes it to say.
  if (dotted === "Math.min" || dotted === "Math.max") return derived(...args);
  if (COMBINATORS.has(dotted)) return mergedValues(frame, args);
  if (dotted === "Object.assign" && args[0]) {
    const target = args[0];
    const reads = mergeReads(...args.slice(1).map((arg) => deepReads(frame, arg)));
    for (const place of target.places)
      writePlace(frame, place, {
        verb: "assign",
        reads: used(frame, reads),
        site: frame.site(node),
        chain: [],
      });
    return target;
  }
  if (isPathJoin(dotted) && args.length > 0) return { ...derived(...args), key: joinedPath(args) };
  if (CONVERSIONS.has(name ?? dotted)) {
    const source = name !== null && call.receiver ? call.receiver : (args[0] ?? UNKNOWN);
    return { ...derived(deep(frame, source)), key: source.key };
  }
  return null;
}

export function isPathJoin(dotted: string): boolean {
  return /^(?:path\.)?(?:join|resolve)$/.test(dotted);
}

/** `path.join(folder, file)`: the parts in order, where all are known. */
function joinedPath(args: readonly Value[]): Key | null {
  const keys = args.map((arg) => arg.key);
  if (keys.some((key) => key === null)) return null;
  return keyOf(
    keys.flatMap((key, index) => [...(index > 0 ? ["/"] : []), ...(key?.parts ?? [])]),
    keys.some((key) => key?.isFresh),
  );
}

function mergedValues(frame: Frame, args: readonly Value[]): Value {
  const tasks = args.flatMap((arg) => arg.tasks ?? []);
  const [only] = args;
  return {
    reads: mergeReads(...args.map((arg) => deepReads(frame, arg))),
    places: only?.places ?? [],
    key: null,
    tasks: tasks.length > 0 ? tasks : undefined,
  };
}
