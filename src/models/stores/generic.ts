import { lookup } from "../lookup.ts";
import type { StoreOperation } from "../store-model.ts";

/**
 * What the name of a store's function says when its body cannot be seen. The first word decides; a name that
 * speaks of a condition or version is conditional and never the late half of a race.
 */
const VERBS: Readonly<Record<string, StoreOperation["kind"] | "mark">> = {
  get: "read",
  find: "read",
  load: "read",
  read: "read",
  fetch: "read",
  select: "read",
  first: "read",
  count: "read",
  exists: "read",
  query: "read",
  list: "read",
  all: "read",
  lookup: "read",
  has: "read",
  retrieve: "read",
  aggregate: "read",
  set: "write",
  put: "write",
  save: "write",
  write: "write",
  update: "write",
  store: "write",
  replace: "write",
  upsert: "write",
  persist: "write",
  mark: "mark",
  create: "create",
  insert: "create",
  add: "create",
  append: "create",
  push: "create",
  enqueue: "create",
  delete: "delete",
  remove: "delete",
  destroy: "delete",
  del: "delete",
  increment: "atomic",
  decrement: "atomic",
  incr: "atomic",
  decr: "atomic",
  incrby: "atomic",
  decrby: "atomic",
};

const CONDITIONAL = /If[A-Z]|IfNot|Version|Cas$|Cas[A-Z]|Atomic|OneAnd|AndModify|OrCreate|OrInsert/;

export interface NamedOperation {
  /** `mark`: says that something listed before is done; `unknown`: the name says nothing. */
  readonly kind: StoreOperation["kind"] | "mark" | "unknown";
  /** What is read or written, by the rest of the name: `readAccount` and `writeAccount` share `account`. */
  readonly noun: string;
}

export function operationOfName(name: string): NamedOperation {
  const words = name.split(/(?=[A-Z])|_/).filter((word) => word !== "");
  const verb = (words[0] ?? "").toLowerCase();
  const kind = lookup(VERBS, verb);
  if (!kind) return { kind: "unknown", noun: "" };
  if (CONDITIONAL.test(name)) return { kind: "atomic", noun: "" };
  const rest = words
    .slice(1)
    .filter(
      (word) =>
        !/^(?:By|One|Unique|First|Many|All|Or|Throw|And|Pk|Id|Where|For|From|To|Async|Sync|Data)$/.test(
          word,
        ),
    );
  return { kind, noun: kind === "mark" ? "" : rest.join("").toLowerCase().replace(/s$/, "") };
}

/** First words of functions that make or do something: what they answer with is no copy of what was there. */
export const DOES =
  /^(?:accept|acquire|activate|allocate|apply|assign|ban|begin|bill|book|bump|buy|call|capture|charge|claim|clone|commit|confirm|consume|copy|deploy|dispatch|do|draw|emit|enter|exec|execute|fork|forward|generate|give|grant|handle|hire|import|invite|issue|join|kick|launch|lend|link|listen|lock|make|mint|move|mute|new|next|notify|open|order|pay|perform|play|post|process|produce|publish|purchase|queue|react|receive|refund|register|reply|request|reserve|restart|roll|run|schedule|send|setup|sign|spawn|spin|start|submit|subscribe|swap|sync|take|transfer|trigger|unlock|upload|use|wait|watch|withdraw)(?=[A-Z_]|$)/i;

/** Names under which generic stores run a callback in a transaction. */
export const TRANSACTIONS: Readonly<Record<string, "always" | "serializable">> = {
  $transaction: "serializable",
  transaction: "serializable",
  runTransaction: "always",
  withTransaction: "always",
};

/** Columns that only say when a row was last written, or keep a copy of what can be asked for again. */
export const UPKEEP_COLUMNS =
  /^(?:last_?)?(?:updated|modified)(?:_?at)?$|^cached_?\w+$|cached_?at$/i;

/** Columns that repeat what a person or chat is called at the messenger: whoever looks next writes them anew. */
export const MIRRORED_COLUMNS =
  /^(?:user|display|global|nick|first|last|full|screen|chat|guild)_?name$|^(?:avatar|icon)(?:_?(?:url|hash))?$/i;

/** Values that a store computes itself: `raw("x + 1")`, `literal(...)`, `sql`x + 1``. */
export const COMPUTED_VALUES: readonly string[] = ["raw", "literal", "sql"];
