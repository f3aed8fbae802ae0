import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-unordered-effects",
  description: "Disallow effects whose order people see and nothing keeps",
  hazards: ["unordered-effects"],
  hasLikelyFindings: true,
});
