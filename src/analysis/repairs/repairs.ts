import type { Race } from "../checks/races.ts";
import type { Repair } from "../finding.ts";
import { localRace } from "./blocks.ts";
import { claimFirst } from "./claim-first.ts";
import { runInOneSection } from "./one-section.ts";
import { readLater } from "./read-later.ts";
import { lockRow } from "./row-lock.ts";
import { oldStateInFilter } from "./store-conditions.ts";
import { computedColumn, oldValueInWhere } from "./sql-statements.ts";
import { storePromise } from "./store-promise.ts";
import { atomicOperator, formForMissingRow } from "./store-operators.ts";

/** What a person may do about a race, where it can be written without a guess. The likeliest is first. */
export function repairsOf({ hazard, rivals }: Race): readonly Repair[] {
  // What is handed on has to be taken out first: neither a later read nor a lock of this code alone keeps the rest.
  if (hazard.drains) return [];
  const local = localRace(hazard);
  return [
    atomicOperator(hazard) ??
      computedColumn(hazard) ??
      oldStateInFilter(hazard) ??
      oldValueInWhere(hazard),
    lockRow(hazard),
    formForMissingRow(hazard),
    ...(local
      ? [readLater(local), claimFirst(local), storePromise(local), runInOneSection(local, rivals)]
      : []),
  ].filter((repair) => repair !== null);
}
