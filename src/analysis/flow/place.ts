import type { Variable } from "../syntax/scopes.ts";
import type { StoreModel } from "../../models/store-model.ts";
import { nodeId, type ClassNode, type FunctionNode, type Program } from "../syntax/ast.ts";
import type { UniqueKeys } from "../project/schemas.ts";
import { FILES } from "../project/store-call.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import {
  isSamePath,
  isConstant,
  mayMeet,
  substituteKey,
  variableId,
  type Atom,
  type Key,
} from "./key.ts";

/** What a location hangs on. */
export type Root =
  /** a module variable, or a variable of an enclosing function */
  | {
      readonly kind: "variable";
      readonly variable: Variable;
      readonly file: SourceFile;
      readonly owner: FunctionNode | Program;
    }
  | { readonly kind: "parameter"; readonly fn: FunctionNode; readonly index: number }
  | { readonly kind: "this" }
  /** the instances of a class that outlive an activation, taken together */
  | {
      readonly kind: "instance";
      readonly cls: ClassNode;
      readonly file: SourceFile;
      readonly name: string;
    }
  /** a table, file or remote resource outside the process */
  | {
      readonly kind: "store";
      readonly id: string;
      readonly name: string;
      readonly model: StoreModel | null;
      /** What the project's schema says is unique; null or absent where it says nothing. */
      readonly uniqueKeys?: UniqueKeys | null;
    }
  /** an object made in this activation: nobody else names it */
  | { readonly kind: "local"; readonly id: string };

export type Step =
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "element"; readonly key: Key };

/** A location: root and access path. Paths are cut at {@link LONGEST_PATH}, so that loops end. */
export interface Place {
  readonly root: Root;
  readonly path: readonly Step[];
  readonly id: string;
  /** Equal for equal roots. */
  readonly rootId: string;
}

const LONGEST_PATH = 7;

export function placeOf(root: Root, path: readonly Step[] = []): Place {
  const start = rootId(root);
  return below({ root, path: [], id: start, rootId: start }, path);
}

/** The location at a path below another one, whatever that is. */
function below(place: Place, steps: readonly Step[]): Place {
  if (steps.length === 0) return place;
  const room = LONGEST_PATH - place.path.length;
  const cut = steps.length > room ? steps.slice(0, room) : steps;
  let { id } = place;
  for (const step of cut) id += stepId(step);
  return { root: place.root, path: [...place.path, ...cut], id, rootId: place.rootId };
}

function rootId(root: Root): string {
  switch (root.kind) {
    case "variable":
      return `v${String(variableId(root.variable))}`;
    case "parameter":
      return `p${String(root.index)}@${String(root.fn.range[0])}`;
    case "this":
      return "this";
    case "instance":
      return `i${root.file.path}:${String(nodeId(root.cls))}`;
    case "store":
      return `store:${root.id}`;
    case "local":
      return `l${root.id}`;
  }
}

function stepId(step: Step): string {
  return step.kind === "field" ? `.${step.name}` : `[${step.key.text}]`;
}

export function extend(place: Place, ...steps: readonly Step[]): Place {
  if (place.root.kind !== "store") return below(place, steps);
  const [first, ...rest] = steps;
  // An element of a list of rows is a row of the same table: `rows[0]`, `rows.find(...)`, pg's `result.rows`.
  if (first && place.root.model && isRow(place)) {
    if (first.kind === "field" && (place.root.model.resultFields ?? ["rows"]).includes(first.name))
      return extend(place, ...rest);
    if (first.kind === "element") {
      // What is listed by the id of a row that was just made is that row.
      const isWhole = isConstant(first.key) || keysOf(place).some((key) => key.isFresh);
      return extend(isWhole ? place : placeOf(place.root, [first]), ...rest);
    }
  }
  return below(place, steps);
}

function isRow(place: Place): boolean {
  return place.path.length === 1 && place.path[0]?.kind === "element";
}

export function field(name: string): Step {
  return { kind: "field", name };
}

export function element(key: Key): Step {
  return { kind: "element", key };
}

function stepsMeet(a: Step, b: Step, root: Root): boolean {
  if (a.kind === "field" && b.kind === "field") return a.name === b.name;
  if (a.kind === "element" && b.kind === "element")
    // Two computed paths are two files unless the code computes them the same way.
    return root.kind === "store" && root.id === FILES
      ? isSamePath(a.key, b.key)
      : mayMeet(a.key, b.key);
  // A computed name on an object with fields (`this[name] = ...`) means one of them only when it says which.
  const [named, computed] = a.kind === "field" ? [a, b] : [b, a];
  if (root.kind === "store" || named.kind !== "field" || computed.kind !== "element") return true;
  return computed.key.text === JSON.stringify(named.name);
}

/** Whether both are one location, and know the same of what it hangs on. */
export function isSamePlace(a: Place, b: Place | undefined): boolean {
  return a === b || (b !== undefined && a.id === b.id && isSameRoot(a.root, b.root));
}

function isSameRoot(a: Root, b: Root): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "variable":
      return b.kind === "variable" && a.variable === b.variable;
    case "parameter":
      return b.kind === "parameter" && a.fn === b.fn;
    case "instance":
      return b.kind === "instance" && a.cls === b.cls;
    case "this":
    case "local":
      return true;
    case "store":
      return (
        b.kind === "store" &&
        a.model === b.model &&
        a.name === b.name &&
        a.uniqueKeys === b.uniqueKeys
      );
  }
}

