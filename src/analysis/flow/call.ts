import type { TSESTree } from "@typescript-eslint/types";
import type { Shape } from "../project/shape.ts";
import type { Node } from "../syntax/ast.ts";
import type { Value } from "./value.ts";

/** Everything that is known of one call while it is evaluated. */
export interface Call {
  readonly node: TSESTree.CallExpression;
  readonly callee: Node;
  readonly name: string | null;
  readonly dotted: string;
  readonly receiver: Value | null;
  readonly isAwaited: boolean;
  readonly shapes: readonly Shape[];
}
