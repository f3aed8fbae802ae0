import { createRule } from "./create-rule.ts";

export default createRule({
  name: "no-lock-order-inversion",
  description: "Disallow taking locks in an order in which their holders can wait for each other",
  hazards: ["lock-order"],
});
