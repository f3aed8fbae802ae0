import type { Place } from "../flow/place.ts";
import { describePlace, placeOf } from "../flow/place.ts";
import type { ReadEvent, WriteEvent } from "../flow/summary.ts";
import { type Finding, spanOf, traceStep } from "../finding.ts";
import type { ProjectWorld } from "../project/world.ts";
import type { Site } from "../syntax/source-file.ts";
import type { Activation } from "./activation.ts";

/**
 * The guideline as a rule: a function that runs beside itself touches no mutable state. Each variable (or
 * field of a shared object) is reported once for each `runAsync` function, where it is touched first.
 */
export function findSharedState(
  world: ProjectWorld,
  activations: readonly Activation[],
): Finding[] {
  const findings = new Map<string, Finding>();
  const inPools = activations.filter((activation) => runsInPool(world, activation));
  const mutable = inPools.length > 0 ? mutableNames(activations) : new Set<string>();
  for (const activation of inPools) {
    for (const event of activation.events) {
      if (event.kind !== "read" && event.kind !== "write") continue;
      const name = nameOfState(event.place);
      if (name === null || !mutable.has(name)) continue;
      const id = `${activation.root.fn.node.range.join()}|${activation.root.fn.file.path}|${name}`;
      if (!findings.has(id)) findings.set(id, describe(activation, event));
    }
  }
  return [...new Map([...findings.values()].map((finding) => [keyOf(finding), finding])).values()];
}

function keyOf({ path, start }: Finding): string {
  return `${path}:${String(start)}`;
}

function runsInPool(world: ProjectWorld, { root }: Activation): boolean {
  return (
    root.trigger === "task" ||
    (root.fn.wrappers?.some(({ callee }) => world.facts.isRunAsync(callee)) ?? false)
  );
}

/** State that some activation writes: what nobody changes after the start is no state. */
function mutableNames(activations: readonly Activation[]): ReadonlySet<string> {
  return new Set(
    activations.flatMap(({ writes }) => writes.flatMap(({ place }) => nameOfState(place) ?? [])),
  );
}

function nameOfState(place: Place): string | null {
  // Stores are shared on purpose.
  return place.root.kind === "store" ? null : (stateOf(place)?.id ?? null);
}

/** The state that a location is part of: a variable, a field of the shared instance of a class, or a table. */
export function stateOf({ root, path }: Place): Place | null {
  if (root.kind === "variable" || root.kind === "store") return placeOf(root);
  return root.kind === "instance" ? placeOf(root, path.slice(0, 1)) : null;
}

function describe({ root }: Activation, event: ReadEvent | WriteEvent): Finding {
  const site: Site = event.chain[0] ?? event.site;
  const { file, node } = site;
  const state = describePlace({ ...event.place, path: event.place.path.slice(0, 1) });
  const verb = event.kind === "write" ? "writes" : "reads";
  return {
    hazard: "shared-state",
    ...spanOf(site),
    message: `\`${root.name}\` ${verb} \`${state}\` here, which outlives the call and changes, while other activations of it run beside it. Pass in what it needs and return what it found, and leave the state to code that runs one at a time (a plain handler, or \`sequential(key, ...)\`).`,
    isCheck: false,
    trace: [traceStep(file, node.range[0], "A", event.kind, `${verb} ${state}`)],
    activations: { A: root.name },
    confidence: "strict",
  };
}
