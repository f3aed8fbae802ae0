import type { StateOverview, StateUse } from "../../analysis/overview/shared-state.ts";
import type { Site } from "../../analysis/syntax/source-file.ts";
import { groupBy } from "../../analysis/group-by.ts";
import type { ReportData } from "./gather.ts";
import { html, type Html } from "./html.ts";

/** Lines that are printed of one handler's reads or writes in one file; the rest is a number. */
const MOST_LINES = 6;

/** State by the file that declares it, with the handlers that read and write it. */
export function stateSection(data: ReportData): Html {
  const byFile = groupBy(data.states, ({ declared }) => declared?.file.path ?? null);
  return html`<section id="state" aria-labelledby="state-title">
    <h2 id="state-title">Shared state</h2>
    ${
      data.states.length === 0
        ? html`<p class="none">No handler, job or task changes state that others can see.</p>`
        : html`<p class="intro">
            What more than one run can see and some run changes after the start.
          </p>`
    }
    ${[...byFile].map(
      ([path, states]) =>
        html`<section class="group">
          <h3>
            ${path === null ? "Outside the process" : html`<code>${data.relative(path)}</code>`}
            <span class="count">${states.length}</span>
          </h3>
          ${states.map((state) => stateItem(state, data))}
        </section>`,
    )}
  </section>`;
}

function stateItem({ name, declared, uses }: StateOverview, data: ReportData): Html {
  const writers = uses.filter(({ writes }) => writes.length > 0);
  const readers = uses.filter(({ reads }) => reads.length > 0);
  return html`<details class="item">
    <summary>
      <h4>
        <code>${name}</code>
        ${declared ? html`<span class="where">line ${declared.file.lineOf(declared.node)}</span>` : null}
      </h4>
      <p>written by ${writers.length}, read by ${readers.length}</p>
    </summary>
    <div class="body pair">
      ${usersList("Written by", writers, "writes", declared, data)}
      ${usersList("Read by", readers, "reads", declared, data)}
    </div>
  </details>`;
}

function usersList(
  title: string,
  uses: readonly StateUse[],
  kind: "reads" | "writes",
  declared: Site | null,
  data: ReportData,
): Html {
  return html`<div>
    <h5>${title}</h5>
    ${uses.length === 0 ? html`<p class="where">nobody</p>` : null}
    <ul class="plain">
      ${uses.map(
        (use) =>
          html`<li>
            <code>${use.root.name}</code>
            <span class="badge ${use.root.concurrency}">${use.root.concurrency}</span>
            <span class="where">${places(use[kind], declared, data)}</span>
          </li>`,
      )}
    </ul>
  </div>`;
}

/** `line 12, 15` in the declaring file, `pay.ts line 3` in another. */
function places(sites: readonly Site[], declared: Site | null, data: ReportData): string {
  return [...groupBy(sites, ({ file }) => file)]
    .map(([file, inFile]) => {
      const lines = [...new Set(inFile.map(({ node }) => file.lineOf(node)))];
      const rest = lines.length - MOST_LINES;
      const shown = lines.slice(0, MOST_LINES).join(", ");
      const name = file === declared?.file ? "" : `${data.relative(file.path)} `;
      return `${name}line ${shown}${rest > 0 ? ` and ${String(rest)} more` : ""}`;
    })
    .join("; ");
}
