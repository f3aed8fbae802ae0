import type { Variable } from "../syntax/scopes.ts";
import type { FunctionNode } from "../syntax/ast.ts";

/** A part of a key that the source names: a path below a parameter, a receiver, a variable or one evaluation. */
export interface Atom {
  readonly root:
    | { readonly kind: "parameter"; readonly fn: FunctionNode; readonly index: number }
    | { readonly kind: "this" }
    | { readonly kind: "variable"; readonly variable: Variable }
    /**
     * the result of one evaluation: equal to itself inside an activation, unknown outside, or one `among` these
     * constants; `isListed` where a function that was called goes through a list of its own
     */
    | {
        readonly kind: "site";
        readonly id: string;
        readonly among?: readonly string[];
        readonly isListed?: boolean;
      };
  readonly path: string;
  readonly id: string;
}

/**
 * The key of a container element, of a store's row or of a keyed lock, as an expression over atoms. Two keys
 * with the same text are equal inside one activation; constants that differ never are.
 */
export interface Key {
  readonly parts: readonly (string | Atom)[];
  /** New in every activation: `crypto.randomUUID()`, an update's own id. */
  readonly isFresh: boolean;
  readonly text: string;
}

export function keyOf(parts: readonly (string | Atom)[], isFresh = false): Key {
  const text = parts
    .map((part) => (typeof part === "string" ? JSON.stringify(part) : part.id))
    .join("+");
  return { parts, isFresh, text };
}

export function atomOf(root: Atom["root"], path: string): Atom {
  return { root, path, id: `${rootText(root)}${path}` };
}

const variables = new WeakMap<Variable, number>();
let nextVariable = 0;

export function variableId(variable: Variable): number {
  let id = variables.get(variable);
  if (id === undefined) variables.set(variable, (id = nextVariable++));
  return id;
}

function rootText(root: Atom["root"]): string {
  switch (root.kind) {
    case "parameter":
      return `p${String(root.index)}@${String(root.fn.range[0])}`;
    case "this":
      return "this";
    case "variable":
      return `v${String(variableId(root.variable))}`;
    case "site":
      return `s${root.id}`;
  }
}

/** Any element: the key of a query over many rows, or of a whole container. */
export const ANY_KEY: Key = keyOf([atomOf({ kind: "site", id: "any" }, "")]);
export const FRESH_KEY: Key = keyOf([atomOf({ kind: "site", id: "fresh" }, "")], true);

export function isConstant(key: Key): boolean {
  return key.parts.every((part) => typeof part === "string");
}

/** Whether two activations may name the same element. */
export function mayMeet(a: Key, b: Key): boolean {
  const choices = choicesOf(b);
  return choicesOf(a).some((one) => choices.some((other) => mayBeEqual(one, other)));
}

/** `isDay ? "day" : "night"` is one of two constants. */
export function choicesOf(key: Key): readonly Key[] {
  const [only] = key.parts;
  const isAlone = key.parts.length === 1 && only !== undefined && typeof only !== "string";
  const among = isAlone && only.path === "" && only.root.kind === "site" ? only.root.among : null;
  return among ? among.map((text) => keyOf([text])) : [key];
}

function mayBeEqual(a: Key, b: Key): boolean {
  if (a.isFresh || b.isFresh) return false;
  if (isConstant(a) && isConstant(b)) return a.text === b.text;
  if (isOneName(a) && isOneName(b) && !mayBeginAlike(a, b)) return false;
  // `user:${id}` and `cart:${id}`, or (chat, "day") and (chat, "round"): built alike, and constant parts differ.
  return (
    a.parts.length !== b.parts.length ||
    a.parts.every((part, index) => {
      const other = b.parts[index];
      return typeof part !== "string" || typeof other !== "string" || part === other;
    })
  );
}

/** One value, and no list of several columns' values. */
function isOneName(key: Key): boolean {
  return !key.parts.includes(", ");
}

