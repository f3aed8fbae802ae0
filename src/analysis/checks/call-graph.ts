import type { TSESTree } from "@typescript-eslint/types";
import { groupBy } from "../group-by.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { FunctionShape } from "../project/shape.ts";
import { functionOf } from "../project/class-shapes.ts";
import type { TracedMap } from "../project/provenance.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
  type Program,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";

/** A function that runs again for every update, tick or task, and how a root gets to it. */
export interface Reached {
  readonly fn: FunctionNode;
  readonly file: SourceFile;
  readonly root: ActivationRoot;
  /** Calls from the root's function to this one, outermost first. */
  readonly chain: readonly Site[];
  /** The root's activation lasts until this function is done: every call on the way is waited for. */
  readonly isAwaited: boolean;
}

interface Edge {
  readonly target: FunctionShape;
  readonly site: Site;
  readonly isAwaited: boolean;
  /** The target is handed over by the call, not called by name. */
  readonly isCallback: boolean;
}

/** A function on the way from a root, whichever root it is. */
type Step = Omit<Reached, "root">;

/** Where the calls lead from a root's function. */
interface Walk {
  readonly steps: readonly Step[];
  /** Functions that are handed over on the way, with whether each was a root of its own. */
  readonly handedOver: ReadonlyMap<FunctionNode, boolean>;
}

/** What is remembered from one analysis to the next. */
const EDGES = {};
const WALKS = {};

const callsByFunction = new WeakMap<SourceFile, Map<FunctionNode | Program, CallNode[]>>();

const LONGEST_CHAIN = 12;
const MOST_ROOTS_A_FUNCTION = 6;

/**
 * What runs more than once, for the hazards that need no data flow: a call is enough, on whatever path it
 * stands. Start-up and shut-down code is left out.
 */
export class CallGraph {
  readonly reached: ReadonlyMap<FunctionNode, readonly Reached[]>;
  readonly #world: ProjectWorld;
  readonly #edges: TracedMap<FunctionNode, readonly Edge[]>;
  readonly #walks: TracedMap<FunctionNode, Walk>;
  readonly #registered = new Set<FunctionNode>();
  /** What is reached of the file that was last asked for. */
  #inFile: { readonly path: string; readonly functions: readonly FunctionNode[] } | null = null;

  constructor(world: ProjectWorld, roots: readonly ActivationRoot[]) {
    this.#world = world;
    this.#edges = world.answersOf(EDGES);
    this.#walks = world.answersOf(WALKS);
    for (const root of roots) this.#registered.add(root.fn.node);
    const reached = new Map<FunctionNode, Reached[]>();
    const repeated = roots.filter((root) => isRepeated(root));
    const updatesFirst = [...repeated].sort((a, b) => rank(a) - rank(b));
    for (const root of updatesFirst) if (!isOneShot(root)) this.#walk(root, reached);
    this.#walkTimeouts(updatesFirst.filter(isOneShot), reached);
    this.reached = reached;
  }

  /** What is reached of one file, or of all. */
  *reachedIn(only?: string): Iterable<readonly [FunctionNode, readonly [Reached, ...Reached[]]]> {
    for (const fn of only === undefined ? this.reached.keys() : this.#functionsOf(only)) {
      const [first, ...others] = this.reached.get(fn) ?? [];
      if (first) yield [fn, [first, ...others]];
    }
  }

