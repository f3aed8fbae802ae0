import type { Place } from "../flow/place.ts";

import type { WriteEvent } from "../flow/summary.ts";
import type { HeldLock } from "../flow/value.ts";
import { isContainerMethod } from "../flow/containers.ts";
import {
  childrenOf,
  contains,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import { remembered, type Activation } from "./activation.ts";

/** An activation that waits until another one calls the resolver that it left in shared state. */
export interface SignalWait {
  readonly activation: Activation;
  /** The `await`. */
  readonly site: Site;
  readonly place: Place;
  /** Locks held while it waits. */
  readonly locks: readonly HeldLock[];
  /** The resolver is kept under a key: each chat or user waits for a message of its own. */
  readonly isKeyed: boolean;
  readonly senders: readonly [SignalSender, ...SignalSender[]];
}

export interface SignalSender {
  readonly activation: Activation;
  readonly site: Site;
  /** Locks it holds when it takes the resolver. */
  readonly locks: readonly HeldLock[];
}

/** `await new Promise((resolve) => waiters.push(resolve))`, and who calls what was put there. */
export function findSignalWaits(activations: readonly Activation[]): SignalWait[] {
  const waits = new Map<string, SignalWait>();
  for (const activation of activations)
    for (const { write, site } of waitsIn(activation)) {
      if (waits.has(siteId(site))) continue;
      const [sender, ...others] = sendersOf(write, activations);
      if (!sender) continue;
      waits.set(siteId(site), {
        activation,
        site,
        place: write.place,
        locks: activation.events
          .filter((event) => contains(site.node, event.site.node) && event.site.file === site.file)
          .reduce<readonly HeldLock[]>((locks, event) => common(locks, event.locks), write.locks),
        isKeyed:
          write.place.path.some((step) => step.kind === "element") && write.verb === "assign",
        senders: [sender, ...others],
      });
    }
  return [...waits.values()];
}

const waitsIn = remembered(({ writes }) =>
  writes.flatMap((write) => {
    const site = waitOf(write);
    return site ? [{ write, site }] : [];
  }),
);

function common(a: readonly HeldLock[], b: readonly HeldLock[]): readonly HeldLock[] {
  return a.filter((held) => b.some((other) => other.acquisition === held.acquisition));
}

/** The `await` of the promise in whose executor the resolver is written, or null. */
function waitOf({ site }: WriteEvent): Site | null {
  const { file, node } = site;
  for (let fn = file.enclosing(node); fn.type !== "Program"; fn = file.enclosing(fn)) {
    const made = file.parentOf(fn);
    if (made?.type !== "NewExpression" || made.arguments[0] !== fn) continue;
    const resolve = fn.params[0];
    if (
      made.callee.type !== "Identifier" ||
      made.callee.name !== "Promise" ||
      resolve?.type !== "Identifier" ||
      hasTimeout(fn) ||
      !mentions(node, resolve, file)
    )
      return null;
    const parent = file.parentOf(made);
    return parent?.type === "AwaitExpression" ? { file, node: parent } : null;
  }
  return null;
}

/** A wait that a timer ends as well hangs nothing for good. */
function hasTimeout(node: Node): boolean {
  if (
    node.type === "CallExpression" &&
    node.callee.type === "Identifier" &&
    node.callee.name === "setTimeout"
  )
    return true;
  return childrenOf(node).some((child) => hasTimeout(child));
}

function mentions(node: Node, name: Node, file: SourceFile): boolean {
  const variable = file.variableOf(name);
  if (node.type === "Identifier") return file.variableOf(node) === variable;
  return childrenOf(node).some((child) => mentions(child, name, file));
}

/** Activations that reach the kept resolvers in a function that calls what it finds there. */
function sendersOf(write: WriteEvent, activations: readonly Activation[]): SignalSender[] {
  const root = write.place.rootId;
  const senders = new Map<string, SignalSender>();
  for (const activation of activations)
    for (const event of activation.events) {
      if ((event.kind !== "read" && event.kind !== "write") || event.place.rootId !== root)
        continue;
      if (event.site.node === write.site.node) continue;
      const fn = event.site.file.enclosing(event.site.node);
      if (fn.type === "Program" || !callsWhatItFinds(fn, event.site)) continue;
      const id = `${activation.root.id}|${siteId({ file: event.site.file, node: fn })}`;
      if (!senders.has(id)) senders.set(id, { activation, site: event.site, locks: event.locks });
    }
  return [...senders.values()];
}

/** `answers.get(chat)?.(text)`, `for (const release of waiters.splice(0)) release()`, `all.forEach((go) => go())`. */
function callsWhatItFinds(fn: FunctionNode, found: Site): boolean {
  const { file, node } = found;
  const names = new Set<unknown>();
  let isCalled = false;
  for (
    let inner: Node = node, parent = file.parentOf(node);
    parent;
    parent = file.parentOf(inner)
  ) {
    if (inner.type === "CallExpression")
      for (const argument of inner.arguments)
        if (isFunction(argument))
          for (const parameter of argument.params) names.add(file.variableOf(parameter));
    if (parent.type === "CallExpression" && unwrap(parent.callee) === unwrap(inner))
      isCalled ||= isCallOfFound(inner, node);
    if (parent.type === "VariableDeclarator") names.add(file.variableOf(parent.id));
    if (parent.type === "ForOfStatement" && parent.left.type === "VariableDeclaration")
      names.add(file.variableOf(parent.left.declarations[0].id));
    if (isFunction(parent)) break;
    inner = parent;
  }
  names.delete(null);
  return isCalled || callsName(fn, names, file);
}

function callsName(node: Node, names: ReadonlySet<unknown>, file: SourceFile): boolean {
  if (node.type === "CallExpression") {
    let callee = unwrap(node.callee);
    while (callee.type === "MemberExpression") callee = unwrap(callee.object);
    if (callee.type === "Identifier" && names.has(file.variableOf(callee))) return true;
  }
  return childrenOf(node).some((child) => callsName(child, names, file));
}

/** `answers.get(chat)(text)` and `pending[id].resolve(text)`, but not `waiters.push(...)` itself. */
function isCallOfFound(callee: Node, found: Node): boolean {
  const inner = unwrap(callee);
  if (inner === found) return true;
  return inner.type === "MemberExpression" && !isContainerMethod(propertyName(inner) ?? "then");
}
