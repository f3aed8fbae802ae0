import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-run-async-result",
  description:
    "Disallow using the handle that a runAsync call gives as if it were the task's value",
  hazards: ["run-async-result"],
  hasSuggestions: true,
});
