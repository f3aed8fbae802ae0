import { LOOKS_UP } from "../../models/effects/sends.ts";
import type { Hazard, WriteEvent } from "../flow/summary.ts";
import {
  childrenOf,
  contains,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { calledNames, isLoader } from "./cache-fill.ts";
import { waitsIn } from "./waits.ts";

/**
 * `if (seen.has(id)) continue; const tx = await getTransaction(id); if (!tx.isOurs) { seen.add(id); continue; }`,
 * `if (isKnown) return true; isKnown = (await query(...)).ok`: the write notes what was looked up, every other one
 * notes the same, and nothing else happens where it does. Twice is once.
 */
export function isMark(hazard: Hazard, rivals: readonly WriteEvent[]): boolean {
  const { outcome, site, chain, read } = hazard;
  if (outcome !== "absent" || chain.length > 0 || read.site.file !== site.file) return false;
  const { file } = site;
  if (file.enclosing(read.site.node) !== file.enclosing(site.node)) return false;
  if (!isSameForAll(hazard) || !rivals.every((write) => isSameNote(hazard, write))) return false;
  return isQuiet(file, read.site.node, site.node);
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
function isSameNote({ verb, constant }: Hazard, write: WriteEvent): boolean {
  return verb === "add" || (write.verb === verb && write.constant?.text === constant?.text);
}

/** On the way from the test to the write, and after it, the code looks things up, writes to the log and leaves. */
function isQuiet(file: SourceFile, test: Node, write: Node): boolean {
  let inner: Node = write;
  let isLeft = false;
  for (let outer = file.parentOf(inner); outer; outer = file.parentOf(inner)) {
    if (outer.type === "BlockStatement" || outer.type === "Program") {
      for (const statement of outer.body) {
        if (statement === inner || statement.range[1] < test.range[0]) continue;
        if (contains(statement, test)) continue;
        const isBefore = statement.range[1] <= write.range[0];
        if (isBefore ? leaves(statement) : isLeft) continue;
        if (!isHarmless(statement)) return false;
      }
      isLeft ||= outer.body.some((next) => next.range[0] >= write.range[1] && isJump(next));
    }
    if (isFunction(outer) || /^(?:For|While|DoWhile)/.test(outer.type)) return true;
    inner = outer;
  }
  return true;
}

/** `if (!sender) { seen.add(id); continue; }` on the way is a way of its own. */
function leaves(statement: Node): boolean {
  if (statement.type !== "IfStatement" || statement.alternate) return false;
  const { consequent } = statement;
  const last = consequent.type === "BlockStatement" ? consequent.body.at(-1) : consequent;
  return last !== undefined && isJump(last) && isOnlyWaitingFor(statement);
}

function isJump({ type }: Node): boolean {
  return /^(?:Return|Throw|Continue|Break)Statement$/.test(type);
}

/** Code that changes nothing that others see: declarations, look-ups, lines in the log, jumps. */
function isHarmless(code: Node): boolean {
  if (isFunction(code)) return true;
  if (code.type === "AssignmentExpression" && code.left.type === "MemberExpression") return false;
  if (code.type === "UpdateExpression" && code.argument.type === "MemberExpression") return false;
  if (code.type === "ExpressionStatement") {
    const call = unwrap(code.expression);
    const called = call.type === "AwaitExpression" ? unwrap(call.argument) : call;
    if (called.type === "CallExpression" && !isLogged(called.callee)) return false;
  }
  return isOnlyWaitingFor(code) && childrenOf(code).every(isHarmless);
}

function isOnlyWaitingFor(code: Node): boolean {
  return waitsIn(code).every((wait) => {
    const [name] = calledNames(wait);
    return name !== undefined && (LOOKS_UP.test(name) || isLoader(name));
  });
}

/** A line in the log: `logger.warn(...)`. A message may be the very thing that must not come twice. */
function isLogged(callee: Node): boolean {
  return /^(?:console|log|logger|logs)$/i.test(dottedName(callee).split(".").at(-2) ?? "");
}
