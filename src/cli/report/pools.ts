import type { PoolOverview, PoolTask } from "../../analysis/overview/pools.ts";
import type { ReportData } from "./gather.ts";
import { counted, html, type Html, type HtmlValue } from "./html.ts";
import { poolGraph } from "./pool-graph.ts";

/** More than these are folded. */
const MOST_UNFOLDED = 10;

/** Each pool: its size, how many slots one update may hold at once, and the chains of waits as a graph. */
export function poolsSection(data: ReportData): Html {
  const isQuiet = ({ tasks }: PoolOverview): boolean => tasksInChains(tasks).length === 0;
  const waiting = data.pools.filter((pool) => !isQuiet(pool));
  const quiet = data.pools.filter(isQuiet);
  return html`<section id="pools" aria-labelledby="pools-title">
    <h2 id="pools-title">Pools</h2>
    ${
      data.pools.length === 0
        ? html`<p class="none">No task is submitted to a bounded pool.</p>`
        : html`<p class="intro">
            A task that waits for another task of its pool keeps its own slot meanwhile. From left
            to right: the slots that one update holds at once.
          </p>`
    }
    ${waiting.map((pool, index) => poolItem(pool, index, data))}
    ${quiet.length === 0 ? null : quietPools(quiet, data)}
  </section>`;
}

/** Nothing to draw: one line each. */
function quietPools(pools: readonly PoolOverview[], data: ReportData): Html {
  return html`<details class="quiet" ${pools.length <= MOST_UNFOLDED ? html` open` : null}>
    <summary>${counted(pools.length, "pool")} in which no task waits for another</summary>
    <ul class="plain columns">
      ${pools.map(
        ({ pool, tasks }) =>
          html`<li class="item">
            ${poolName(pool.name)} ${sizeOf(pool.size)}: ${listOf(tasks.map(({ name }) => name))}
            ${whereOf(tasks, data)}
          </li>`,
      )}
    </ul>
  </details>`;
}

function poolItem(overview: PoolOverview, index: number, data: ReportData): Html {
  const { pool, tasks } = overview;
  const chained = tasksInChains(tasks);
  const alone = tasks.filter((task) => !chained.includes(task));
  return html`<article class="item pool">
    <h3>${poolName(pool.name)} ${whereOf(tasks, data)}</h3>
    <p>${sizeOf(pool.size)}, ${counted(tasks.length, "task")}. ${verdict(overview)}</p>
    ${poolGraph({ ...overview, tasks: chained }, index, data)} ${inWords(chained)}
    ${
      alone.length === 0
        ? null
        : html`<details>
            <summary>${counted(alone.length, "task")} without a wait for another</summary>
            <ul class="plain columns">
              ${alone.map(
                ({ name, site }) =>
                  html`<li>
                    <code>${name}</code>
                    <span class="where"
                      >${data.relative(site.file.path)}:${site.file.lineOf(site.node)}</span
                    >
                  </li>`,
              )}
            </ul>
          </details>`
    }
  </article>`;
}

/** A variable's name, or words for the pool that has none. */
function poolName(name: string): HtmlValue {
  return name.includes(" ") ? name : html`<code>${name}</code>`;
}

function sizeOf(size: number | null): string {
  return size === null ? "of unknown size" : counted(size, "slot");
}

function whereOf([first]: readonly PoolTask[], data: ReportData): HtmlValue {
  return first ? html`<span class="where">${data.relative(first.site.file.path)}</span>` : null;
}

function tasksInChains(tasks: readonly PoolTask[]): PoolTask[] {
  const waitedFor = new Set(tasks.flatMap(({ waited }) => waited));
  return tasks.filter(({ id, waited }) => waited.length > 0 || waitedFor.has(id));
}

function verdict({ pool, depth }: PoolOverview): HtmlValue {
  if (depth <= 1) return "Its tasks wait for those of another pool only.";
  if (depth === Number.POSITIVE_INFINITY)
    return html`<strong>A task waits for itself again: no number of slots is enough.</strong>`;
  const holds = `One update holds up to ${String(depth)} slots at once`;
  if (pool.size === null) return `${holds}.`;
  return depth > pool.size
    ? html`<strong>${holds}, more than there are: it deadlocks alone.</strong>`
    : html`<strong>${holds}: enough of them at the same time deadlock.</strong>`;
}

/** The same edges for those who do not see the graph. */
function inWords(tasks: readonly PoolTask[]): Html {
  const names = new Map(tasks.map(({ id, name }) => [id, name]));
  return html`<details>
    <summary>The graph in words</summary>
    <ul>
      ${tasks
        .filter(({ waited }) => waited.length > 0)
        .map(
          ({ name, waited, submittedBy }) =>
            html`<li>
              <code>${name}</code> waits for
              ${listOf(waited.map((id) => names.get(id) ?? id))}${
                submittedBy.length === 0 ? null : html`; submitted by ${listOf(submittedBy)}`
              }
            </li>`,
        )}
    </ul>
  </details>`;
}

function listOf(names: readonly string[]): HtmlValue {
  return names.map((name, index) => html`${index === 0 ? "" : ", "}<code>${name}</code>`);
}