/** `price:${type}` is never "token": up to where the shorter beginning ends, both have to agree. */
function mayBeginAlike(a: Key, b: Key): boolean {
  const [one, other] = [beginningOf(a), beginningOf(b)];
  const length = Math.min(
    isConstant(a) ? Infinity : one.length,
    isConstant(b) ? Infinity : other.length,
  );
  return one.slice(0, length) === other.slice(0, length);
}

/** The constant text with which every such key begins: all of a constant. */
export function beginningOf({ parts }: Key): string {
  let text = "";
  for (const part of parts) {
    if (typeof part !== "string") break;
    text += part;
  }
  return text;
}

/**
 * Whether two computed paths may name one file: they are put together in the same way, from whatever data.
 * Constants, module variables and the names of an object's own fields are part of the way: `this.tokensPath` and
 * `this.cacheFile` are two files, `poller.cacheFile` is the latter seen from outside.
 */
export function isSamePath(a: Key, b: Key): boolean {
  return a.text === b.text || pathForm(a) === pathForm(b);
}

function pathForm(key: Key): string {
  return key.parts
    .map((part) => {
      if (typeof part === "string") return JSON.stringify(part);
      const { root, path } = part;
      if (root.kind === "site") return part.id;
      if (root.kind === "this" && path !== "") return `.${path.slice(path.lastIndexOf(".") + 1)}`;
      const isModules =
        root.kind === "variable" && (root.variable.scope.type as string) === "module";
      return isModules ? part.id : "*";
    })
    .join("+");
}

/** `ctx.from` then `.id`: a member of a key that is one atom. Constants and compounds have no members. */
export function memberKey(key: Key, name: string): Key | null {
  const [atom] = key.parts;
  if (
    key.parts.length !== 1 ||
    atom === undefined ||
    typeof atom === "string" ||
    atom.path.length > 80
  )
    return null;
  return keyOf([atomOf(atom.root, `${atom.path}.${name}`)], key.isFresh || FRESH_MEMBERS.has(name));
}

/** Ids that Telegram and Discord give to each update or interaction once. */
const FRESH_MEMBERS = new Set(["update_id", "updateId"]);

/** Replaces atoms by what the caller passes. An atom with a path below a compound becomes unknown. */
export function substituteKey(key: Key, replace: (atom: Atom) => Key | null): Key {
  let bases: (Key | null)[] | null = null;
  for (const [index, part] of key.parts.entries()) {
    const base = typeof part === "string" ? null : replace(part);
    if (base) (bases ??= [])[index] = base;
  }
  if (!bases) return key;
  let isFresh = key.isFresh;
  const parts = key.parts.flatMap((part, index): (string | Atom)[] => {
    const base = bases[index];
    if (typeof part === "string" || !base) return [part];
    isFresh ||= base.isFresh;
    if (part.path === "") return [...base.parts];
    const [only] = base.parts;
    if (base.parts.length === 1 && only !== undefined && typeof only !== "string")
      return [atomOf(only.root, only.path + part.path)];
    return [atomOf({ kind: "site", id: base.text }, part.path)];
  });
  const isSame =
    parts.length === key.parts.length && parts.every((part, i) => part === key.parts[i]);
  return isSame ? key : keyOf(parts, isFresh);
}

/**
 * Whether equal location keys imply equal lock keys in the two accesses: the lock's key must be built from
 * constants and parts of the location's key alone, in the same way on both sides.
 */
export function covers(
  lockA: Key,
  placeA: readonly Key[],
  lockB: Key,
  placeB: readonly Key[],
): boolean {
  const a = formOver(lockA, placeA);
  return a !== null && a === formOver(lockB, placeB);
}

/** The lock key with the location's atoms replaced by their positions; null when it uses anything else. */
function formOver(lock: Key, place: readonly Key[]): string | null {
  const atoms = place.flatMap((key) => key.parts);
  const form: string[] = [];
  for (const part of lock.parts) {
    if (typeof part === "string") form.push(JSON.stringify(part));
    else {
      const index = atoms.findIndex((atom) => typeof atom !== "string" && atom.id === part.id);
      if (index === -1) return null;
      form.push(`#${String(index)}`);
    }
  }
  return form.join("+");
}
