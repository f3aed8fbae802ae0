import { LOOKS_UP, STARTS } from "../../models/effects/sends.ts";
import { DOES, operationOfName } from "../../models/stores/generic.ts";
import { writeSite, type Hazard, type WriteEvent } from "../flow/summary.ts";
import { childrenOf, isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { branchesAround } from "../syntax/branches.ts";
import { foundEmpty } from "../syntax/empty-tests.ts";
import { areInOneFunction, type Site } from "../syntax/source-file.ts";
import { storedValue } from "../syntax/stored-value.ts";
import type { Rival } from "./races.ts";
import { calledNames } from "./waits.ts";

/** How many variables are followed from the stored value back to what was awaited. */
const MOST_HOPS = 8;

/**
 * `if (!cache.has(k)) cache.set(k, await load(k))`: two loads of the same thing, unless somebody else writes it.
 * What is stored has to be what was loaded: a client, a timer or a subscription that is made after some other
 * wait is made twice, and one of the two is never closed.
 */
export function isCacheFill(hazard: Hazard, rivals: readonly Rival[]): boolean {
  return (
    isFill(hazard) &&
    rivals.every((rival) => isFilling(hazard, rival) || isOfNewObject(hazard, rival))
  );
}

/**
 * The rival fills the same cache: in the same function, where it may store a default when the load failed, or
 * in another that stores what it loaded because it found nothing.
 */
function isFilling(hazard: Hazard, { activation, write }: Rival): boolean {
  if (!write) return true;
  const lateWrite = writeSite(hazard);
  const { site } = write;
  if (site.node === lateWrite.node) return true;
  // `if (!room.names) room.names = new Map()`: nothing was in it yet.
  if (write.fillsGap && write.place.path.length < hazard.place.path.length) return true;
  if (areInOneFunction(site, lateWrite))
    return write.verb === "assign" && write.place.path.length === hazard.place.path.length;
  return activation.hazards.some((other) => {
    const fill = writeSite(other);
    const isHere = fill.node === site.node || isDefaultBeside(fill, write);
    return isHere && isFill(other);
  });
}

/** `try { cache.set(k, await load(k)) } catch { cache.set(k, 0) }`. */
function isDefaultBeside(fill: Site, { site, verb, constant }: WriteEvent): boolean {
  return verb === "assign" && constant !== undefined && areInOneFunction(fill, site);
}

/** `this.alias = alias`, and the rival puts a new object in the place of this one, which has a cache of its own. */
function isOfNewObject(hazard: Hazard, { write }: Rival): boolean {
  const assignment = unwrap(writeSite(hazard).node);
  if (assignment.type !== "AssignmentExpression" || write?.verb !== "assign") return false;
  let steps = 0;
  let target: Node = unwrap(assignment.left);
  for (; target.type === "MemberExpression"; steps += 1) target = unwrap(target.object);
  return (
    target.type === "ThisExpression" && write.place.path.length <= hazard.place.path.length - steps
  );
}

function isFill(hazard: Hazard): boolean {
  if (hazard.outcome !== "absent" || hazard.verb !== "assign" || hazard.constant) return false;
  const way = [hazard.site, ...hazard.chain];
  const write = way.at(-1) ?? hazard.site;
  const stored = storedValue(write.node);
  const wait = hazard.suspension.site.node;
  if (!isLoad(wait) && !(isAskedByNoun(wait) && !isCalled(stored))) return false;
  if (!stored) return true;
  const value = givenBy(way, { ...write, node: stored });
  if (holdsStarted(value, MOST_HOPS)) return false;
  return isAwaited(value, MOST_HOPS) || isGivenLoaded(way.at(-2)) || isKeptMiss(hazard.site);
}

/**
 * `const connection = joinVoiceChannel(...); sessions.set(k, { connection, ... })`: the second one replaces the first,
 * which goes on and which nobody ends.
 */
function holdsStarted({ file, node }: Site, hops: number): boolean {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Identifier": {
      const uses = hops > 0 ? (file.variableOf(inner)?.references ?? []) : [];
      return uses.some(
        ({ writeExpr }) => writeExpr && holdsStarted({ file, node: writeExpr }, hops - 1),
      );
    }
    case "ObjectExpression":
      return inner.properties.some(
        (property) =>
          property.type === "Property" && holdsStarted({ file, node: property.value }, hops),
      );
    case "AwaitExpression":
      return holdsStarted({ file, node: inner.argument }, hops);
    case "CallExpression":
      return STARTS.test(calledNames(inner)[0] ?? "");
    default:
      return false;
  }
}

/** `keep(k, value)`, of which the caller loaded the value, and the helper stores something made of it. */
function isGivenLoaded(call: Site | undefined): boolean {
  return (
    call?.node.type === "CallExpression" &&
    call.node.arguments.some((node) => isAwaited({ file: call.file, node }, MOST_HOPS))
  );
}

