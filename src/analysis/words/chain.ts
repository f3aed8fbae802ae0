import { basename } from "node:path";
import type { Reached } from "../checks/call-graph.ts";
import { traceStep, type TraceStep } from "../finding.ts";
import { dottedName } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";

/** `through save() (store.ts line 12)`: how a root gets to where something happens. Empty when it is there itself. */
export function chainInWords({ chain, file }: Pick<Reached, "chain" | "file">): string {
  if (chain.length === 0) return "";
  const calls = chain.map((site) => callInWords(site));
  const last = chain.at(-1);
  const where =
    last && last.file !== file
      ? ` (${basename(last.file.path)} line ${String(last.file.lineOf(last.node))})`
      : "";
  return ` (through ${calls.join(" -> ")}${where})`;
}

/** The calls on the way from the root, as steps of the finding's trace. */
export function callSteps({ root, chain }: Reached): TraceStep[] {
  return chain.map(({ file, node }) =>
    traceStep(file, node.range[0], "A", "call", `${root.name} calls`),
  );
}

function callInWords({ node }: Site): string {
  if (node.type === "CallExpression") return `${dottedName(node.callee)}()`;
  return node.type === "NewExpression" ? `new ${dottedName(node.callee)}()` : "a callback";
}

/** The line of a site, with its file's name when that is another file than the reader's. */
export function lineFrom(from: Site): (site: Site) => string {
  return (site) => {
    const line = `line ${String(site.file.lineOf(site.node))}`;
    return site.file === from.file ? line : `${basename(site.file.path)} ${line}`;
  };
}
