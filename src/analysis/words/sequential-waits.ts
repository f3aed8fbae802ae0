import type { SequentialWait } from "../checks/sequential-waits.ts";
import { traceStep, type Finding } from "../finding.ts";
import { dottedName } from "../syntax/ast.ts";

/** Says who waits for what, and what keeps the order without the wait. */
export function describeSequentialWait(wait: SequentialWait): Finding {
  const { root, file, statements, extraction } = wait;
  const [first] = statements;
  const others = statements.slice(1).map(({ statement }) => file.lineOf(statement));
  const also = others.length === 0 ? "" : ` (also on line ${others.join(", ")})`;
  return {
    hazard: "sequential-wait",
    path: file.path,
    start: first.core.range[0],
    end: first.core.range[1],
    message: `${root.reason}, so everybody waits until \`${dottedName(first.core.callee)}\`${also} is done, and nothing in \`${root.name}\` needs that. Let a \`runAsync\` function do it, with the chat as its \`key\`: its calls for one chat stay in order, and the next update is handled meanwhile.`,
    isCheck: false,
    trace: statements.map(({ core }) =>
      traceStep(file, core.range[0], "A", "wait", `waits for ${dottedName(core.callee)}`),
    ),
    confidence: "strict",
    ...(extraction
      ? {
          repairs: [
            {
              title: `Move it into a runAsync function (${extraction.names.join(", ")})`,
              edits: extraction.edits,
            },
          ],
        }
      : {}),
  };
}
