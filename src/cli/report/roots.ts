import type { ActivationRoot } from "../../analysis/project/roots.ts";
import { groupBy } from "../../analysis/group-by.ts";
import type { ReportData } from "./gather.ts";
import { html, type Html, type HtmlValue } from "./html.ts";

type Concurrency = ActivationRoot["concurrency"];

const MEANING: Readonly<Record<Concurrency, string>> = {
  concurrent: "Any number of them run at the same time, also for one chat.",
  keyed: "One at a time for each key, others beside it.",
  sequential: "One at a time. Timers and jobs still run beside the handlers.",
  exclusive: "Once, while nothing else runs.",
};
/** From where most can go wrong to where nothing can. */
const ORDER = Object.keys(MEANING) as Concurrency[];
/** A longer group is folded. */
const MOST_UNFOLDED = 40;

/** What the outside calls, by how its runs may overlap. */
export function rootsSection({ roots, relative }: ReportData): Html {
  const groups = groupBy(roots, ({ concurrency }) => concurrency);
  return html`<section id="handlers" aria-labelledby="handlers-title">
    <h2 id="handlers-title">Handlers, jobs and tasks</h2>
    ${
      roots.length === 0
        ? html`<p class="none">No framework, timer or pool that is known here calls this code.</p>`
        : null
    }
    ${ORDER.flatMap((concurrency) => {
      const group = groups.get(concurrency);
      return group ? [groupOf(concurrency, group, relative)] : [];
    })}
  </section>`;
}

function groupOf(
  concurrency: Concurrency,
  roots: readonly ActivationRoot[],
  relative: ReportData["relative"],
): Html {
  const byReason = groupBy(roots, ({ trigger, reason }) => `${NAMES[trigger]}: ${reason}`);
  return html`<section class="group">
    <h3>
      <span class="badge ${concurrency}">${concurrency}</span>
      <span class="count">${roots.length}</span>
    </h3>
    <p>${MEANING[concurrency]}</p>
    ${[...byReason].map(
      ([reason, group]) =>
        html`<details class="reason" ${roots.length <= MOST_UNFOLDED ? html` open` : null}>
          <summary>
            <h4>${reason}</h4>
            <span class="count">${group.length}</span>
          </summary>
          <ul class="plain columns">
            ${group.map((root) => rootItem(root, relative))}
          </ul>
        </details>`,
    )}
  </section>`;
}

const NAMES: Readonly<Record<ActivationRoot["trigger"], string>> = {
  update: "Updates",
  event: "Events",
  job: "Jobs",
  timer: "Timers",
  conversation: "Conversations",
  task: "Tasks",
  startup: "Start-up",
  shutdown: "Shut-down",
};

function rootItem(
  { name, fn, serializer, period }: ActivationRoot,
  relative: ReportData["relative"],
): Html {
  return html`<li class="item">
    <code>${name}</code>
    <span class="where">${relative(fn.file.path)}:${fn.file.lineOf(fn.node)}</span>
    ${period === null ? null : `every ${inWords(period)}`} ${keyOf(serializer)}
  </li>`;
}

function keyOf(serializer: ActivationRoot["serializer"]): HtmlValue {
  if (!serializer) return null;
  const { fn } = serializer;
  return html`one at a time by <code>${fn.file.textOf(fn.node).replace(/\s+/g, " ")}</code>`;
}

/** A period in the largest unit that it is a whole number of. */
function inWords(milliseconds: number): string {
  for (const [unit, size] of UNITS)
    if (milliseconds >= size && milliseconds % size === 0)
      return `${String(milliseconds / size)} ${unit}`;
  return `${String(milliseconds)} ms`;
}

const UNITS = [
  ["days", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;
