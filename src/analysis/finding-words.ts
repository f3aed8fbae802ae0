import { basename } from "node:path";
import type { Activation } from "./checks/activation.ts";
import type { Rival } from "./checks/races.ts";
import { traceStep, type Finding, type TraceStep } from "./finding.ts";
import { describePlace } from "./flow/place.ts";
import type { Hazard } from "./flow/summary.ts";
import type { ActivationRoot } from "./project/roots.ts";
import { dottedName, type Node } from "./syntax/ast.ts";
import type { Site } from "./syntax/source-file.ts";

/** Says a race as two activations would tell it: who reads what where, who writes in between, what is lost. */
export function describeRace(activation: Activation, hazard: Hazard, rival: Rival): Finding {
  const state = describePlace(hazard.read.place);
  const { site } = hazard;
  const where = lineIn(site);
  const isStore = hazard.place.root.kind === "store";
  const isCheck = hazard.kind === "check-then-act";
  const handler = activation.root.name;
  const sentences = [
    isCheck
      ? `${code(state)} was checked ${where(hazard.read.site)}, but the code suspends (${where(hazard.suspension.site)}: ${excerpt(hazard.suspension.site.node)}) before it acts on the check here.`
      : `${code(state)} was read ${where(hazard.read.site)}, but the code suspends (${where(hazard.suspension.site)}: ${excerpt(hazard.suspension.site.node)}) before it writes here what it computed from the old value.`,
    between(activation, rival, hazard, where),
    consequence(hazard, isStore),
    wayOut(hazard, isStore),
  ];
  return {
    hazard: isStore ? "store-race" : hazard.kind,
    path: site.file.path,
    start: site.node.range[0],
    end: site.node.range[1],
    message: sentences.join(" "),
    isCheck,
    trace: traceOf(hazard, rival, state, handler),
    confidence: "recommended",
  };
}

function code(text: string): string {
  return `\`${text}\``;
}

function lineIn(from: Site): (site: Site) => string {
  return (site) => {
    const line = `line ${String(site.file.lineOf(site.node))}`;
    return site.file === from.file ? line : `${basename(site.file.path)} ${line}`;
  };
}

function excerpt(node: Node): string {
  if (node.type === "AwaitExpression")
    return `await ${dottedName(node.argument)}${node.argument.type === "CallExpression" ? "(...)" : ""}`;
  if (node.type === "CallExpression") return `${dottedName(node.callee)}(...)`;
  return node.type === "ForOfStatement" ? "for await" : "waits here";
}

function between(
  activation: Activation,
  rival: Rival,
  hazard: Hazard,
  where: (site: Site) => string,
): string {
  if (!rival.write)
    return `The other callbacks of the same ${code("map")} or ${code("forEach")} run meanwhile and do the same.`;
  const other = rival.activation.root;
  const line = where(rival.write.site);
  if (other === activation.root)
    return `Meanwhile another ${code(other.name)} activation can run the same lines and change it (${line}); ${other.reason}.`;
  void hazard;
  return `Meanwhile ${code(other.name)} can run and change it (${line}); ${overlapReason(activation.root, other)}.`;
}

function overlapReason(a: ActivationRoot, b: ActivationRoot): string {
  if (b.trigger === "timer" || b.trigger === "job")
    return "timers and jobs run beside the handlers";
  if (a.trigger === "timer" || a.trigger === "job") return "handlers run beside timers and jobs";
  return b.concurrency === "concurrent" ? b.reason : a.reason;
}

function consequence(hazard: Hazard, isStore: boolean): string {
  if (hazard.kind === "lost-update") return "That change is overwritten and lost.";
  if (hazard.verb === "create") return "Both find nothing and both create.";
  return isStore
    ? "Both pass the check and both write."
    : "Both pass the check, and what it was to prevent happens twice.";
}

function wayOut(hazard: Hazard, isStore: boolean): string {
  if (isStore)
    return hazard.kind === "lost-update"
      ? "Let the store compute the change (an atomic increment or a condition on the old value), or run read and write under one lock per key."
      : "Make the store decide (a condition in the write, a unique key), or run check and write under one lock per key.";
  return hazard.kind === "lost-update"
    ? "Await first and then read and write in one step, or run both under sequential(key, ...)."
    : "Write before the first await (claim it, and give it back on failure), test again after it, or run both under sequential(key, ...).";
}

function traceOf(hazard: Hazard, rival: Rival, state: string, handler: string): TraceStep[] {
  const at = (
    site: Site,
    activation: "A" | "B",
    step: TraceStep["step"],
    text: string,
  ): TraceStep => traceStep(site.file, site.node.range[0], activation, step, text);
  const steps = [
    ...hazard.callers.map((site) => at(site, "A", "call", `${handler} calls`)),
    at(hazard.read.site, "A", hazard.kind === "lost-update" ? "read" : "check", `A reads ${state}`),
    at(hazard.suspension.site, "A", "suspend", "A suspends"),
  ];
  if (rival.write) steps.push(at(rival.write.site, "B", "write", `B writes ${state}`));
  steps.push(at(hazard.site, "A", "write", `A writes ${state} from what it read before`));
  for (const site of hazard.chain) steps.push(at(site, "A", "write", "the write itself"));
  return steps;
}