/** Whether two activations may mean the same memory: same root, one path a prefix of the other. */
export function meets(a: Place, b: Place): boolean {
  if (a.rootId !== b.rootId) return false;
  const shorter = Math.min(a.path.length, b.path.length);
  for (let i = 0; i < shorter; i += 1) {
    const left = a.path[i];
    const right = b.path[i];
    if (left && right && !stepsMeet(left, right, a.root)) return false;
  }
  return true;
}

/** Whether inside one activation both surely name the same memory, or `b` lies inside `a`. */
export function includes(a: Place, b: Place): boolean {
  if (a.path.length > b.path.length || !b.id.startsWith(a.id)) return false;
  // `v1` is a prefix of `v12`, and `.user` of `.username`.
  const next = b.id.charAt(a.id.length);
  return b.path.length === a.path.length ? next === "" : next === "." || next === "[";
}

/**
 * Whether two locations are different fields of one object in memory: `room.status` and `room.players`, of the
 * same room. What one of them says often decides whether the other may be written.
 */
export function isNeighbour(a: Place, b: Place): boolean {
  if (a.root.kind === "store" || a.rootId !== b.rootId) return false;
  const shared = sharedSteps(a, b);
  const [left, right] = [a.path[shared], b.path[shared]];
  return left?.kind === "field" && right?.kind === "field";
}

/** The private field that an accessor of the same name stands for: `#count` and `count`. */
export function isBackingField(a: Place, b: Place): boolean {
  const names = [a, b].map(({ path }) => {
    const last = path.at(-1);
    return last?.kind === "field" ? last.name.replace(/^[#_]/, "") : null;
  });
  return names[0] !== null && names[0] === names[1] && a.path.length === b.path.length;
}

/** `game.hostId`: a field that says whose the object is, or which one. */
export function isOwnersId({ path }: Place): boolean {
  const last = path.at(-1);
  return last?.kind === "field" && /(?:[a-z]Id|^_?id|_id)$/.test(last.name);
}

/** How many steps two paths begin with alike. */
export function sharedSteps(a: Place, b: Place): number {
  let shared = 0;
  for (const step of a.path) {
    const other = b.path[shared];
    if (!other || step.kind !== other.kind || stepId(step) !== stepId(other)) break;
    shared += 1;
  }
  return shared;
}

/** The column of a table that a location is, whichever row; null where it is no column. */
export function columnId({ root, path }: Place): string | null {
  if (root.kind !== "store" || !root.model || path.length < 2) return null;
  const names = path.slice(1).map((step) => (step.kind === "field" ? step.name : "[]"));
  return `${rootId(root)}:${names.join(".")}`;
}

/** The element keys on the path, outermost first. */
export function keysOf(place: Place): Key[] {
  return place.path.flatMap((step) => (step.kind === "element" ? [step.key] : []));
}

/** The path with its keys' atoms replaced; the very same path where there is nothing to replace. */
export function substituteKeys(
  path: readonly Step[],
  replace: (atom: Atom) => Key | null,
): readonly Step[] {
  // Most paths have no key, and this is asked for each location of each event at each call.
  if (path.every((step) => step.kind === "field")) return path;
  let replaced: Step[] | null = null;
  for (const [index, step] of path.entries()) {
    if (step.kind !== "element") continue;
    const key = substituteKey(step.key, replace);
    if (key !== step.key) (replaced ??= [...path])[index] = element(key);
  }
  return replaced ?? path;
}

/** The location in words: `carts[…].total`, `this.next of CaseLog`. */
export function describePlace(place: Place): string {
  const [first] = place.path;
  if (place.root.kind === "store" && place.root.id === FILES && first?.kind === "element")
    return describeFile(place.root.name, first.key) + describeSteps(place.path.slice(1));
  let text: string;
  switch (place.root.kind) {
    case "variable":
      text = place.root.variable.name;
      break;
    case "instance":
      text = place.root.name;
      break;
    case "store":
      text = place.root.name;
      break;
    case "parameter": {
      const parameter = place.root.fn.params[place.root.index];
      text =
        parameter?.type === "Identifier"
          ? parameter.name
          : `argument ${String(place.root.index + 1)}`;
      break;
    }
    case "this":
      text = "this";
      break;
    case "local":
      text = "a local object";
  }
  return text + describeSteps(place.path);
}

function describeSteps(path: readonly Step[]): string {
  return path
    .map((step) => (step.kind === "field" ? `.${step.name}` : `[${describeKey(step.key)}]`))
    .join("");
}

export function describeKey(key: Key): string {
  return key.parts.map((part) => (typeof part === "string" ? part : describeAtom(part))).join("");
}

/** `{folder}/{user.id}.json`, or how the code names the file where its path is not known. */
function describeFile(name: string, { parts }: Key): string {
  const [only] = parts;
  const words = parts.map((part) => (typeof part === "string" ? part : describeAtom(part)));
  if (words.includes(UNKNOWN_PART)) return name;
  if (parts.length === 1 && typeof only !== "string") return words.join("");
  return words.map((word, at) => (typeof parts[at] === "string" ? word : `{${word}}`)).join("");
}

const UNKNOWN_PART = "…";

function describeAtom({ root, path }: Atom): string {
  const last = path
    .split(".")
    .filter((piece) => piece !== "")
    .slice(-2)
    .join(".");
  if (root.kind === "variable") return last === "" ? root.variable.name : last;
  if (root.kind === "parameter" && last === "") {
    const parameter = root.fn.params[root.index];
    return parameter?.type === "Identifier" ? parameter.name : "key";
  }
  return last === "" ? UNKNOWN_PART : last;
}
