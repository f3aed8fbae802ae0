import type { LateTimer } from "../checks/timer-slots.ts";
import { traceStep, type Finding } from "../finding.ts";
import { describePlace } from "../flow/place.ts";
import { lineFrom } from "./chain.ts";

/** Says what a timer's callback undoes when it writes its own slot after a wait. */
export function describeLateTimer(late: LateTimer): Finding {
  const { timer, slot, site, chain, arms, rival, rivalSite } = late;
  const name = describePlace(slot);
  const line = lineFrom(site)(rivalSite);
  return {
    hazard: "check-then-act",
    path: site.file.path,
    start: site.node.range[0],
    end: site.node.range[1],
    message: [
      `The timer in \`${name}\` has fired by now, so that nobody can stop it, and its callback has waited before it ${arms ? "arms the next one" : "empties the slot"} here.`,
      `Meanwhile \`${rival.root.name}\` can stop or replace it (${line}).`,
      arms
        ? "Then the chain goes on although it was stopped, or two chains run from now on and only one of them can be stopped."
        : "Then it is the new timer's handle that goes, and nobody can stop that one.",
      `Keep a flag or the handle itself from before the wait, and look at it again here.`,
    ].join(" "),
    isCheck: true,
    trace: [
      traceStep(
        timer.root.fn.file,
        timer.root.fn.node.range[0],
        "A",
        "suspend",
        "A's timer has fired, and A waits",
      ),
      traceStep(
        rivalSite.file,
        rivalSite.node.range[0],
        "B",
        "write",
        `B stops or replaces ${name}`,
      ),
      traceStep(site.file, site.node.range[0], "A", "write", `A writes ${name}`),
      ...chain.map((step) =>
        traceStep(step.file, step.node.range[0], "A", "write", "the write itself"),
      ),
    ],
    confidence: arms ? "recommended" : "strict",
  };
}
