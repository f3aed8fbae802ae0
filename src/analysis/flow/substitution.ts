import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import type { Node } from "../syntax/ast.ts";
import { isPerElement } from "../syntax/loops.ts";
import type { Variable } from "../syntax/scopes.ts";
import { contentOf, deepReads, heldAt } from "./local-objects.ts";
import { readMember } from "./access.ts";
import type { Frame } from "./frame.ts";
import { keyOf, substituteKey, variableId, type Atom, type Key } from "./key.ts";
import { extend, placeOf, substituteKeys, type Place } from "./place.ts";
import type { Check, Suspension } from "./state.ts";
import type { Summary, UsedCheck, UsedRead } from "./summary.ts";
import { mergeUsedReads } from "./used-reads.ts";
import type { WriteDetails } from "./write-details.ts";
import {
  parameterOf,
  UNKNOWN,
  type HeldLock,
  type LockRef,
  type Read,
  type Value,
} from "./value.ts";

/** What a call passes to the function it calls. */
export interface Binding {
  readonly args: readonly Value[];
  readonly argNodes: readonly (Node | null)[];
  readonly receiver: Value | null;
}

export interface Application {
  readonly binding: Binding;
  /** The call, in the function at hand. */
  readonly node: Node;
  /** The caller waits: what the callee does after its suspensions still happens in order. */
  readonly isAwaited: boolean;
  /** Several runs of the callee overlap each other: `items.map(async ...)`. */
  readonly isParallel?: boolean;
}

export const DEEPEST_CHAIN = 8;

/** What a callee's summary says in its own terms, in the terms of the function that calls it. */
export class Substitution {
  readonly frame: Frame;
  readonly summary: Summary;
  readonly app: Application;
  readonly call: Site;
  /** A function literal written inside the function at hand: its lines are this function's lines. */
  readonly isInline: boolean;
  /** What atoms stand for, one function for all keys: most locations have none to ask it. */
  readonly #replace = (atom: Atom): Key | null => this.#atom(atom);
  /** Reads that are the same at each event of the callee; most of its events share theirs. */
  readonly #settled = new Map<Read, readonly Read[]>();
  /** The same, with what made them stale, and the tests that are of such reads. */
  readonly #settledUses = new Map<Read, SettledUse>();
  readonly #settledChecks = new Map<Check, SettledCheck>();

  constructor(frame: Frame, summary: Summary, app: Application) {
    this.frame = frame;
    this.summary = summary;
    this.app = app;
    this.call = frame.site(app.node);
    this.isInline =
      summary.file === frame.file && summary.fn !== frame.fn && frame.isInside(summary.fn);
  }

  /** A location of the callee as the caller names it; nothing when it belongs to this activation unseen. */
  places(place: Place): readonly Place[] {
    const { frame, summary, app } = this;
    const path = substituteKeys(place.path, this.#replace);
    const root = place.root;
    switch (root.kind) {
      case "parameter":
        if (root.fn !== summary.fn) return [onPath(place, path)];
        return this.#below(app.binding.args[root.index]?.places ?? [], path);
      case "this":
        return this.isInline
          ? [onPath(place, path)]
          : this.#below(app.binding.receiver?.places ?? [], path);
      case "variable": {
        if (!frame.owns(root.variable)) return [onPath(place, path)];
        return this.#below(frame.state.env.get(root.variable)?.places ?? [], path);
      }
      default:
        return [onPath(place, path)];
    }
  }

  /** What a parameter of the callee was given, where that is written as it is. */
  givenTo({ root }: Place): Pick<WriteDetails, "constant" | "given"> {
    const isOwn = root.kind === "parameter" && root.fn === this.summary.fn;
    const value = isOwn ? this.app.binding.args[root.index] : undefined;
    return value ? { constant: value.constant, given: parameterOf(value) } : {};
  }

  #below(bases: readonly Place[], path: Place["path"]): Place[] {
    return bases.flatMap((base) => heldAt(this.frame, extend(base, ...path)));
  }

  key(key: Key): Key {
    return substituteKey(key, this.#replace);
  }

  #atom(atom: Atom): Key | null {
    const { frame, summary, app } = this;
    switch (atom.root.kind) {
      case "parameter":
        if (atom.root.fn !== summary.fn) return null;
        return (
          app.binding.args[atom.root.index]?.key ??
          unknownKey(`${siteId(this.call)}#${String(atom.root.index)}`)
        );
      case "variable": {
        const { variable } = atom.root;
        if (frame.owns(variable)) return frame.state.env.get(variable)?.key ?? null;
        // A variable of the callee has another value in each call.
        return !this.isInline && summary.file.ownerOf(variable) === summary.fn
          ? unknownKey(
              `${siteId(this.call)}~${String(variableId(variable))}`,
              isNamedInLoop(variable, summary.file),
            )
          : null;
      }
      case "this":
        return this.isInline ? null : (app.binding.receiver?.key ?? null);
      case "site":
        return null;
    }
  }

