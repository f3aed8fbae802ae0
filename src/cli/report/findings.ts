import type { Report } from "../check/reports.ts";
import { rulePage } from "../check/rules.ts";
import { groupBy } from "../../analysis/group-by.ts";
import type { ReportData } from "./gather.ts";
import { counted, html, withCode, type Html } from "./html.ts";
import { timeline } from "./timeline.ts";

/** The findings by file, folded; the first is open, to show what is in them. */
export function findingsSection(data: ReportData): Html {
  const { findings } = data;
  const byFile = groupBy(findings, ({ path }) => path);
  const [first] = findings;
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">Findings</h2>
    ${
      findings.length === 0
        ? html`<p class="none">
            Nothing found by the rules of the ${data.config} config in
            ${counted(data.fileCount, "file")}.
          </p>`
        : html`<p class="intro">
            An activation is one run of a handler, job or task. Time goes down; where a line is
            dashed, the activation is suspended at an <code>await</code> and others run.
          </p>`
    }
    ${[...byFile].map(
      ([path, inFile]) =>
        html`<section class="group">
          <h3><code>${data.relative(path)}</code> <span class="count">${inFile.length}</span></h3>
          ${inFile.map((finding) => findingItem(finding, data, finding === first))}
        </section>`,
    )}
  </section>`;
}

function findingItem(finding: Report, data: ReportData, isOpen: boolean): Html {
  const { ruleId, message, start } = finding;
  const { url } = rulePage(ruleId);
  return html`<details class="item" data-rule="${ruleId}" ${isOpen ? html` open` : null}>
    <summary>
      <h4>
        <span class="rule">${ruleName(ruleId)}</span> <span class="where">line ${start.line}</span>
      </h4>
      <p>${withCode(firstSentence(message))}</p>
    </summary>
    <div class="body">
      ${timeline(finding, data)}
      <p class="message">${withCode(message)}</p>
      <p>
        Rule <a href="${url}" rel="noreferrer">${ruleId}</a>
        <span class="where">(its page is on the network)</span>
      </p>
    </div>
  </details>`;
}

/** The rules that found something, most findings first. */
export function rulesFound({ findings }: ReportData): { id: string; count: number }[] {
  return [...groupBy(findings, ({ ruleId }) => ruleId)]
    .map(([id, found]) => ({ id, count: found.length }))
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

export function ruleName(id: string): string {
  return id.slice(id.indexOf("/") + 1);
}

/** A message begins with what happens; the reasons and the way out follow. */
function firstSentence(message: string): string {
  const end = /\.(?= [A-Z`])/.exec(message);
  return end ? message.slice(0, end.index + 1) : message;
}