  /** In the order in which they are reached. Several passes ask for the file that was edited. */
  #functionsOf(path: string): readonly FunctionNode[] {
    if (this.#inFile?.path !== path) {
      const functions = [...this.reached.values()].flatMap(([first]) =>
        first?.file.path === path ? [first.fn] : [],
      );
      this.#inFile = { path, functions };
    }
    return this.#inFile.functions;
  }

  /** A one-shot timer repeats what sets it: repeated code, or its own run. */
  #walkTimeouts(timeouts: readonly ActivationRoot[], reached: Map<FunctionNode, Reached[]>): void {
    let waiting = timeouts;
    for (let before = -1; before !== waiting.length;) {
      before = waiting.length;
      waiting = waiting.filter((root) => {
        const setter = root.site.file.enclosing(root.site.node);
        if (setter.type === "Program") return false;
        const own = new Map<FunctionNode, Reached[]>();
        if (!reached.has(setter)) this.#walk(root, own);
        if (!reached.has(setter) && !own.has(setter)) return true;
        this.#walk(root, reached);
        return false;
      });
    }
  }

  /** The calls that stand in the function itself, not in functions inside it. */
  callsIn(fn: FunctionNode | Program, file: SourceFile): readonly CallNode[] {
    let index = callsByFunction.get(file);
    if (!index) {
      index = groupBy(file.calls, (call) => file.enclosing(call));
      callsByFunction.set(file, index);
    }
    return index.get(fn) ?? [];
  }

  #walk(root: ActivationRoot, reached: Map<FunctionNode, Reached[]>): void {
    for (const { fn, file, chain, isAwaited } of this.#walkFrom(root).steps) {
      const known = reached.get(fn);
      if (!known) reached.set(fn, [{ fn, file, root, chain, isAwaited }]);
      else if (known.length < MOST_ROOTS_A_FUNCTION)
        known.push({ fn, file, root, chain, isAwaited });
    }
  }

  /** After an edit most walks lead where they led before. */
  #walkFrom({ fn: { node, file } }: ActivationRoot): Walk {
    const known = this.#walks.get(node);
    const holds =
      known && [...known.handedOver].every(([fn, isRoot]) => this.#registered.has(fn) === isRoot);
    return holds ? known : this.#walks.make(node, () => this.#follow(node, file));
  }

  #follow(start: FunctionNode, file: SourceFile): Walk {
    const seen = new Set<FunctionNode>([start]);
    const handedOver = new Map<FunctionNode, boolean>();
    const steps: Step[] = [{ fn: start, file, chain: [], isAwaited: true }];
    // It grows while it is gone through, breadth first.
    for (const next of steps) {
      if (next.chain.length >= LONGEST_CHAIN) continue;
      for (const edge of this.#edgesOf(next.fn, next.file)) {
        const { node } = edge.target;
        if (seen.has(node)) continue;
        if (edge.isCallback) {
          // A handler that is registered here is a root of its own, and a repeated one.
          const isRoot = this.#registered.has(node);
          handedOver.set(node, isRoot);
          if (isRoot) continue;
        }
        seen.add(node);
        steps.push({
          fn: node,
          file: edge.target.file,
          chain: isFunction(edge.site.node) ? next.chain : [...next.chain, edge.site],
          isAwaited: next.isAwaited && edge.isAwaited,
        });
      }
    }
    return { steps, handedOver };
  }

  #edgesOf(fn: FunctionNode, file: SourceFile): readonly Edge[] {
    return this.#edges.answer(fn, () => {
      this.#world.project.provenance.note(file.path);
      const edges: Edge[] = [];
      for (const call of this.callsIn(fn, file)) {
        const isAwaited = isWaitedFor(call, file);
        for (const target of this.#functions(call.callee, file))
          edges.push({ target, site: { file, node: call }, isAwaited, isCallback: false });
        for (const argument of call.arguments) {
          if (argument.type === "SpreadElement") continue;
          for (const target of this.#callbacks(argument, file))
            edges.push({ target, site: { file, node: target.node }, isAwaited, isCallback: true });
        }
      }
      return edges;
    });
  }

  #functions(node: Node, file: SourceFile): FunctionShape[] {
    return this.#world.shapes.of(node, file).flatMap((shape) => functionOf(shape) ?? []);
  }

  #callbacks(argument: Node, file: SourceFile): FunctionShape[] {
    const inner = unwrap(argument);
    if (inner.type === "ObjectExpression")
      return inner.properties.flatMap((property) =>
        property.type === "Property" && isFunction(property.value)
          ? [{ kind: "function" as const, file, node: property.value }]
          : [],
      );
    return this.#world.shapes
      .of(inner, file)
      .filter((shape): shape is FunctionShape => shape.kind === "function");
  }
}

export type CallNode = TSESTree.CallExpression | TSESTree.NewExpression;

/** Start-up and shut-down code runs once. */
function isRepeated(root: ActivationRoot): boolean {
  return (
    root.concurrency !== "exclusive" && root.trigger !== "startup" && root.trigger !== "shutdown"
  );
}

function isOneShot(root: ActivationRoot): boolean {
  return root.trigger === "timer" && !/setInterval/.test(root.name);
}

function rank(root: ActivationRoot): number {
  if (root.trigger === "update" || root.trigger === "event") return 0;
  return root.trigger === "task" ? 1 : 2;
}

/** Whether the function that makes the call lasts until the call's promise settles. */
export function isWaitedFor(call: Node, file: SourceFile): boolean {
  let node = call;
  for (let parent = file.parentOf(node); parent; parent = file.parentOf(node)) {
    switch (parent.type) {
      case "AwaitExpression":
      case "ReturnStatement":
        return true;
      case "ArrowFunctionExpression":
        return parent.body === node;
      case "ChainExpression":
      case "ConditionalExpression":
      case "LogicalExpression":
      case "ArrayExpression":
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "MemberExpression":
        node = parent;
        continue;
      case "CallExpression":
        // `a().then(...)`, `a().catch(...)` and `Promise.all([a()])` wait for `a` when they are waited for.
        node = parent;
        continue;
      default:
        return false;
    }
  }
  return false;
}

/** A statement of its own, also with `void` or a `.catch(...)` behind it. */
export function isUnawaited(call: Node, file: SourceFile): boolean {
  let node = call;
  for (let parent = file.parentOf(node); parent; parent = file.parentOf(node)) {
    if (parent.type === "ExpressionStatement") return true;
    const isCaught =
      parent.type === "MemberExpression" &&
      parent.object === node &&
      propertyName(parent) === "catch";
    const isOuterCall = parent.type === "CallExpression" && parent.callee === node;
    const isVoid = parent.type === "UnaryExpression" && parent.operator === "void";
    if (!isCaught && !isOuterCall && !isVoid && parent.type !== "ChainExpression") return false;
    node = parent;
  }
  return false;
}
