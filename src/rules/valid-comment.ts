import { createRule } from "./create-rule.ts";

export default createRule({
  name: "valid-comment",
  description: "Require comments to the analysis to be understood and to give their reason",
  hazards: ["unclear-comment"],
  isRecommended: true,
});
