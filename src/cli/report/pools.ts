import type { PoolOverview, PoolTask } from "../../analysis/overview/pools.ts";
import type { ReportData } from "./gather.ts";
import { counted, html, type Html, type HtmlValue } from "./html.ts";
import { poolGraph } from "./pool-graph.ts";

/** Each pool: its size, how many slots one update may hold at once, and the chains of waits as a graph. */
export function poolsSection(data: ReportData): Html {
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
    ${data.pools.map((pool, index) => poolItem(pool, index, data))}
  </section>`;
}

function poolItem(overview: PoolOverview, index: number, data: ReportData): Html {
  const { pool, tasks } = overview;
  const [first] = tasks;
  const chained = tasksInChains(tasks);
  const alone = tasks.filter((task) => !chained.includes(task));
  return html`<article class="item pool">
    <h3>
      ${pool.name.includes(" ") ? pool.name : html`<code>${pool.name}</code>`}
      ${first ? html`<span class="where">${data.relative(first.site.file.path)}</span>` : null}
    </h3>
    <p>
      ${pool.size === null ? "Of a size that the code does not say" : counted(pool.size, "slot")},
      ${counted(tasks.length, "task")}. ${verdict(overview)}
    </p>
    ${chained.length === 0 ? null : poolGraph({ ...overview, tasks: chained }, index, data)}
    ${chained.length === 0 ? null : inWords(chained)}
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

function tasksInChains(tasks: readonly PoolTask[]): PoolTask[] {
  const waitedFor = new Set(tasks.flatMap(({ waited }) => waited));
  return tasks.filter(({ id, waited }) => waited.length > 0 || waitedFor.has(id));
}

function verdict({ pool, depth }: PoolOverview): HtmlValue {
  if (depth <= 1) return "No task waits for another, so it cannot deadlock by its own waits.";
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
