import type { ExplainedStatement, Explanation } from "../explain/explain.ts";
import type { ProjectWorld } from "../project/world.ts";
import { childrenOf, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { movable, type Movable } from "./movable.ts";
import { Overtakers, type Overtaker } from "./order.ts";

/** Statements of a handler, parted into those that could run as tasks and those that have to stay. */
export interface Selection {
  readonly movables: readonly Movable[];
  readonly left: readonly {
    readonly node: Node;
    readonly reason: string;
    /** It is a statement of its own, which somebody might have expected to move. */
    readonly isCall: boolean;
  }[];
}

export function select(
  explanation: Explanation,
  statements: readonly ExplainedStatement[],
  world: ProjectWorld,
): Selection {
  const movables: Movable[] = [];
  const left: Selection["left"][number][] = [];
  for (const statement of statements) {
    const outcome = movable(statement, explanation, world);
    if (typeof outcome === "string")
      left.push({
        node: statement.node,
        reason: outcome,
        isCall: statement.node.type === "ExpressionStatement",
      });
    else movables.push(outcome);
  }
  return { movables, left };
}

/**
 * Leaves out the logs that nobody waits for and that do not stand beside what is sent: a task of their own would
 * help nobody.
 */
export function withoutLoneLogs(movables: readonly Movable[], { file }: Explanation): Movable[] {
  return movables.filter(
    (movable) =>
      movable.isAwaited ||
      !movable.isLog ||
      movables.some(
        (other) => !other.isLog && areNeighbours(other.statement, movable.statement, file),
      ),
  );
}

/** Whether two statements follow each other in one block, in either order. */
export function areNeighbours(a: Node, b: Node, file: SourceFile): boolean {
  const parent = file.parentOf(a);
  if (!parent || parent !== file.parentOf(b)) return false;
  const siblings = childrenOf(parent);
  return Math.abs(siblings.indexOf(b) - siblings.indexOf(a)) === 1;
}

export interface Overtaken {
  readonly movable: Movable;
  readonly overtaker: Overtaker;
}

/** A statement whose message could arrive after a later one, if just these statements were moved. */
export function overtakenAmong(
  movables: readonly Movable[],
  { fn, file }: Explanation,
  world: ProjectWorld,
): Overtaken | null {
  const overtakers = new Overtakers(world, fn, file);
  const moved = new Set<Node>(movables.map(({ statement }) => statement));
  for (const candidate of movables) {
    const overtaker = overtakers.of(candidate, moved);
    if (overtaker) return { movable: candidate, overtaker };
  }
  return null;
}

/** As many of the statements as can be moved together with nobody overtaken. */
export function withoutOvertaken(
  movables: readonly Movable[],
  explanation: Explanation,
  world: ProjectWorld,
): readonly Movable[] {
  const overtaken = overtakenAmong(movables, explanation, world);
  if (!overtaken) return movables;
  return withoutOvertaken(
    movables.filter((candidate) => candidate !== overtaken.movable),
    explanation,
    world,
  );
}
