import type { ExplainedStatement, Explanation } from "../explain/explain.ts";
import type { ProjectWorld } from "../project/world.ts";
import type { Node } from "../syntax/ast.ts";
import { movable, type Movable } from "./movable.ts";
import { Overtakers, type Overtaker } from "./order.ts";

/** Statements of a handler, parted into those that could run as tasks and those that have to stay. */
export interface Selection {
  readonly movables: readonly Movable[];
  readonly left: readonly { readonly node: Node; readonly reason: string }[];
}

export function select(
  explanation: Explanation,
  statements: readonly ExplainedStatement[],
  world: ProjectWorld,
): Selection {
  const movables: Movable[] = [];
  const left: { node: Node; reason: string }[] = [];
  for (const statement of statements) {
    const outcome = movable(statement, explanation, world);
    if (typeof outcome === "string") left.push({ node: statement.node, reason: outcome });
    else movables.push(outcome);
  }
  return { movables, left };
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
