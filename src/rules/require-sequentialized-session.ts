import { createRule } from "./create-rule.ts";

export default createRule({
  name: "require-sequentialized-session",
  description:
    "Require updates of one session to be handled one after the other where each loads its own copy",
  hazards: ["unsequenced-session"],
  hasSuggestions: true,
});
