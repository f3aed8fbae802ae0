import type { MisusedResult, ResultUse } from "../checks/run-async-results.ts";
import { type Finding, type Repair, spanOf, traceStep } from "../finding.ts";

/** Says what stands where a value was expected, and where the value is. */
export function describeResultUse(misuse: MisusedResult): Finding {
  const { site, use, name } = misuse;
  const { file, node } = site;
  const repair = result(misuse);
  return {
    hazard: "run-async-result",
    ...spanOf(site),
    message: `${HAPPENS[use](`\`${name}\``)} ${wayOut(use)}`,
    isCheck: false,
    trace: [traceStep(file, node.range[0], "A", "submit", `the handle of ${name}`)],
    confidence: "recommended",
    ...(repair ? { repairs: [repair] } : {}),
  };
}

const HAPPENS: Readonly<Record<ResultUse, (name: string) => string>> = {
  awaited: (name) =>
    `${name} is a runAsync function: its call gives a handle, and awaiting a handle waits for nothing. The task may not even have started on the next line.`,
  tested: (name) =>
    `${name} is a runAsync function: its call gives a handle, which is always true, whatever the task returns.`,
  computed: (name) =>
    `${name} is a runAsync function: its call gives a handle, not the value that is computed with here.`,
  spread: (name) =>
    `${name} is a runAsync function: its call gives a handle, which holds no elements.`,
  chained: (name) =>
    `${name} is a runAsync function: its call gives a handle, which has no \`then\` on purpose, so that no framework waits for it.`,
  collected: (name) =>
    `${name} is a runAsync function: its call gives a handle, so this waits for nothing and gives the handles back.`,
  member: (name) =>
    `${name} is a runAsync function: its call gives a handle, which has no such member; what the task returns is not there yet.`,
  returned: (name) =>
    `${name} is a runAsync function: this returns its handle to the dispatcher, which neither waits for it nor reads it.`,
  unreceived: (name) =>
    `This handler (${name}) is a runAsync function, so its call returned a handle long ago: the value that it returns here reaches nobody.`,
};

function wayOut(use: ResultUse): string {
  if (use === "returned")
    return "Call it without `return`, or await its `.result` outside of the pool.";
  if (use === "unreceived")
    return "Send or store what is computed, or return nothing; a handler whose result matters is not runAsync.";
  return "Await `.result` for the value, but not inside a task of the same pool.";
}

/** `.result`, awaited where that is allowed. */
function result({ handle, mayAwait, use }: MisusedResult): Repair | null {
  if (!handle || use === "returned" || use === "unreceived") return null;
  const [start, end] = handle.range;
  if (use === "awaited" || use === "collected" || use === "chained")
    return { title: "Use its `.result`", edits: [{ start: end, end, text: ".result" }] };
  if (!mayAwait) return null;
  return {
    title: "Await its `.result`",
    edits: [
      { start, end: start, text: "(await " },
      { start: end, end, text: ".result)" },
    ],
  };
}
