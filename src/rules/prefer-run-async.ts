import { createRule } from "./create-rule.ts";

export default createRule({
  name: "prefer-run-async",
  description: "Prefer runAsync for what a sequential handler waits for without need",
  hazards: ["sequential-wait"],
  type: "suggestion",
  isRecommended: false,
  hasSuggestions: true,
});
