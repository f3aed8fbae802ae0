import { dottedName, type FunctionNode, type Program } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { describeKey, describePlace, type Place } from "./place.ts";
import type { Check, Suspension } from "./state.ts";
import type { Event, Hazard, Summary, UsedCheck, UsedRead } from "./summary.ts";
import type { HeldLock, LockRef, Read } from "./value.ts";

/**
 * A summary as text, for people: one line for each event in order, then what the result derives from and the
 * races inside. Lines are those of the summarised function's file unless another is named.
 *
 *     bump(id) suspends on 4
 *       3 read counts[id]
 *       5 assign counts[id] after 4, from counts[id] (3, stale since 4)
 *       result from counts[id] (3, stale since 4)
 *       race lost-update of counts[id]: read on 3, suspended on 4, written on 5
 */
export function printSummary(summary: Summary): string {
  const printer = new Printer(summary.file);
  return [
    `${nameOf(summary.fn)}${printer.suspends(summary)}`,
    ...summary.events.map((event) => printer.event(event)),
    ...printer.result(summary),
    ...summary.hazards.map((hazard) => printer.hazard(hazard)),
  ].join("\n");
}

function nameOf(fn: FunctionNode | Program): string {
  if (fn.type === "Program") return "start-up";
  const parameters = fn.params.map((parameter) =>
    parameter.type === "Identifier" ? parameter.name : "…",
  );
  return `${fn.id?.name ?? "function"}(${parameters.join(", ")})`;
}

class Printer {
  readonly #file: SourceFile;

  constructor(file: SourceFile) {
    this.#file = file;
  }

  suspends({ suspends }: Summary): string {
    return suspends ? ` suspends on ${this.#line(suspends.site)}` : "";
  }

  event(event: Event): string {
    return [
      `  ${this.#line(event.site)} ${this.#what(event)}`,
      ...this.#through(event.chain),
      ...(event.suspended ? [` after ${this.#line(event.suspended.site)}`] : []),
      ...this.#list(" if ", event.checks, (used) => this.#usedCheck(used)),
      ...this.#list(" under ", event.locks, ({ lock }: HeldLock) => lockName(lock)),
      ...this.#list(" claimed by ", event.claims, describePlace),
      ...(event.isDetached ? [" (detached)"] : []),
      ...(event.kind === "write"
        ? this.#list(", from ", event.reads, (used) => this.#usedRead(used))
        : []),
    ].join("");
  }

  #what(event: Event): string {
    switch (event.kind) {
      case "write": {
        const value = event.constant ? ` = ${event.constant.text}` : "";
        return `${event.verb} ${describePlace(event.place)}${value}${event.isClaim ? " (claim)" : ""}`;
      }
      case "read":
        return `read ${describePlace(event.place)}`;
      case "save":
        return `save ${describePlace(event.place)}${event.target ? ` as ${describePlace(event.target)}` : ""}`;
      case "call":
        return `call ${describePlace(event.callee)}${awaited(event.isAwaited)}${event.isRepeated ? " for each" : ""}`;
      case "submit":
        return `submit to ${event.pool.name}${awaited(event.isWaited)}`;
      case "lock":
        return `lock ${lockName(event.lock)}`;
      case "effect":
        return `send ${event.name}${awaited(event.isAwaited)}`;
    }
  }

  result({ result, resultStaleness, exitChecks }: Summary): string[] {
    const reads = result.reads.filter(({ place }) => place.root.kind !== "local");
    const references = result.places.filter((place) => place.root.kind !== "local");
    const constant = result.constant ? ` ${result.constant.text}` : "";
    const from = this.#list(" from ", reads, (read) =>
      this.#usedRead({ read, stale: resultStaleness.get(read.id) ?? null }),
    );
    const to = this.#list(" refers to ", references, (place: Place) => describePlace(place));
    const text = [constant, ...from, ...to].join("");
    return [
      ...(text === "" ? [] : [`  result${text}`]),
      ...this.#list("  holds at the end: ", exitChecks, (used) => this.#usedCheck(used)),
    ];
  }

  hazard({ kind, place, read, suspension, site, parallel }: Hazard): string {
    const beside = parallel ? ", beside itself" : "";
    return (
      `  race ${kind} of ${describePlace(place)}: read on ${this.#line(read.site)}, ` +
      `suspended on ${this.#line(suspension.site)}, written on ${this.#line(site)}${beside}`
    );
  }

  #usedRead({ read, stale }: UsedRead): string {
    return `${describePlace(read.place)} (${[this.#origin(read), ...this.#stale(stale)].join(", ")})`;
  }

  #usedCheck({ check, stale }: UsedCheck): string {
    return [checkText(check), ...this.#stale(stale)].join(", ");
  }

  #stale(stale: Suspension | null): string[] {
    return stale ? [`stale since ${this.#line(stale.site)}`] : [];
  }

  #origin(read: Read): string {
    return `${this.#line(read.site)}${this.#through(read.chain).join("")}`;
  }

  #through(chain: readonly Site[]): string[] {
    return chain.length === 0
      ? []
      : [
          ` through ${chain.map((site) => `${dottedName(site.node)} on ${this.#line(site)}`).join(", ")}`,
        ];
  }

  #line({ file, node }: Site): string {
    const line = String(file.lineOf(node));
    return file === this.#file ? line : `${file.path.split(/[\\/]/).at(-1) ?? ""}:${line}`;
  }

  #list<Item>(before: string, items: readonly Item[], print: (item: Item) => string): string[] {
    return items.length === 0 ? [] : [before + items.map((item) => print(item)).join(" and ")];
  }
}

function checkText({ read, outcome, isIteration }: Check): string {
  const place = describePlace(read.place);
  if (isIteration) return `each of ${place}`;
  return outcome === "other" ? `test of ${place}` : `${place} ${outcome}`;
}

function lockName({ name, keys }: LockRef): string {
  return keys.length === 0 ? name : `${name}[${keys.map(describeKey).join(", ")}]`;
}

function awaited(isAwaited: boolean): string {
  return isAwaited ? ", awaited" : "";
}
