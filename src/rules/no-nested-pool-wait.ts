import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-nested-pool-wait",
  description: "Disallow a task of a bounded pool to wait for another task of the same pool",
  hazards: ["nested-pool-wait"],
});
