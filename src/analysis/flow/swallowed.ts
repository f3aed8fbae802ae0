import type { TSESTree } from "@typescript-eslint/types";
import type { Node } from "../syntax/ast.ts";
import { constantOf } from "./constant.ts";
import type { Frame } from "./frame.ts";

/** The statement stands in a `try` whose handler ends as if nothing had happened, or has a `.catch` that does. */
export function isFailureSwallowed(frame: Frame, node: Node): boolean {
  for (let inner: Node = node; inner !== frame.fn;) {
    const outer = frame.file.parentOf(inner);
    if (!outer) return false;
    if (outer.type === "TryStatement" && outer.block === inner && outer.handler)
      return returnsNothing(outer.handler.body);
    inner = outer;
  }
  return false;
}

/** The handler gives back `null` or nothing, and tells nobody. */
function returnsNothing(body: TSESTree.BlockStatement): boolean {
  const [first] = body.body;
  if (!first) return true;
  if (first.type !== "ReturnStatement") return false;
  const constant = first.argument ? constantOf(first.argument)?.text : "undefined";
  return constant === "null" || constant === "undefined";
}
