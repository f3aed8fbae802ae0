import type { Race } from "../../analysis/checks/races.ts";
import { meets } from "../../analysis/flow/place.ts";
import type { ProjectWorld } from "../../analysis/project/world.ts";
import { isFunction, type Node } from "../../analysis/syntax/ast.ts";
import { awaitedStubs } from "./labels.ts";

/**
 * The calls that a guard is there for: `if (busy) return; busy = true; try { await work() } finally { busy = false }`.
 * In the end nothing shows that two were inside at once, so a test has to look at the calls themselves.
 */
export function exclusiveCalls(
  { activation, hazard }: Race,
  world: ProjectWorld,
): readonly string[] {
  if (hazard.kind !== "check-then-act" || hazard.outcome !== "absent") return [];
  const freed = activation.writes.find(
    (write) =>
      meets(write.place, hazard.place) &&
      write.site.file === hazard.site.file &&
      write.site.node.range[0] > hazard.site.node.range[1] &&
      (write.verb === "delete" || write.verb === "remove" || write.constant?.isTruthy === false),
  );
  if (!freed) return [];
  const { file, node } = hazard.site;
  const around = file.enclosing(node);
  if (!isFunction(around)) return [];
  const isBetween = (inner: Node): boolean =>
    inner.range[0] > node.range[1] && inner.range[1] <= freed.site.node.range[0];
  return awaitedStubs(around, file, world, isBetween);
}
