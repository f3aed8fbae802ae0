import type { Activation } from "../checks/activation.ts";
import type { Rival } from "../checks/races.ts";
import { traceStep, type TraceStep } from "../finding.ts";
import { describePlace } from "../flow/place.ts";
import type { Hazard, WriteEvent, WriteVerb } from "../flow/summary.ts";
import type { Site } from "../syntax/source-file.ts";

/** A race step by step, in the order in which it goes wrong, with what the location holds after each. */
export function raceTrace(activation: Activation, hazard: Hazard, rival: Rival): TraceStep[] {
  const seen = describePlace(hazard.read.place);
  // What the check was of need not be what it allows to write.
  const written = describePlace(hazard.place);
  const at = (
    site: Site,
    who: "A" | "B",
    step: TraceStep["step"],
    text: string,
    state?: TraceStep["state"],
  ): TraceStep => traceStep(site.file, site.node.range[0], who, step, text, state);
  const isRead = hazard.kind === "lost-update";
  const look = at(hazard.read.site, "A", isRead ? "read" : "check", `A reads ${seen}`, {
    place: seen,
    value: valueSeen(hazard),
  });
  const waits = at(hazard.suspension.site, "A", "suspend", "A waits");
  const between = rival.write
    ? at(rival.write.site, "B", "write", `B writes ${seen}`, {
        place: seen,
        value: valueWritten(rival.write),
      })
    : at(hazard.site, "B", "write", `B, another callback of the same call, writes ${written}`);
  const value = valueOverwritten(hazard);
  const writes = [
    at(
      hazard.site,
      "A",
      "write",
      `A writes ${written}`,
      value === null ? undefined : { place: written, value },
    ),
    ...hazard.chain.map((site) => at(site, "A", "write", "A writes it here")),
  ];
  return [
    ...hazard.callers.map((site) => at(site, "A", "call", `${activation.root.name} calls`)),
    ...inOrder(hazard, { look, waits, between, writes }),
  ];
}

/** What an activation stored itself it looks at after the wait; anything else it looked at before. */
function inOrder(
  { kind, verb }: Hazard,
  steps: Record<"look" | "waits" | "between", TraceStep> & { writes: readonly TraceStep[] },
): TraceStep[] {
  const { look, waits, between, writes } = steps;
  if (kind !== "overwritten") return [look, waits, between, ...writes];
  return verb === "delete" ? [waits, between, look, ...writes] : [...writes, waits, between, look];
}

function valueSeen({ kind, verb, outcome }: Hazard): string {
  if (kind === "overwritten") return verb === "delete" ? "there, but B's" : "B's";
  if (outcome === "absent") return "nothing, or false";
  if (outcome === "present") return "there, or true";
  return kind === "lost-update" ? "the old value" : "what lets A go on";
}

function valueWritten({ verb, constant }: WriteEvent): string {
  return constant?.text ?? AFTER[verb];
}

const AFTER: Readonly<Record<WriteVerb, string>> = {
  assign: "B's value",
  update: "changed by B",
  delete: "gone",
  remove: "one element less",
  add: "one element more",
  create: "B's row",
};

function valueOverwritten({ kind, verb, constant }: Hazard): string | null {
  if (kind === "overwritten") return verb === "delete" ? "gone, though it was B's" : "A's own";
  if (kind === "lost-update")
    return constant
      ? `${constant.text}, B's change is lost`
      : "from the old value, B's change is lost";
  if (constant) return constant.text;
  return verb === "create" ? "a second row" : null;
}
