import type { Activity } from "../activity.ts";
import { explain } from "../explain/explain.ts";
import { isLoop } from "../explain/rows.ts";
import { SharedState } from "../explain/shared-state.ts";
import { annotatedTypes, hasTypes } from "../extraction/annotations.ts";
import { isFilled, type Column } from "../extraction/column.ts";
import { extract, isRefusal, type Extraction } from "../extraction/extraction.ts";
import type { Movable } from "../extraction/movable.ts";
import { select, withoutOvertaken } from "../extraction/selection.ts";
import type { Finding } from "../finding.ts";
import { isRegisteredByCall, type ActivationRoot } from "../project/roots.ts";
import { childrenOf, isFunction, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { describeSequentialWait } from "../words/sequential-waits.ts";

/** Statements that a dispatcher waits for, and with it everybody else, though nothing needs their outcome. */
export interface SequentialWait {
  readonly root: ActivationRoot;
  readonly file: SourceFile;
  /** In source order. */
  readonly statements: Column<Movable>;
  /** The repair; null where a type that it needs is not known. */
  readonly extraction: Extraction | null;
}

/**
 * Sends and logs that meet no criterion, in handlers of dispatchers that handle one update after the other. One
 * finding a handler: what is moved has to be moved together to stay in order. Left alone are handlers that the
 * project does not register (their callers may count on the wait), waits whose failure the handler handles, what a
 * later message of the handler could overtake, loops, where the wait is also the pace, and `catch` blocks.
 */
export function findSequentialWaits(
  { world, roots, activations }: Activity,
  only?: string,
): Finding[] {
  let shared: SharedState | null = null;
  const findings = new Map<FunctionNode, Finding>();
  for (const root of roots) {
    const { node, file } = root.fn;
    if (only !== undefined && file.path !== only) continue;
    if (!isSequentialHandler(root) || findings.has(node) || !waits(node.body)) continue;
    shared ??= new SharedState(activations);
    const explanation = explain(world, shared, { fn: node, file, name: root.name, root });
    const candidates = select(explanation, explanation.statements, world).movables.filter(
      ({ isAwaited, statement }) => isAwaited && !isRareOrPacing(statement, node, file),
    );
    const statements = withoutOvertaken(candidates, explanation, world);
    if (!isFilled(statements)) continue;
    const extraction = extract(explanation, statements, world, {
      typeOf: hasTypes(file) ? annotatedTypes(explanation) : null,
    });
    findings.set(
      node,
      describeSequentialWait({
        root,
        file,
        statements,
        extraction: isRefusal(extraction) ? null : extraction,
      }),
    );
  }
  return [...findings.values()];
}

/** A handler that the project registers, with a dispatcher that awaits it before the next update. */
function isSequentialHandler(root: ActivationRoot): boolean {
  return root.trigger === "update" && root.concurrency === "sequential" && isRegisteredByCall(root);
}

function waits(node: Node): boolean {
  if (isFunction(node)) return false;
  return node.type === "AwaitExpression" || childrenOf(node).some((child) => waits(child));
}

/** In a loop, where the wait is also the pace of the sends, or in a `catch`, where few ever wait. */
function isRareOrPacing(statement: Node, fn: FunctionNode, file: SourceFile): boolean {
  for (let node = file.parentOf(statement); node && node !== fn; node = file.parentOf(node))
    if (isLoop(node) || node.type === "CatchClause") return true;
  return false;
}
