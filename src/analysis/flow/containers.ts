import type { TSESTree } from "@typescript-eslint/types";
import { isPromiseStep, memberName, type Node } from "../syntax/ast.ts";
import { deepReads } from "./local-objects.ts";
import { keyFor, readPlace, used } from "./access.ts";
import { writePlace } from "./writes.ts";
import { wholeValue } from "./literals.ts";
import type { Frame } from "./frame.ts";
import { ANY_KEY, type Key } from "./key.ts";
import { ANY_ELEMENT } from "./patterns.ts";
import { element, extend, type Place } from "./place.ts";
import { mergePlaces, mergeReads, UNKNOWN, type Read, type Value } from "./value.ts";
import type { WriteVerb } from "./summary.ts";

/** Methods of Map, Set, Array and what imitates them (discord.js Collection, caches), by what they do. */
const GETTERS = new Set(["get", "at", "ensure", "peek"]);
const TESTS = new Set([
  "has",
  "includes",
  "indexOf",
  "some",
  "every",
  "find",
  "findIndex",
  "findLast",
  "filter",
  "map",
  "flatMap",
  "reduce",
  "forEach",
  "keys",
  "values",
  "entries",
  "join",
  "slice",
  "concat",
  "toString",
  "first",
  "last",
  "random",
  "each",
  "toSorted",
  "toReversed",
  "with",
]);
const ADDERS = new Set(["add", "push", "unshift"]);
const REMOVERS = new Set(["shift", "pop", "splice"]);
const DELETERS = new Set(["delete", "del", "clear", "sweep", "flushAll"]);
const REORDERERS = new Set(["sort", "reverse", "fill"]);

export function isContainerMethod(name: string): boolean {
  return (
    GETTERS.has(name) ||
    TESTS.has(name) ||
    ADDERS.has(name) ||
    REMOVERS.has(name) ||
    DELETERS.has(name) ||
    REORDERERS.has(name) ||
    name === "set"
  );
}

/** What a container method does to the containers that the receiver may be. */
export function evaluateContainer(
  frame: Frame,
  node: TSESTree.CallExpression,
  name: string,
  receiver: Value,
  args: readonly Value[],
): Value {
  const [first] = args;
  const firstNode = node.arguments[0];
  const firstKey = (): Key => (first && firstNode ? keyFor(frame, first, firstNode) : ANY_KEY);
  if (name === "set" && args.length >= 2)
    return write(
      frame,
      node,
      receiver,
      element(firstKey()),
      "assign",
      args[1] ?? UNKNOWN,
      receiver,
      { valueText: frame.file.textOf(node.arguments[1] ?? node) },
    );
  // `member.roles.add(role).catch(...)`: what answers with a promise is a request and no list.
  if (ADDERS.has(name) && isChained(frame, node)) return UNKNOWN;
  if (ADDERS.has(name))
    return write(
      frame,
      node,
      receiver,
      name === "add" ? element(firstKey()) : ANY_ELEMENT,
      "add",
      merged(frame, args),
      receiver,
    );
  if (name === "delete" || name === "del") return deleteElement(frame, node, receiver, firstKey());
  if (DELETERS.has(name))
    return write(frame, node, receiver, ANY_ELEMENT, "delete", UNKNOWN, UNKNOWN);
  if (REMOVERS.has(name)) return remove(frame, node, receiver, args.slice(2));
  if (REORDERERS.has(name)) return receiver;
  if (GETTERS.has(name) || name === "has")
    return elementOf(frame, node, receiver, firstKey(), name === "has");
  const whole = wholeValue(frame, receiver, node);
  if (
    name !== "find" &&
    name !== "findLast" &&
    name !== "first" &&
    name !== "last" &&
    name !== "random"
  )
    return {
      ...whole,
      places: [],
      reads: mergeReads(
        whole.reads,
        ...args.map(({ reads }) => (name === "filter" ? reads.map(deciding) : reads)),
      ),
    };
  return {
    ...whole,
    places: mergePlaces(
      whole.places,
      receiver.places
        .filter((place) => place.root.kind !== "local")
        .map((place) => extend(place, ANY_ELEMENT)),
    ),
  };
}

/** What a predicate looked at decides which elements there are, and is no part of them. */
function deciding(read: Read): Read {
  return { ...read, decides: "some" };
}

function merged(frame: Frame, args: readonly Value[]): Value {
  return {
    reads: mergeReads(...args.map((arg) => deepReads(frame, arg))),
    places: args.flatMap((arg) => arg.places),
    key: null,
  };
}

function write(
  frame: Frame,
  node: Node,
  receiver: Value,
  step: ReturnType<typeof element>,
  verb: WriteVerb,
  value: Value,
  result: Value,
  details: { readonly valueText?: string; readonly isIdempotent?: boolean } = {},
): Value {
  for (const place of receiver.places)
    writePlace(frame, extend(place, step), {
      ...details,
      verb,
      reads: used(frame, deepReads(frame, value)),
      constant: value.constant,
      site: frame.site(node),
      chain: [],
    });
  return result;
}

/** `delete` also tells whether the element was there, in the same step. */
function deleteElement(frame: Frame, node: Node, receiver: Value, key: Key): Value {
  const value = elementOf(frame, node, receiver, key, true);
  write(frame, node, receiver, element(key), "delete", UNKNOWN, UNKNOWN);
  return { ...value, reads: [] };
}

/** What is taken out belongs to the taker: nobody else can take it again. */
function remove(frame: Frame, node: Node, receiver: Value, added: readonly Value[]): Value {
  write(
    frame,
    node,
    receiver,
    ANY_ELEMENT,
    added.length > 0 ? "add" : "remove",
    merged(frame, added),
    UNKNOWN,
    // Who uses what was taken out has it for himself: an earlier look at the list does not matter.
    { isIdempotent: added.length === 0 && isResultUsed(frame, node) },
  );
  const local = receiver.places.filter((place) => place.root.kind === "local");
  return {
    reads: local.length > 0 ? deepReads(frame, { ...receiver, places: local }) : [],
    places: [],
    key: null,
  };
}

function isChained(frame: Frame, node: Node): boolean {
  const parent = frame.file.parentOf(node);
  return (
    parent?.type === "MemberExpression" &&
    parent.object === node &&
    isPromiseStep(memberName(parent))
  );
}

function isResultUsed(frame: Frame, node: Node): boolean {
  const parent = frame.file.parentOf(node);
  return parent !== null && parent.type !== "ExpressionStatement";
}

function elementOf(frame: Frame, node: Node, receiver: Value, key: Key, isTest: boolean): Value {
  let reads: readonly Read[] = [];
  const places: Place[] = [];
  for (const place of receiver.places) {
    if (place.root.kind === "local") {
      reads = mergeReads(reads, deepReads(frame, { ...UNKNOWN, places: [place] }));
      continue;
    }
    const target = extend(place, element(key));
    reads = mergeReads(reads, [readPlace(frame, target, node)]);
    if (!isTest) places.push(target);
  }
  return {
    reads: mergeReads(
      reads,
      receiver.reads.filter((read) => read.isExternal),
    ),
    places,
    key: null,
  };
}
