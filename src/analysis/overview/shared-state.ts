import type { Activation } from "../checks/activation.ts";
import { stateOf } from "../checks/shared-state.ts";
import { describePlace, type Place } from "../flow/place.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { siteId, type Site } from "../syntax/source-file.ts";

/** State that some activation changes while others run, and who touches it. */
export interface StateOverview {
  readonly name: string;
  /** Where it is declared; null for a table, file or service outside of the process. */
  readonly declared: Site | null;
  readonly uses: readonly StateUse[];
}

/** What one handler, job or task does with it. */
export interface StateUse {
  readonly root: ActivationRoot;
  /** Where it is touched, each site once, in source order. */
  readonly reads: readonly Site[];
  readonly writes: readonly Site[];
}

/** The state that changes after the start, by name of its file and place there. Constants are left out. */
export function sharedStateOf(activations: readonly Activation[]): StateOverview[] {
  const states = new Map<string, { place: Place; uses: Map<ActivationRoot, Touched> }>();
  for (const { root, events } of activations)
    for (const event of events) {
      if (event.kind !== "read" && event.kind !== "write") continue;
      const place = stateOf(event.place);
      if (!place) continue;
      let state = states.get(place.id);
      if (!state)
        states.set(place.id, (state = { place, uses: new Map<ActivationRoot, Touched>() }));
      let touched = state.uses.get(root);
      if (!touched) state.uses.set(root, (touched = { read: new Map(), write: new Map() }));
      touched[event.kind].set(siteId(event.site), event.site);
    }
  return [...states.values()]
    .filter(({ uses }) => [...uses].some(([root, { write }]) => isRunning(root) && write.size > 0))
    .filter(({ uses }) => uses.size > 1 || [...uses.keys()].some(overlapsItself))
    .map(({ place, uses }) => ({
      name: describePlace(place),
      declared: declarationOf(place),
      uses: [...uses].map(([root, { read, write }]) => ({
        root,
        reads: inSourceOrder(read),
        writes: inSourceOrder(write),
      })),
    }))
    .sort((a, b) => compare(positionOf(a), positionOf(b)) || compare(a.name, b.name));
}

type Touched = Record<"read" | "write", Map<string, Site>>;

/** What start-up and shut-down code writes nobody else sees change. */
function isRunning({ concurrency }: ActivationRoot): boolean {
  return concurrency !== "exclusive";
}

/** Otherwise one that is alone with its state finds it as it left it. */
function overlapsItself({ concurrency }: ActivationRoot): boolean {
  return concurrency === "concurrent" || concurrency === "keyed";
}

function declarationOf({ root, path }: Place): Site | null {
  if (root.kind === "variable") {
    const node = root.variable.identifiers[0];
    return node ? { file: root.file, node } : null;
  }
  if (root.kind !== "instance") return null;
  const [first] = path;
  const field = root.cls.body.body.find(
    (member) =>
      member.type === "PropertyDefinition" &&
      first?.kind === "field" &&
      root.file.textOf(member.key) === first.name,
  );
  return { file: root.file, node: field ?? root.cls };
}

function inSourceOrder(sites: ReadonlyMap<string, Site>): Site[] {
  return [...sites.values()].sort(
    (a, b) => compare(a.file.path, b.file.path) || a.node.range[0] - b.node.range[0],
  );
}

/** Outside state comes last: no path begins with this character. */
function positionOf({ declared }: StateOverview): string {
  if (!declared) return "\uffff";
  return `${declared.file.path}:${String(declared.node.range[0]).padStart(9, "0")}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
