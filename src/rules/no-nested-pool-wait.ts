import { describePoolWait } from "../analysis/words/pool-waits.ts";
import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-nested-pool-wait",
  description: "Disallow a task of a bounded pool to wait for another task of the same pool",
  hazards: ["nested-pool-wait"],
  options: {
    sizes: {
      schema: {
        type: "object",
        description:
          "Slots of pools whose size the code does not say, by the name of the pool's variable.",
        additionalProperties: { type: "integer", minimum: 1 },
      },
      default: {},
    },
    userReplies: {
      schema: {
        type: "boolean",
        description:
          "Report also a task that keeps its slot while it waits for the next message of its own chat or user.",
      },
      default: false,
    },
  },
  adapt: (finding, { sizes, userReplies }) => {
    if (finding.isUserReply && userReplies !== true) return null;
    if (!finding.poolWait) return finding;
    const size = (sizes as Record<string, number> | undefined)?.[finding.poolWait.pool.name];
    return size === undefined ? finding : describePoolWait(finding.poolWait, size);
  },
});