/** `if (hits.length === 0) keep(k, NOTHING)`: that nothing was found is kept as well. */
function isKeptMiss({ file, node }: Site): boolean {
  // More than keeping it is waited for.
  if (file.parentOf(node)?.type === "AwaitExpression") return false;
  return branchesAround({ file, node }).some(({ test, isConsequent }) => {
    const tested = isConsequent && foundEmpty(test);
    return tested && isAwaited({ file, node: tested }, MOST_HOPS);
  });
}

/** What the calls on the way to the write hand down, where it stores a parameter: `keep(k, await load(k))`. */
function givenBy(way: readonly Site[], stored: Site): Site {
  const definition =
    stored.node.type === "Identifier" && stored.file.variableOf(stored.node)?.defs[0];
  const call = way.at(-2);
  if (!definition || definition.type !== "Parameter" || call?.node.type !== "CallExpression")
    return stored;
  const index = isFunction(definition.node)
    ? definition.node.params.findIndex((parameter) => parameter === definition.name)
    : -1;
  const argument = call.node.arguments[index];
  return argument ? givenBy(way.slice(0, -1), { ...call, node: argument }) : stored;
}

/** `await load(k)`, `await import("./big.js")`. */
function isLoad(node: Node): boolean {
  const inner = unwrap(node);
  if (inner.type === "AwaitExpression") return isLoad(inner.argument);
  return inner.type === "ImportExpression" || calledNames(inner).some(isLoader);
}

/** `await client.users.info(k)`: a name that says of nothing done. */
function isAskedByNoun(node: Node): boolean {
  const [name] = calledNames(node);
  return name !== undefined && operationOfName(name).kind === "unknown" && !DOES.test(name);
}

/** `client = connect(address)`: what is stored is more than what was asked for. */
function isCalled(stored: Node | null): boolean {
  const inner = stored && unwrap(stored);
  return inner?.type === "CallExpression" && inner.callee.type === "Identifier";
}

/** The name of a function that only looks something up. */
export function isLookUpName(name: string | undefined): boolean {
  return name !== undefined && (LOOKS_UP.test(name) || isLoader(name));
}

function isLoader(name: string): boolean {
  return (
    operationOfName(name).kind === "read" ||
    name === "single" ||
    /^(?:connect|init|login|open|resolve|download|compute|build|translate|transcribe|recogni[sz]e|detect)/i.test(
      name,
    ) ||
    /(?:Detection|Recognition)$/.test(name)
  );
}

/** Whether a value is awaited, or made of variables that are. */
function isAwaited(value: Site, hops: number): boolean {
  const { file, node } = value;
  if (node.type === "AwaitExpression") return true;
  if (isFunction(node)) return false;
  // `new Poller(await load())`, `setTimeout(() => ..., await delay())`: something that goes on by itself.
  if (node.type === "NewExpression" && !isPlainData(node.callee)) return false;
  if (node.type === "CallExpression" && node.arguments.some(isFunction))
    return isAwaited({ file, node: node.callee }, hops);
  if (node.type === "Identifier" && hops > 0) {
    const definition = file.variableOf(node)?.defs[0];
    if (definition?.type === "Parameter") return isGivenLater(file, definition.node);
    if (definition?.type !== "Variable") return false;
    const uses = file.variableOf(node)?.references ?? [];
    const given = uses.flatMap((use) => [
      ...(use.writeExpr ? [use.writeExpr] : []),
      ...collectedAt(file, use.identifier as Node),
    ]);
    return given.some((value) => isAwaited({ file, node: value }, hops - 1));
  }
  return childrenOf(node).some((child) => isAwaited({ file, node: child }, hops));
}

/** What `texts.push(text)` or `names.set(id, name)` puts into the variable's list or map. */
function collectedAt(file: Site["file"], use: Node): readonly Node[] {
  const member = file.parentOf(use);
  const call = member && file.parentOf(member);
  return member?.type === "MemberExpression" &&
    member.object === use &&
    /^(?:push|add|set)$/.test(propertyName(member) ?? "") &&
    call?.type === "CallExpression"
    ? call.arguments
    : [];
}

/** Classes of the language that only hold what they are given. */
function isPlainData(callee: Node): boolean {
  return (
    callee.type === "Identifier" &&
    /^(?:Array|Date|Map|Set|URL|URLSearchParams|\w+Array)$/.test(callee.name)
  );
}

/** `load(k).then((value) => ...)`: the parameter is what was waited for. */
function isGivenLater(file: Site["file"], fn: Node): boolean {
  const call = file.parentOf(fn);
  return (
    call?.type === "CallExpression" &&
    call.callee.type === "MemberExpression" &&
    propertyName(call.callee) === "then"
  );
}
