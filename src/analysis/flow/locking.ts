import type { TSESTree } from "@typescript-eslint/types";
import type { LockCall } from "../project/facts.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { eventBase, keyFor } from "./access.ts";
import { evaluate } from "./expressions.ts";
import type { Frame } from "./frame.ts";
import { isConstant, type Key } from "./key.ts";
import { placeOf, type Place } from "./place.ts";
import type { HeldLock, LockRef, Read, Value } from "./value.ts";

/** Which lock a call takes, or null for one that nobody else can hold (made in this activation). */
export function lockOf(
  frame: Frame,
  call: TSESTree.CallExpression,
  lock: LockCall,
  receiver: Value | null,
  args: readonly Value[],
): LockRef | null {
  const callee = unwrap(call.callee);
  const object = callee.type === "MemberExpression" ? callee.object : callee;
  const given =
    lock.method.key === undefined
      ? []
      : keysOfArgument(frame, call.arguments[lock.method.key], args[lock.method.key]);
  if (lock.model.global)
    return {
      id: `global:${lock.model.id ?? lock.model.exports[0] ?? ""}`,
      name: dottedName(callee),
      place: null,
      keys: given,
    };
  const factory = factoryOf(frame, object);
  if (factory) return { ...factory, keys: [...factory.keys, ...given] };
  const place = receiver?.places.find((candidate) => candidate.root.kind !== "local");
  if (!place) return null;
  const elementKeys = place.path.flatMap((step) => (step.kind === "element" ? [step.key] : []));
  return { id: place.id, name: dottedName(object), place, keys: [...elementKeys, ...given] };
}

/** `sequential([a, b], fn)`: each element is a key; an array that is sorted first is taken in one order. */
function keysOfArgument(frame: Frame, argument: Node | undefined, value: Value | undefined): Key[] {
  const node = argument && unwrap(argument);
  if (node?.type === "ArrayExpression")
    return node.elements.flatMap((item) =>
      item && item.type !== "SpreadElement" ? [keyFor(frame, evaluate(frame, item), item)] : [],
    );
  if (
    node?.type === "CallExpression" &&
    node.callee.type === "MemberExpression" &&
    node.callee.object.type === "ArrayExpression"
  )
    return keysOfArgument(frame, node.callee.object, value);
  return argument && value ? [keyFor(frame, value, argument)] : [];
}

/** `lockFor(id).runExclusive(...)`: the lock is made once for each key and kept in a table. */
function factoryOf(frame: Frame, object: Node): LockRef | null {
  let node = unwrap(object);
  if (node.type === "Identifier") {
    const declarator = frame.file.variableOf(node)?.defs[0]?.node;
    if (
      declarator?.type !== "VariableDeclarator" ||
      !declarator.init ||
      !frame.isInside(declarator)
    )
      return null;
    node = unwrap(declarator.init);
    if (node.type === "AwaitExpression") node = unwrap(node.argument);
  }
  if (node.type !== "CallExpression") return null;
  const factories = frame.world.shapes
    .of(node.callee, frame.file)
    .filter((shape) => shape.kind === "function");
  const [factory] = factories;
  if (!factory || !storesWhatItMakes(factory.node)) return null;
  const keys = node.arguments.map((argument) => keyFor(frame, evaluate(frame, argument), argument));
  return { id: `factory:${siteId(factory)}`, name: dottedName(node.callee), place: null, keys };
}

const factoryMemo = new WeakMap<FunctionNode, boolean>();

/** A factory that keeps its locks; one that makes a new lock for each call protects nothing. */
function storesWhatItMakes(fn: FunctionNode): boolean {
  const known = factoryMemo.get(fn);
  if (known !== undefined) return known;
  let stores = false;
  const visit = (node: Node): void => {
    if (
      node.type === "CallExpression" &&
      node.callee.type === "MemberExpression" &&
      propertyName(node.callee) === "set"
    )
      stores = true;
    if (
      node.type === "AssignmentExpression" &&
      (node.left.type === "MemberExpression" || node.operator === "??=")
    )
      stores = true;
    for (const child of childrenOf(node)) visit(child);
  };
  visit(fn.body);
  factoryMemo.set(fn, stores);
  return stores;
}

