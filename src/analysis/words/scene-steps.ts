import type { RepeatedStep } from "../checks/scene-steps.ts";
import { traceStep, type Finding } from "../finding.ts";
import { dottedName } from "../syntax/ast.ts";

/** Says what happens when two updates of one user reach the same step of a dialogue together. */
export function describeRepeatedStep({ root, model, move, pause, effect }: RepeatedStep): Finding {
  const { file } = root.fn;
  // The effect may stand in a helper: then the step is what the reader knows.
  const path = [...effect.chain, effect.site];
  const site = path.find((candidate) => candidate.file === file) ?? { file, node: move };
  const moves = `\`${dottedName(move.type === "CallExpression" ? move.callee : move)}\` (line ${String(file.lineOf(move))})`;
  return {
    hazard: "check-then-act",
    path: file.path,
    start: site.node.range[0],
    end: site.node.range[1],
    message: [
      "This step runs for every update that finds the dialogue here.",
      model.storage === "copy"
        ? `${moves} moves on only this update's own copy of the session, which is stored when the update is done.`
        : `${moves} moves on only after the code has waited (line ${String(file.lineOf(pause))}).`,
      `Two updates of one user that come together (${root.reason}) both run it, and this happens twice.`,
      model.storage === "copy"
        ? "Put `sequentialize` by user in front of the session."
        : "Move the cursor before the first `await`, or run the step under one lock per user.",
    ].join(" "),
    isCheck: true,
    trace: [
      traceStep(root.site.file, root.site.node.range[0], "A", "check", `A: ${root.name}`),
      traceStep(file, pause.range[0], "A", "suspend", "A waits"),
      traceStep(root.site.file, root.site.node.range[0], "B", "check", "B finds the same step"),
      traceStep(file, site.node.range[0], "A", "write", "A does it"),
      traceStep(file, site.node.range[0], "B", "write", "B does it again"),
    ],
    confidence: "strict",
  };
}
