import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { name, version } from "../package.ts";
import { findingsSection, ruleName, rulesFound } from "./findings.ts";
import type { ReportData } from "./gather.ts";
import { counted, Html, html } from "./html.ts";
import { poolsSection } from "./pools.ts";
import { rootsSection } from "./roots.ts";
import { stateSection } from "./state.ts";

/**
 * The whole page in one file. It loads nothing: its content security policy allows its own style and script
 * by their hashes and no request at all, so that not even a string that got past the escaping could make one.
 */
export function page(data: ReportData, createdAt: Date): string {
  const style = asset("style.css");
  const script = asset("script.js");
  const policy = [
    "default-src 'none'",
    `style-src '${sourceHash(style)}'`,
    `script-src '${sourceHash(script)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Concurrency of ${data.title}</title>
        <link rel="icon" href="data:," />
        ${element("style", style)}
      </head>
      <body>
        <a class="skip" href="#main">Skip to the findings</a>
        ${header(data, createdAt)}
        <main id="main">
          ${filterForm(data)} ${findingsSection(data)} ${poolsSection(data)} ${stateSection(data)}
          ${rootsSection(data)}
        </main>
        <footer>
          <p>
            Made by <code>run-async report</code> of ${name} ${version}. This page loads nothing.
          </p>
        </footer>
        ${element("script", script)}
      </body>
    </html>`;
  return `${markup}\n`;
}

function header(data: ReportData, createdAt: Date): Html {
  const { title, fileCount, config, findings, pools, states, roots } = data;
  const parts: readonly [string, string, number][] = [
    ["findings", "Findings", findings.length],
    ["pools", "Pools", pools.length],
    ["state", "Shared state", states.length],
    ["handlers", "Handlers", roots.length],
  ];
  return html`<header>
    <div class="title">
      <div>
        <p class="kind">Concurrency report</p>
        <h1>${title}</h1>
      </div>
      <button type="button" id="theme" hidden>Dark theme</button>
    </div>
    <p>
      ${counted(fileCount, "file")}, the ${config} config,
      <time datetime="${createdAt.toISOString()}">${createdAt.toISOString().slice(0, 10)}</time>
    </p>
    <nav aria-label="Parts of the report">
      <ul>
        ${parts.map(
          ([id, label, count]) =>
            html`<li>
              <a href="#${id}"><strong>${count}</strong> ${label}</a>
            </li>`,
        )}
      </ul>
    </nav>
  </header>`;
}

/** Shown by the script that makes it work. */
function filterForm(data: ReportData): Html {
  return html`<search id="tools" hidden>
    <label
      >Filter
      <input type="search" id="filter" autocomplete="off" placeholder="file, handler, state"
    /></label>
    <label>
      Rule
      <select id="rule">
        <option value="">all</option>
        ${rulesFound(data).map(
          ({ id, count }) => html`<option value="${id}">${ruleName(id)} (${count})</option>`,
        )}
      </select>
    </label>
    <button type="button" id="fold">Open all</button>
    <output id="shown" for="filter rule"></output>
  </search>`;
}

/** What the policy's hash is of stands between the tags to the letter. */
function element(name: "style" | "script", content: string): Html {
  return new Html(`<${name}>${content}</${name}>`);
}

function asset(file: string): string {
  return readFileSync(new URL(`browser/${file}`, import.meta.url), "utf8");
}

/** https://www.w3.org/TR/CSP3/#framework-directive-source-list */
function sourceHash(content: string): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}
