import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-shared-state",
  description: "Disallow mutable state that outlives the call in runAsync functions",
  hazards: ["shared-state"],
  isRecommended: false,
});
