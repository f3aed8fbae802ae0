import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-listener-in-handler",
  description:
    "Disallow registering a listener on a shared object in code that runs for every update",
  hazards: ["listener-in-handler"],
});
