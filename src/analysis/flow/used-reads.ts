import type { UsedRead } from "./summary.ts";

/** How many reads are kept of what an event was made of. The rest would say the same once more. */
const MOST_READS_OF_EVENT = 24;

/** The reads of one event, on one path and on another or of one call and of the next, each once. */
export function mergeUsedReads(
  own: readonly UsedRead[],
  others: readonly UsedRead[],
): readonly UsedRead[] {
  let reads: UsedRead[] | null = null;
  for (const used of others) {
    const merged = reads ?? own;
    const index = merged.findIndex(
      (other) => other.read.id === used.read.id && other.read.place.id === used.read.place.id,
    );
    if (index === -1 && merged.length < MOST_READS_OF_EVENT) (reads ??= [...own]).push(used);
    else if (index !== -1 && used.stale) (reads ??= [...own])[index] = used;
  }
  return reads ?? own;
}
