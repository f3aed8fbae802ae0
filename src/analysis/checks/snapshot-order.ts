import type { Variable } from "../syntax/scopes.ts";
import { dottedName, type Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { remembered, type Activation } from "./activation.ts";
import type { Disorder } from "./effects.ts";
import { mayOverlap } from "./overlap.ts";

/** Snapshots of shared state that several activations write to one file, without a queue: the older may land last. */
export function* snapshotWrites(activations: readonly Activation[]): Iterable<Disorder> {
  const candidates = activations.filter(
    (activation) =>
      snapshotsIn(activation).length > 0 && mayOverlap(activation.root, activation.root),
  );
  if (candidates.length === 0) return;
  const changed = new Set(activations.flatMap((activation) => changedVariables(activation)));
  for (const activation of candidates)
    for (const { site, variables } of snapshotsIn(activation))
      if (variables.some((variable) => changed.has(variable)))
        yield {
          kind: "snapshot",
          site,
          reached: { root: activation.root, chain: [], file: site.file },
          other: null,
        };
}

interface Snapshot {
  /** The call that writes the file. */
  readonly site: Site;
  /** The module's variables that the written value derives from. */
  readonly variables: readonly Variable[];
}

const snapshotsIn = remembered(({ writes }): readonly Snapshot[] =>
  writes.flatMap((write) => {
    if (write.place.root.kind !== "store" || write.verb !== "assign" || write.locks.length > 0)
      return [];
    const site = [write.site, ...write.chain].find(({ node }) => isFileWrite(node));
    const variables = write.reads.flatMap(({ read: { isExternal, place } }) =>
      !isExternal && place.root.kind === "variable" && place.root.owner.type === "Program"
        ? [place.root.variable]
        : [],
    );
    return site && variables.length > 0 ? [{ site, variables }] : [];
  }),
);

const changedVariables = remembered(({ writes }): readonly Variable[] =>
  writes.flatMap(({ place }) => (place.root.kind === "variable" ? [place.root.variable] : [])),
);

function isFileWrite(node: Node): boolean {
  return node.type === "CallExpression" && /(?:^|\.)writeFile$/.test(dottedName(node.callee));
}
