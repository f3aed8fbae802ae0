import { createRule } from "./create-rule.ts";

export default createRule({
  name: "consistent-lock",
  description: "Require the lock that most accesses of a state hold at every access of it",
  hazards: ["inconsistent-lock"],
  isRecommended: false,
});
