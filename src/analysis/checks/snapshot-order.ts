import { dottedName, type Node } from "../syntax/ast.ts";
import type { Activation } from "./activation.ts";
import type { Disorder } from "./effects.ts";
import { mayOverlap } from "./overlap.ts";

/** Snapshots of shared state that several activations write to one file, without a queue: the older may land last. */
export function* snapshotWrites(activations: readonly Activation[]): Iterable<Disorder> {
  const changed = new Set(
    activations.flatMap(({ writes }) =>
      writes.flatMap(({ place }) => (place.root.kind === "variable" ? [place.root.variable] : [])),
    ),
  );
  for (const activation of activations) {
    if (!mayOverlap(activation.root, activation.root)) continue;
    for (const write of activation.writes) {
      if (write.place.root.kind !== "store" || write.verb !== "assign" || write.locks.length > 0)
        continue;
      const site = [write.site, ...write.chain].find(({ node }) => isFileWrite(node));
      if (!site) continue;
      const isSnapshot = write.reads.some(
        ({ read }) =>
          !read.isExternal &&
          read.place.root.kind === "variable" &&
          read.place.root.owner.type === "Program" &&
          changed.has(read.place.root.variable),
      );
      const { root } = activation;
      if (isSnapshot)
        yield {
          kind: "snapshot",
          site,
          reached: { root, chain: [], file: site.file },
          other: null,
        };
    }
  }
}

function isFileWrite(node: Node): boolean {
  return node.type === "CallExpression" && /(?:^|\.)writeFile$/.test(dottedName(node.callee));
}
