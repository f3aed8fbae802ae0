import { basename } from "node:path";
import type { Activation } from "../checks/activation.ts";
import type { Race, Rival } from "../checks/races.ts";
import type { Finding } from "../finding.ts";
import { describePlace, isNeighbour } from "../flow/place.ts";
import type { Hazard } from "../flow/summary.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { repairsOf } from "../repairs/repairs.ts";
import { dottedName, type Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { raceTrace } from "./race-trace.ts";

/** Says a race as its two activations live it: who reads what where, who writes in between, what is lost. */
export function describeRace(race: Race): Omit<Finding, "confidence" | "race"> {
  const {
    activation,
    hazard,
    rivals: [rival],
  } = race;
  const isStore = hazard.place.root.kind === "store";
  const { site, read } = hazard;
  const isSpan = hazard.kind === "overwritten" && hazard.verb === "assign";
  const repairs = repairsOf(race);
  const end = isSpan && read.site.file === site.file ? read.site.node.range[1] : 0;
  return {
    hazard: isStore
      ? "store-race"
      : hazard.kind === "overwritten"
        ? overwrittenHazard(hazard)
        : hazard.kind === "refused"
          ? "check-then-act"
          : hazard.kind,
    path: site.file.path,
    start: site.node.range[0],
    end: Math.max(site.node.range[1], end),
    message: [
      whatHappens(hazard),
      inBetween(activation, rival, hazard),
      consequence(hazard, isStore),
      wayOut(hazard, isStore),
    ].join(" "),
    isCheck: hazard.kind === "check-then-act",
    trace: raceTrace(activation, hazard, rival),
    activations: { A: activation.root.name, B: rival.activation.root.name },
    ...(repairs.length > 0 ? { repairs } : {}),
  };
}

function overwrittenHazard(hazard: Hazard): "lost-update" | "check-then-act" {
  return hazard.verb === "delete" ? "check-then-act" : "lost-update";
}

function whatHappens(hazard: Hazard): string {
  const state = code(describePlace(hazard.read.place));
  const where = lineSeenFrom(hazard.site);
  const pause = `${where(hazard.suspension.site)}: ${excerpt(hazard.suspension.site.node)}`;
  const seen = where(hazard.read.site);
  switch (hazard.kind) {
    case "lost-update":
      if (hazard.drains)
        return `${state} was handed on as it was on ${seen}, the code then waits (${pause}), and empties it here.`;
      return `${state} was read on ${seen}, the code then waits (${pause}), and writes here what it computed from the old value.`;
    case "check-then-act":
      if (hazard.whenGone)
        return `${state} was found on ${seen}, the code then waits (${pause}), and ${hazard.verb === "delete" ? "deletes" : "uses"} it here as if it were still there.`;
      if (hazard.isVerdict)
        return `${state} was checked on ${seen}, the code then waits (${pause}), and writes ${code(describePlace(hazard.place))} here by what it said.`;
      return `${state} was checked on ${seen}, the code then waits (${pause}), and acts here on what the check said before.`;
    case "refused":
      return `This call tests ${state} itself (${where(hazard.read.site)}) and may do nothing by now: the code waited before (${pause}), and it goes on without looking at what came of it.`;
    case "overwritten":
      return hazard.verb === "delete"
        ? `The code stored its own value in ${state}, waits (${pause}), and here deletes whatever is there by then.`
        : `${state} keeps data of one update, the code then waits (${pause}), and uses it on ${seen} as if it were still its own.`;
  }
}

function code(text: string): string {
  return `\`${text}\``;
}

/** `line 9`, with the file's name where it is another file. */
function lineSeenFrom(from: Site): (site: Site) => string {
  return (site) => {
    const line = `line ${String(site.file.lineOf(site.node))}`;
    return site.file === from.file ? line : `${line} of ${basename(site.file.path)}`;
  };
}

function excerpt(node: Node): string {
  switch (node.type) {
    case "AwaitExpression":
      return code(`await ${dottedName(node.argument)}`);
    case "CallExpression":
      return code(dottedName(node));
    case "ForOfStatement":
      return "`for await`";
    default:
      return "a suspension";
  }
}

function inBetween(activation: Activation, rival: Rival, { site, dropped }: Hazard): string {
  if (!rival.write)
    return "The other callbacks of the same call have started meanwhile and do the same.";
  const { root } = rival.activation;
  const line = lineSeenFrom(site)(rival.write.site);
  const who = root === activation.root ? `another ${code(root.name)} activation` : code(root.name);
  const isInTurn = [activation.root, root].every(
    ({ concurrency, serializer }) => concurrency === "sequential" || serializer,
  );
  const reason =
    dropped && isInTurn
      ? `nobody waits for ${excerpt(dropped.node)} (${lineSeenFrom(site)(dropped)}), and the next update begins while it runs`
      : overlapReason(activation.root, root);
  return `Meanwhile ${who} can change it (${line}): ${reason}.`;
}

function overlapReason(a: ActivationRoot, b: ActivationRoot): string {
  if (a === b) return b.reason;
  if (b.trigger === "timer" || b.trigger === "job")
    return "timers and jobs run beside the handlers";
  if (a.trigger === "timer" || a.trigger === "job") return "handlers run beside timers and jobs";
  return b.concurrency === "concurrent" ? b.reason : a.reason;
}

function consequence(hazard: Hazard, isStore: boolean): string {
  switch (hazard.kind) {
    case "lost-update":
      return hazard.drains ? "What came in meanwhile is thrown away." : "That change is lost.";
    case "refused":
      return "Then the step was the other's to take, and the user is moved on all the same.";
    case "overwritten":
      return hazard.verb === "delete"
        ? "Then it is the other's entry that goes."
        : "Then it works on the other update's data.";
    case "check-then-act":
      if (hazard.isVerdict) return "Then what was decided on the older answer is written last.";
      if (hazard.whenGone === "fails") return "Then the call fails: there is none any more.";
      if (hazard.whenGone === "creates") return "Then the row that was deleted is there again.";
      if (hazard.verb === "create") return "Then both find nothing and both create.";
      if (isNeighbour(hazard.place, hazard.read.place))
        return `Then ${code(describePlace(hazard.place))} is changed although the check would go the other way by now.`;
      return isStore
        ? "Then both pass the check and both write."
        : "Then both pass the check, and what it was to prevent happens twice.";
  }
}

function wayOut(hazard: Hazard, isStore: boolean): string {
  if (hazard.isVerdict)
    return "Ask again right before the write, or run the whole under one lock per key.";
  if (hazard.whenGone)
    return "Use a form that allows for that (`updateMany`, `deleteMany`, `rm` with `force`), or catch the error here.";
  if (isStore)
    return hazard.kind === "lost-update"
      ? "Let the store compute the change (an atomic increment, a condition on the old value), or run read and write under one lock per key."
      : "Let the store decide (a condition in the write, a unique key), or run check and write under one lock per key.";
  switch (hazard.kind) {
    case "lost-update":
      if (hazard.drains)
        return "Take out what is there first (`const batch = list; list = []`), then wait, and put it back if that fails.";
      return "Await first, then read and write in one step, or run both under `sequential(key, ...)`.";
    case "check-then-act":
      if (isNeighbour(hazard.place, hazard.read.place))
        return "Test again after the wait, or run both under `sequential(key, ...)`.";
      return "Write before the first await (and undo it on failure), test again after it, or run both under `sequential(key, ...)`.";
    case "refused":
      return "Let the call say whether it did anything, and go on only then.";
    case "overwritten":
      return hazard.verb === "delete"
        ? "Compare with the value that was stored before deleting it."
        : "Keep it in a local variable or pass it as an argument.";
  }
}
