import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  contains,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** Two loops over data that nothing bounds, one in the other, without a suspension. */
export interface DataLoop {
  /** The inner loop. */
  readonly node: Node;
  readonly inner: string;
  readonly outer: string;
}

const ITERATIONS =
  /^(?:forEach|map|filter|find|findIndex|some|every|flatMap|reduce|includes|indexOf)$/;
const KEEPERS = /^(?:filter|map|sort|toSorted|reverse|split|flat|flatMap|values|entries|trim)$/;
/** A query that says how many rows it wants, or wants one. */
const BOUND =
  /\blimit\b|\btake\b|\bslice\b|\btop\b|\bfirst\b|findOne|findUnique|getOne|countDocuments/i;
const FILE_READS = /(?:^|\.)(?:readFile|readFileSync|readJson|readJsonSync|readJSON|readJSONSync)$/;

/** Loops in a function whose elements come from a store, a file or a request, and loops in these. */
export function dataLoops(world: ProjectWorld, fn: FunctionNode, file: SourceFile): DataLoop[] {
  if (!mayNestLoops(fn, file)) return [];
  const found: DataLoop[] = [];
  const visit = (node: Node, outer: Loop | null): void => {
    if (isFunction(node) && !isCallbackOf(node, file)) return;
    const loop = loopOf(node);
    const isOfData = loop !== null && isData(world, loop.over, file, 0);
    if (loop && isOfData && outer && !letsGo(outer.body))
      found.push({ node, inner: file.textOf(loop.over), outer: file.textOf(outer.over) });
    const next = loop && isOfData ? (outer ?? loop) : outer;
    for (const child of childrenOf(node))
      visit(child, loop && child !== loop.body && !isFunction(child) ? outer : next);
  };
  for (const child of childrenOf(fn.body)) visit(child, null);
  return found;
}

/** Most functions have no two loops: of each, its calls and the word `of` tell sooner than all of its nodes. */
function mayNestLoops(fn: FunctionNode, file: SourceFile): boolean {
  const calls = file.calls.filter((call) => contains(fn, call) && loopOf(call));
  return calls.length + (file.textOf(fn).match(/\bof\b/g)?.length ?? 0) > 1;
}

interface Loop {
  readonly over: Node;
  readonly body: Node;
}

function loopOf(node: Node): Loop | null {
  if (node.type === "ForOfStatement" && !node.await) return { over: node.right, body: node.body };
  if (node.type !== "CallExpression") return null;
  const callee = unwrap(node.callee);
  if (callee.type !== "MemberExpression" || !ITERATIONS.test(propertyName(callee) ?? ""))
    return null;
  const [callback] = node.arguments;
  const isSearch = /^(?:includes|indexOf)$/.test(propertyName(callee) ?? "");
  if (!callback || (!isSearch && !isFunction(callback))) return null;
  return { over: callee.object, body: callback };
}

/** The function runs as part of an array method. */
function isCallbackOf(fn: FunctionNode, file: SourceFile): boolean {
  const call = file.parentOf(fn);
  return call?.type === "CallExpression" && loopOf(call)?.body === fn;
}

/** What a store, a file or a request gave, with no word of how much that may be. */
function isData(world: ProjectWorld, node: Node, file: SourceFile, depth: number): boolean {
  if (depth > 6) return false;
  const inner = unwrap(node);
  switch (inner.type) {
    case "AwaitExpression":
      return isData(world, inner.argument, file, depth + 1);
    case "Identifier": {
      const definition = file.variableOf(inner)?.defs[0];
      const declarator = definition?.node;
      return (
        declarator?.type === "VariableDeclarator" &&
        declarator.id.type === "Identifier" &&
        declarator.init !== null &&
        isData(world, declarator.init, file, depth + 1)
      );
    }
    case "CallExpression": {
      if (BOUND.test(file.textOf(inner))) return false;
      const callee = unwrap(inner.callee);
      const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
      if (FILE_READS.test(dottedName(callee))) return true;
      const [argument] = inner.arguments;
      if (dottedName(callee) === "JSON.parse")
        return argument !== undefined && isData(world, argument, file, depth + 1);
      if (callee.type === "MemberExpression" && KEEPERS.test(name ?? ""))
        return isData(world, callee.object, file, depth + 1);
      const store = world.facts.stores.call(inner, file);
      return store?.model != null && store.kind === "read" && givesMany(name ?? "");
    }
    default:
      return false;
  }
}

function givesMany(method: string): boolean {
  return /^(?:find|findAll|findMany|all|many|manyOrNone|any|getMany|select|toArray|query|lean|exec|scan|list)$/.test(
    method,
  );
}

function letsGo(node: Node): boolean {
  if (node.type === "AwaitExpression" || node.type === "YieldExpression") return true;
  return childrenOf(node).some((child) => letsGo(child));
}
