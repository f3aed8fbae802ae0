import type { LateListener } from "../checks/listeners.ts";
import type { PatternRemoval } from "../checks/pattern-removal.ts";
import { type Finding, spanOf, traceStep } from "../finding.ts";
import { callSteps, chainInWords } from "./chain.ts";

/** Says who adds the listener again and again, and what the listeners of others do with an event. */
export function describeListener(listener: LateListener): Finding {
  const { site, reached, name, receiver } = listener;
  const { file, node } = site;
  return {
    hazard: "listener-in-handler",
    ...spanOf(site),
    message: [
      `Each \`${reached.root.name}\`${chainInWords(reached)} adds one more listener here to \`${receiver}\`, which all updates share.`,
      listener.isOnce
        ? "It is taken off by the next event, whoever causes that: another user's message answers this one's question, and two waiting activations both take the same event."
        : "Nothing takes it off: after n updates one event runs n of them, each with the data of another update, and the memory of all stays.",
      listener.isOnce
        ? "Register one listener at start-up and keep what is waited for under the chat's or user's key."
        : `Register \`${name}\` once at start-up and keep what is waited for under the chat's or user's key, or take the listener off by the same function reference when it is done.`,
    ].join(" "),
    isCheck: false,
    trace: [
      ...callSteps(reached),
      traceStep(file, node.range[0], "A", "register", `${name} adds a listener for good`),
    ],
    activations: { A: reached.root.name },
    confidence: "recommended",
  };
}

/** Says whose listener goes when it is taken off by a pattern that all have. */
export function describePatternRemoval(removal: PatternRemoval): Finding {
  const { site, reached, name, pattern, added } = removal;
  const { file, node } = site;
  return {
    hazard: "listener-in-handler",
    ...spanOf(site),
    message: [
      `\`${name}(${pattern})\` takes off the first listener whose pattern reads \`${pattern}\`, whichever activation added it (line ${String(added.file.lineOf(added.node))}).`,
      "With two users waiting, one's answer takes off the other's listener: that one is never answered, and this one's stays for good.",
      "Register one listener at start-up and keep what is waited for under the chat's or user's key.",
    ].join(" "),
    isCheck: false,
    trace: [
      traceStep(
        added.file,
        added.node.range[0],
        "B",
        "register",
        "another activation adds its own",
      ),
      ...callSteps(reached),
      traceStep(file, node.range[0], "A", "register", `${name} takes off the first of them`),
    ],
    confidence: "recommended",
  };
}