/** Takes the lock for what follows; the request itself may wait. */
export function acquire(
  frame: Frame,
  ref: LockRef,
  node: Node,
  isOrdered: boolean,
  suffix = "",
): HeldLock {
  const site = frame.site(node);
  frame.addEvent({ ...eventBase(frame, site), kind: "lock", lock: ref, isOrdered });
  frame.suspend(node);
  const held: HeldLock = { lock: ref, acquisition: `${siteId(site)}${suffix}`, site };
  frame.state.locks = [
    ...frame.state.locks.filter((other) => other.acquisition !== held.acquisition),
    held,
  ];
  return held;
}

export function release(frame: Frame, isReleased: (held: HeldLock) => boolean): void {
  frame.state.locks = frame.state.locks.filter((held) => !isReleased(held));
}

/** `const release = await mutex.acquire()`: the value that gives the lock back when called. */
export function releaseValue(held: Pick<HeldLock, "acquisition">): Value {
  return {
    reads: [],
    places: [placeOf({ kind: "local", id: `release:${held.acquisition}` })],
    key: null,
  };
}

export function releasedBy(
  value: Value,
): ((held: Pick<HeldLock, "acquisition">) => boolean) | null {
  const ids = value.places.flatMap((place) =>
    place.root.kind === "local" && place.root.id.startsWith("release:")
      ? [place.root.id.slice("release:".length)]
      : [],
  );
  return ids.length === 0 ? null : (held) => ids.includes(held.acquisition);
}

/**
 * `const before = tail; tail = new Promise(...); await before;`: the activation queued itself behind the one
 * before it in one segment, so what follows the await is a critical section of `tail`.
 */
export function enterPromiseLock(frame: Frame, value: Value, node: Node): void {
  for (const read of value.reads) {
    if (read.isExternal || !(hasClaimed(frame, read) || hasQueuedItself(frame, read, node)))
      continue;
    const ref = lockOfPlace(read.place);
    frame.state.locks = [
      ...frame.state.locks,
      { lock: ref, acquisition: siteId(frame.site(node)), site: frame.site(node) },
    ];
    return;
  }
}

function hasClaimed(frame: Frame, read: Read): boolean {
  return frame.state.claims.some(
    ({ place, site }) =>
      place.id === read.place.id &&
      (site.node.type === "AssignmentExpression" || site.node.type === "CallExpression"),
  );
}

/** The place was read and then replaced, both in the segment that the await at hand ends. */
function hasQueuedItself(frame: Frame, read: Read, wait: Node): boolean {
  const own = frame.state.stored.get(read.place.id);
  return (
    own?.suspended?.site.node === wait &&
    frame.state.staleness(read)?.site.node === wait &&
    own.site.file === read.site.file &&
    read.site.node.range[0] < own.site.node.range[0]
  );
}

export function lockOfPlace(place: Place): LockRef {
  const keys = place.path.flatMap((step) => (step.kind === "element" ? [step.key] : []));
  const name = place.root.kind === "variable" ? place.root.variable.name : "the promise chain";
  return {
    id: `chain:${
      placeOf(
        place.root,
        place.path.filter((step) => step.kind === "field"),
      ).id
    }`,
    name,
    place,
    keys: keys.filter((key) => !isConstant(key)),
  };
}

const chainMemo = new WeakMap<Node, boolean>();

/**
 * Whether `tail.then(section)` in `fn` queues behind the tail: the function also replaces the tail, and does
 * not suspend before it did. Awaiting the tail first and replacing it later lets two callers in.
 */
export function replacesTail(fn: FunctionNode, tail: string): boolean {
  const known = chainMemo.get(fn);
  if (known !== undefined) return known;
  const found = { isReplaced: false, isSuspendedBefore: false };
  const visit = (node: Node): void => {
    if (node.type === "AwaitExpression" && !found.isReplaced) found.isSuspendedBefore = true;
    if (isFunction(node)) return;
    for (const child of childrenOf(node)) visit(child);
    if (node.type === "AssignmentExpression" && dottedName(node.left).split(".").at(-1) === tail)
      found.isReplaced = true;
    if (
      node.type === "CallExpression" &&
      node.callee.type === "MemberExpression" &&
      propertyName(node.callee) === "set" &&
      dottedName(node.callee.object).split(".").at(-1) === tail
    )
      found.isReplaced = true;
  };
  visit(fn.body);
  const result = found.isReplaced && !found.isSuspendedBefore;
  chainMemo.set(fn, result);
  return result;
}
