import { LOGGERS } from "../../models/effects/messages.ts";
import type { Place } from "../flow/place.ts";
import type { Event, Hazard, WriteEvent } from "../flow/summary.ts";
import {
  childrenOf,
  contains,
  dottedName,
  isFunction,
  isJump,
  lastStatement,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { isLoop } from "../syntax/loops.ts";
import { areInOneFunction, type SourceFile } from "../syntax/source-file.ts";
import { isLookUpName } from "./cache-fill.ts";
import type { Race } from "./races.ts";
import { calledNames, waitsIn } from "./waits.ts";

/**
 * `if (seen.has(id)) continue; const tx = await getTransaction(id); if (!tx.isOurs) { seen.add(id); continue; }`,
 * `if (isKnown) return true; isKnown = (await query(...)).ok`: the write notes what was looked up, every other one
 * notes the same, and nothing else happens where it does, or only what makes a row first that there can be one of.
 * Twice is once.
 */
export function isMark(race: Race, rivals: readonly WriteEvent[]): boolean {
  const { hazard, activation } = race;
  const { outcome, site, chain, read } = hazard;
  if (outcome !== "absent" || chain.length > 0 || !areInOneFunction(read.site, site)) return false;
  if (!isSameForAll(hazard) || !rivals.every((write) => isSameNote(hazard, write))) return false;
  return new Surroundings(activation.events).areQuiet(site.file, read.site.node, site.node);
}

/** A member of a set, or a flag. An element of a list would be there twice. */
function isSameForAll({ verb, constant, site }: Hazard): boolean {
  if (verb === "assign") return constant?.isTruthy === true;
  const write = unwrap(site.node);
  return (
    verb === "add" &&
    write.type === "CallExpression" &&
    write.callee.type === "MemberExpression" &&
    propertyName(write.callee) === "add"
  );
}

/** What is in a set already is there however others put it there; a flag they must put to the same value. */
export function isSameNote({ verb, constant }: Hazard, write: WriteEvent): boolean {
  return verb === "add" || (write.verb === verb && write.constant?.text === constant?.text);
}

/** What stands around a write, in the function that tests and writes. */
class Surroundings {
  readonly #events: readonly Event[];

  constructor(events: readonly Event[]) {
    this.#events = events;
  }

  /** On the way from the test to the write, and after it, the code looks things up, writes to the log and leaves. */
  areQuiet(file: SourceFile, test: Node, write: Node): boolean {
    let inner: Node = write;
    let isLeft = false;
    for (let outer = file.parentOf(inner); outer; outer = file.parentOf(inner)) {
      if (outer.type === "BlockStatement" || outer.type === "Program") {
        for (const statement of outer.body) {
          if (statement === inner || statement.range[1] < test.range[0]) continue;
          if (contains(statement, test)) continue;
          const isBefore = statement.range[1] <= write.range[0];
          if (isBefore ? this.#leaves(statement) : isLeft) continue;
          if (!this.#isHarmless(statement)) return false;
        }
        isLeft ||= outer.body.some((next) => next.range[0] >= write.range[1] && isJump(next));
      }
      if (isFunction(outer) || isLoop(outer)) return true;
      inner = outer;
    }
    return true;
  }

  /** `if (!sender) { seen.add(id); continue; }` on the way is a way of its own. */
  #leaves(statement: Node): boolean {
    if (statement.type !== "IfStatement" || statement.alternate) return false;
    return isJump(lastStatement(statement.consequent)) && this.#isOnlyWaitingFor(statement);
  }

  /** Code that changes nothing that others see: declarations, look-ups, lines in the log, jumps. */
  #isHarmless(code: Node): boolean {
    if (isFunction(code) || this.#leaves(code)) return true;
    if (code.type === "AssignmentExpression" && code.left.type === "MemberExpression")
      return isExtreme(code.right);
    if (code.type === "UpdateExpression" && code.argument.type === "MemberExpression") return false;
    if (code.type === "ExpressionStatement") {
      const call = unwrap(code.expression);
      if (call.type === "CallExpression" && !isLogged(call.callee)) return false;
      if (call.type === "AwaitExpression" && !this.#isOnce(call.argument)) return false;
    }
    return (
      this.#isOnlyWaitingFor(code) && childrenOf(code).every((child) => this.#isHarmless(child))
    );
  }

  #isOnlyWaitingFor(code: Node): boolean {
    return waitsIn(code).every((wait) => {
      const [name] = calledNames(wait);
      return isLookUpName(name) || (wait.type === "AwaitExpression" && this.#isOnce(wait.argument));
    });
  }

  /** A call that first looks for a row and makes it, of which there can be one: whoever comes second fails there. */
  #isOnce(call: Node): boolean {
    const through = this.#events.filter(
      ({ kind, chain }) =>
        (kind === "write" || kind === "read") && chain.some(({ node }) => isSameCall(node, call)),
    );
    const first = through.find(isStoreWrite);
    return (
      first !== undefined &&
      first.verb === "create" &&
      hasOwnKey(first.place) &&
      through.some((event) => event.kind === "read" && event.place.rootId === first.place.rootId)
    );
  }
}

/** Two calls of one function: what it does is known of one of them. */
function isSameCall(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.type !== "CallExpression" || b.type !== "CallExpression") return false;
  return dottedName(a.callee) === dottedName(b.callee);
}

function isStoreWrite(event: Event): event is WriteEvent {
  return event.kind === "write" && event.place.root.kind === "store";
}

/** A unique key besides the number that each row is given. */
function hasOwnKey({ root }: Place): boolean {
  return (
    root.kind === "store" &&
    (root.uniqueKeys?.some((key) => key.some((column) => !/^_?(?:id|uuid)$/.test(column))) ?? false)
  );
}

/** `latest = Math.max(latest, time)` is the same however often, and in whatever order. */
function isExtreme(value: Node): boolean {
  return value.type === "CallExpression" && /^Math\.(?:max|min)$/.test(dottedName(value.callee));
}

/** A line in the log: `logger.warn(...)`. A message may be the very thing that must not come twice. */
function isLogged(callee: Node): boolean {
  return LOGGERS.test(dottedName(callee).split(".").at(-2) ?? "");
}
