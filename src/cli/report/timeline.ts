import type { TraceStep } from "../../analysis/finding.ts";
import type { Report } from "../check/reports.ts";
import type { ReportData } from "./gather.ts";
import { html, type Html, type HtmlValue } from "./html.ts";

type Lane = TraceStep["activation"];
/** What an activation does from one step to the next: nothing yet or no more, running, or suspended. */
type Progress = "off" | "on" | "waits";

const LANES: readonly Lane[] = ["A", "B"];
const LONGEST_LINE = 160;

/** Steps after which an activation gives up control. */
const GIVES_UP: ReadonlySet<TraceStep["step"]> = new Set(["suspend", "wait"]);

/** The steps of a finding in order of time, each in the lane of its activation. */
export function timeline({ trace, activations, path }: Report, data: ReportData): Html | null {
  if (trace.length === 0) return null;
  const lanes = LANES.filter((lane) => trace.some(({ activation }) => activation === lane));
  return html`<div class="lanes lanes-${lanes.length}">
      ${lanes.map(
        (lane) =>
          html`<p class="lane ${lane}">
            <b>Activation ${lane}</b
            >${activations?.[lane] ? html` <code>${activations[lane]}</code>` : null}
          </p>`,
      )}
    </div>
    <ol class="timeline lanes-${lanes.length}">
      ${trace.map((step, index) => stepItem(step, index, trace, path, data))}
    </ol>`;
}

function stepItem(
  step: TraceStep,
  index: number,
  trace: readonly TraceStep[],
  findingPath: string,
  data: ReportData,
): Html {
  const { activation, line, path, state } = step;
  const where =
    path === findingPath ? `line ${String(line)}` : `${data.relative(path)}:${String(line)}`;
  const rails = LANES.map((lane) => `${lane.toLowerCase()}-${progressOf(lane, index, trace)}`);
  return html`<li class="step in-${activation} ${step.step} ${rails.join(" ")}">
    <div class="card">
      <p>
        <b class="who ${activation}"
          ><span class="spoken">Activation </span>${activation}${isOwnDeed(step) ? null : ":"}</b
        >
        ${whatHappens(step)}${isSuspension(step) ? SUSPENDED : null}
        <span class="where">${where}</span>
      </p>
      ${codeLine(data.lineAt(path, line))}${valueAfter(state)}
    </div>
  </li>`;
}

/** Whether the text says what the activation does; otherwise it says what is there. */
function isOwnDeed({ step, text, activation }: TraceStep): boolean {
  return step === "call" || text.startsWith(`${activation} `);
}

/** The step's text without the letter of its activation, which stands before it, and with the state as code. */
function whatHappens({ step, text, activation, state }: TraceStep): HtmlValue {
  if (step === "call") return "calls";
  const rest = text.replace(new RegExp(`^${activation}[,:]? `), "");
  if (!state) return rest;
  return rest
    .split(state.place)
    .map((part, index) => [index === 0 ? null : html`<code>${state.place}</code>`, part]);
}

const SUSPENDED = html`<span class="suspended"> suspended: anything else may run</span>`;

function isSuspension({ step }: TraceStep): boolean {
  return GIVES_UP.has(step);
}

function codeLine(text: string): HtmlValue {
  if (text === "") return null;
  const isCut = text.length > LONGEST_LINE;
  return html`<pre><code>${isCut ? `${text.slice(0, LONGEST_LINE)} …` : text}</code></pre>`;
}

function valueAfter(state: TraceStep["state"]): HtmlValue {
  if (!state) return null;
  return html`<p class="value"><code>${state.place}</code>: ${state.value}</p>`;
}

/** What a lane does from a step on, until the next one of any lane. */
function progressOf(lane: Lane, index: number, trace: readonly TraceStep[]): Progress {
  const own = (step: TraceStep): boolean => step.activation === lane;
  const first = trace.findIndex(own);
  const last = trace.findLastIndex(own);
  if (first === -1 || index >= last) return "off";
  if (index < first) {
    // The other's suspension is what lets this one begin.
    const isLetIn = trace.slice(0, first).findLastIndex(isSuspension) <= index;
    return isLetIn && trace.slice(0, index + 1).some(isSuspension) ? "on" : "off";
  }
  const latest = trace.slice(0, index + 1).findLast(own);
  return latest && isSuspension(latest) ? "waits" : "on";
}
