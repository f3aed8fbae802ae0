import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-unobserved-rejection",
  description: "Disallow promises in handlers, jobs and timers whose rejection nobody sees",
  hazards: ["unobserved-rejection"],
  isRecommended: false,
  hasSuggestions: true,
});
