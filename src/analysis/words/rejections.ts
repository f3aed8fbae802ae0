import type { LostRejection } from "../checks/rejections.ts";
import { type Finding, type Repair, spanOf, traceStep } from "../finding.ts";
import { callSteps, chainInWords, lineFrom } from "./chain.ts";

/** Says which promise nobody listens to, and who should. */
export function describeRejection(lost: LostRejection): Finding {
  const { site, reached } = lost;
  const { file, node } = site;
  const repair = awaited(lost);
  return {
    hazard: "unobserved-rejection",
    ...spanOf(site),
    message: `${happens(lost)} ${wayOut(lost)}`,
    isCheck: false,
    trace: [
      ...callSteps(reached),
      traceStep(file, node.range[0], "A", "submit", "a promise that nobody listens to"),
    ],
    activations: { A: reached.root.name },
    confidence: "strict",
    ...(repair ? { repairs: [repair] } : {}),
  };
}

function happens(lost: LostRejection): string {
  const root = `\`${lost.reached.root.name}\`${chainInWords(lost.reached)}`;
  const end = "an unhandled rejection ends the whole process";
  switch (lost.kind) {
    case "dropped":
      return `${root} starts this promise and drops it. When it rejects nobody is told, and ${end}.`;
    case "dropped-callbacks":
      return `${root} drops the promises of these callbacks. When one rejects nobody is told, and ${end}.`;
    case "awaited-late": {
      const wait = lost.waitBefore ? lineFrom(lost.site)(lost.waitBefore) : "";
      return `${root} starts \`${lost.name ?? "this promise"}\` here and listens to it only after another wait (${wait}). When it rejects meanwhile, ${end}, although an await stands below.`;
    }
  }
}

function wayOut({ kind }: LostRejection): string {
  switch (kind) {
    case "dropped":
      return "Await or return it, or end it with `.catch(...)`.";
    case "dropped-callbacks":
      return "Await `Promise.all(list.map(...))`, or a loop with `await` in it.";
    case "awaited-late":
      return "Await both with `Promise.all([...])`, or attach a `.catch(...)` at once.";
  }
}

/** `await` in front, where the function may wait. */
function awaited({ kind, site }: LostRejection): Repair | null {
  const { file, node } = site;
  const owner = file.enclosing(node);
  const isStatement = file.parentOf(node)?.type === "ExpressionStatement";
  if (kind !== "dropped" || owner.type === "Program" || !owner.async || !isStatement) return null;
  const [start] = node.range;
  return { title: "Await it", edits: [{ start, end: start, text: "await " }] };
}