  chain(chain: readonly Site[]): readonly Site[] {
    return this.isInline || chain.length >= DEEPEST_CHAIN ? chain : [this.call, ...chain];
  }

  /** Locks the caller holds, then those the callee holds at the event. */
  locks(held: readonly HeldLock[]): readonly HeldLock[] {
    const own = this.frame.state.locks;
    if (held.length === 0) return own;
    const suffix = this.isInline ? "" : `@${siteId(this.call)}`;
    return [
      ...own,
      ...held.map((lock) => ({
        ...lock,
        lock: this.lock(lock.lock),
        acquisition: lock.acquisition + suffix,
      })),
    ];
  }

  lock<L extends LockRef>(lock: L): L {
    const keys = lock.keys.map((key) => this.key(key));
    if (!lock.place) return { ...lock, keys };
    const [place] = this.places(lock.place).filter((candidate) => candidate.root.kind !== "local");
    if (!place) return { ...lock, keys };
    const prefix = lock.id.startsWith("chain:") ? "chain:" : "";
    return { ...lock, id: prefix + place.id, place, keys };
  }

  /** The variable of the function at hand that a callee's captured location is, when it is one itself. */
  ownVariable(place: Place): Parameters<Frame["owns"]>[0] | null {
    const root = place.root;
    return root.kind === "variable" && place.path.length === 0 && this.frame.owns(root.variable)
      ? root.variable
      : null;
  }

  /** The value that a root location of the callee has in the caller, or null when it is not the caller's to say. */
  valueAt(place: Place): Value | null {
    const { frame, summary, app } = this;
    const root = place.root;
    let value: Value | null = null;
    if (root.kind === "parameter" && root.fn === summary.fn)
      value = app.binding.args[root.index] ?? UNKNOWN;
    else if (root.kind === "variable" && frame.owns(root.variable))
      value = frame.state.env.get(root.variable) ?? UNKNOWN;
    if (!value) return null;
    const shared = value.places.some((candidate) => candidate.root.kind !== "local");
    for (const step of place.path)
      value = shared ? { ...value, reads: [] } : readMember(frame, value, step, app.node);
    return value;
  }

  /**
   * What a write of the callee was made of, and what the caller passed of it. Each parameter stands for all that
   * its argument was made of, at every level of calls: only so many are taken over, or they would multiply.
   */
  usedReads(entries: readonly UsedRead[]): UsedReads {
    let all: readonly UsedRead[] = [];
    let passed: readonly UsedRead[] = [];
    for (const entry of entries) {
      const { reads, isCallers } = this.usedRead(entry);
      all = mergeUsedReads(all, reads);
      if (isCallers) passed = mergeUsedReads(passed, reads);
    }
    return { reads: all, passed };
  }

  usedRead({ read, stale }: UsedRead): SubstitutedRead {
    const settled = this.#settledUses.get(read);
    if (settled?.stale === stale) return settled.use;
    if (!settled && !isSettled(read)) return this.#usedRead(read, stale);
    const made = this.#made(read).map((own) => ({ read: own, stale }));
    const use = { reads: made, made, isCallers: false };
    this.#settledUses.set(read, { stale, use });
    return use;
  }

