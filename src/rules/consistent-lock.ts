import { createRule } from "./create-rule.ts";

export default createRule({
  name: "consistent-lock",
  description: "Require the lock that most writers of a state hold at every write of it",
  hazards: ["inconsistent-lock"],
  isRecommended: false,
});
