import { isFunction, type Node } from "./ast.ts";
import type { Site } from "./source-file.ts";

/** An `if` that code stands behind, in its own function. */
export interface Branch {
  readonly test: Node;
  /** It runs where the test holds, and not in the `else`. */
  readonly isConsequent: boolean;
}

/** The branches around a node, the innermost first. */
export function branchesAround({ file, node }: Site): Branch[] {
  const branches: Branch[] = [];
  let inner = node;
  for (
    let outer = file.parentOf(inner);
    outer && !isFunction(outer);
    outer = file.parentOf(inner)
  ) {
    if (outer.type === "IfStatement" && inner !== outer.test)
      branches.push({ test: outer.test, isConsequent: inner === outer.consequent });
    inner = outer;
  }
  return branches;
}