  #usedRead(read: Read, stale: Suspension | null): SubstitutedRead {
    const { frame } = this;
    const value = this.valueAt(read.place);
    const passed = value
      ? deepReads(frame, value).map((inner) => ({
          read: inner,
          stale: frame.state.staleness(inner) ?? (stale ? { ...stale, site: this.call } : null),
        }))
      : [];
    const made =
      !value || read.place.path.length > 0
        ? this.#made(read).map((own) => ({ read: own, stale }))
        : [];
    const reads = passed.length > 0 ? [...passed, ...made] : made;
    return {
      reads,
      made,
      isCallers:
        value !== null &&
        (read.place.path.length === 0 || reads.some((entry) => entry.read.isExternal)),
    };
  }

  /** What the callee reads, in the caller's terms. */
  #made(read: Read): readonly Read[] {
    let made = this.#settled.get(read);
    if (!made) {
      made = this.places(read.place)
        .filter((place) => place.root.kind !== "local")
        .map((place) => this.#read(read, place));
      if (isSettled(read)) this.#settled.set(read, made);
    }
    return made;
  }

  #read(read: Read, place: Place): Read {
    const found = this.foundBy(read);
    if (this.isInline) return { ...read, place, ...found };
    return {
      ...read,
      ...found,
      id: `${read.id}@${siteId(this.call)}`,
      place,
      chain: [this.call, ...read.chain].slice(0, DEEPEST_CHAIN),
    };
  }

  foundBy({ foundBy }: Read): Pick<Read, "foundBy"> {
    return foundBy ? { foundBy: this.key(foundBy) } : {};
  }

  checks(checks: readonly UsedCheck[]): readonly UsedCheck[] {
    return this.sortedChecks(checks).all;
  }

  /** Tests of the callee, and those among them that the caller has to answer for. */
  sortedChecks(checks: readonly UsedCheck[]): SubstitutedChecks {
    if (checks.length === 0) return NO_CHECKS;
    const all: UsedCheck[] = [];
    const callers: UsedCheck[] = [];
    for (const { check, stale } of checks) {
      const settled = this.#settledCheck(check, stale);
      if (settled) {
        all.push(...settled);
        continue;
      }
      const { reads, isCallers } = this.usedRead({ read: check.read, stale });
      for (const entry of reads) {
        const used = { check: { ...check, read: entry.read }, stale: entry.stale };
        all.push(used);
        if (isCallers && !check.isClaimedInCopy) callers.push(used);
      }
      if (check.isClaimedInCopy) callers.push(...this.#asItWasRead(check));
    }
    return { all, callers };
  }

  /** A test of what means the same at each event of the callee: those share it. Null for any other. */
  #settledCheck(check: Check, stale: Suspension | null): readonly UsedCheck[] | null {
    const known = this.#settledChecks.get(check);
    if (known?.stale === stale) return known.used;
    if (check.isClaimedInCopy || (!known && !isSettled(check.read))) return null;
    const used = this.#made(check.read).map((read) => ({ check: { ...check, read }, stale }));
    this.#settledChecks.set(check, { stale, used });
    return used;
  }

  /** A test of a row that the callee then set in its copy: what decided is the row as it was read. */
  #asItWasRead(check: Check): UsedCheck[] {
    const { frame, app } = this;
    const { root, path } = check.read.place;
    if (root.kind !== "parameter" || root.fn !== this.summary.fn) return [];
    return (app.binding.args[root.index]?.places ?? []).flatMap((place): UsedCheck[] => {
      const [held] = heldAt(frame, place);
      const origin = held && contentOf(frame, held)?.origin;
      if (!origin) return [];
      const read = { ...origin, place: extend(origin.place, ...path) };
      return [{ check: { ...check, read }, stale: frame.state.staleness(origin) }];
    });
  }
}

/** A read of the callee as the caller knows it. */
interface SubstitutedRead {
  readonly reads: readonly UsedRead[];
  /** Those among them that the callee makes; the others the caller made, and passed what it had read. */
  readonly made: readonly UsedRead[];
  /** The caller read it, not the callee. */
  readonly isCallers: boolean;
}

interface UsedReads {
  readonly reads: readonly UsedRead[];
  readonly passed: readonly UsedRead[];
}

/** A read that means the same all through one application, as it was last used. */
interface SettledUse {
  readonly stale: Suspension | null;
  readonly use: SubstitutedRead;
}

interface SettledCheck {
  readonly stale: Suspension | null;
  readonly used: readonly UsedCheck[];
}

interface SubstitutedChecks {
  readonly all: readonly UsedCheck[];
  /** Tests of what the caller read and passed: stale for the caller, though fresh in the callee. */
  readonly callers: readonly UsedCheck[];
}

const NO_CHECKS: SubstitutedChecks = { all: [], callers: [] };

/** Whether a location means the same all through one application, whatever the caller's variables hold by then. */
function isSettled({ place: { root, path }, foundBy }: Read): boolean {
  if (foundBy && !isSettledKey(foundBy)) return false;
  const isShared =
    root.kind === "store" ||
    root.kind === "instance" ||
    (root.kind === "variable" && root.owner.type === "Program");
  return isShared && path.every((step) => step.kind === "field" || isSettledKey(step.key));
}

function isSettledKey(key: Key): boolean {
  return key.parts.every((part) => typeof part === "string" || part.root.kind !== "variable");
}

/** Most locations of a callee need no substitution: they are the same object for every caller. */
function onPath(place: Place, path: Place["path"]): Place {
  return path === place.path ? place : placeOf(place.root, path);
}

function unknownKey(id: string, isListed = false): Key {
  return keyOf([{ root: { kind: "site", id, isListed }, path: "", id: `s${id}` }]);
}

function isNamedInLoop({ defs: [definition] }: Variable, file: SourceFile): boolean {
  return definition?.type === "Variable" && isPerElement(definition.node, file);
}
