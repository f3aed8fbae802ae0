import { inspect } from "node:util";
import { conventionalProperty } from "./conventions.ts";
import type { Operation } from "./operation.ts";

/** What a stub stands for. */
export interface StubIdentity {
  /** As the code says it, without the variable it hangs on: `prisma.user.findUnique`, `reply`. */
  readonly label: string;
  /** - `"module"`: something imported; `"update"`: an update or context; `"result"`: what a call gave */
  readonly kind: "module" | "update" | "result";
  /** The activation whose update it is; null for what activations share. */
  readonly owner: string | null;
  /** Values that the test gives, by property. */
  readonly parts?: Readonly<Record<string, unknown>>;
  /** For what a whole module exports: its specifier. */
  readonly module?: string;
  /** The call that the stub is the promise of. */
  readonly operation?: Operation;
}

export interface StubCall {
  readonly identity: StubIdentity;
  /** The object that the method was taken from; null for a function. */
  readonly receiver: unknown;
  readonly args: readonly unknown[];
  readonly isConstruction: boolean;
}

/** What stubs ask while the program runs. */
export interface StubHost {
  /** @returns what the caller gets */
  call(call: StubCall): unknown;
  /** The value that the test gives for a property, by its label; undefined for none. */
  valueOf(label: string): unknown;
}

type AnyFunction = (...args: unknown[]) => unknown;

const identities = new WeakMap<object, StubIdentity>();

/** What a stub stands for; undefined for everything else. */
export function identityOf(value: unknown): StubIdentity | undefined {
  return typeof value === "function" ? identities.get(value) : undefined;
}

/**
 * An object that has every property and can be called and constructed. It reads as the number 1 and the text
 * "1", is true in a condition and has one element in a loop; its calls go to the host. What is assigned to it
 * stays. The same property is the same stub each time.
 */
export function stubOf(
  host: StubHost,
  identity: StubIdentity,
  receiver: unknown = null,
): AnyFunction {
  const { label, kind, owner, parts, operation } = identity;
  const assigned = new Map<PropertyKey, unknown>();
  const children = new Map<string, unknown>();
  const child = (name: string, own?: Readonly<Record<string, unknown>>): unknown => {
    let known = children.get(name);
    if (known === undefined) {
      const inner: StubIdentity = {
        label: label === "" ? name : `${label}.${name}`,
        kind,
        owner,
        ...(own && { parts: own }),
        ...(operation && { operation }),
      };
      children.set(name, (known = stubOf(host, inner, proxy)));
    }
    return known;
  };
  const get = (_target: unknown, key: PropertyKey): unknown => {
    if (assigned.has(key)) return assigned.get(key);
    if (typeof key !== "string") return symbolOf(key, child);
    if (parts && Object.hasOwn(parts, key)) {
      const part = parts[key];
      return isPlainObject(part) ? child(key, part) : part;
    }
    if (key === "then" || key === "catch" || key === "finally") return operation?.method(key);
    const given = host.valueOf(label === "" ? key : `${label}.${key}`);
    if (given !== undefined) return given;
    const conventional = conventionalProperty(key, kind);
    if (conventional !== undefined) return conventional.value;
    if (key === "prototype") return prototype;
    return child(
      key === "default" && identity.module !== undefined ? stemOf(identity.module) : key,
    );
  };
  // Classes that extend a stub find their own members first and everything else here.
  const prototype: object = new Proxy({}, { get });
  const target = function (): void {
    /* only its being callable counts */
  };
  // util.inspect looks behind a proxy.
  Object.defineProperty(target, inspect.custom, { value: () => `<${label}>` });
  const proxy: AnyFunction = new Proxy<AnyFunction>(target, {
    get,
    set(_target, key, value) {
      assigned.set(key, value);
      return true;
    },
    has: (_target, key) => typeof key === "string" || assigned.has(key),
    apply: (_target, _self, args: unknown[]) =>
      host.call({ identity, receiver, args, isConstruction: false }),
    construct: (_target, args: unknown[], newTarget) =>
      newTarget === proxy
        ? (host.call({ identity, receiver, args, isConstruction: true }) as object)
        : (Object.create((newTarget as { prototype: object }).prototype) as object),
  });
  identities.set(proxy, identity);
  return proxy;
}

/** `discord.js`, `./db`: how code that has only a module's name would call what it exports. */
export function stemOf(specifier: string): string {
  return (specifier.split("/").at(-1) ?? specifier).replace(/\.[cm]?[jt]sx?$/, "");
}

function symbolOf(key: PropertyKey, child: (name: string) => unknown): unknown {
  switch (key) {
    case Symbol.toPrimitive:
      return (hint: string) => (hint === "string" ? "1" : 1);
    case Symbol.iterator:
      return function* () {
        yield child("[0]");
      };
    default:
      return undefined;
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
