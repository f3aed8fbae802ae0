import { LateCheck } from "./late-check.ts";

/** A captured stack; formatting is left to the moment a report needs it. */
export interface Site {
  readonly stack?: string;
}

// A capture costs about 2 microseconds, more than the rest of a submission. A bucket keeps the
// price below one percent of a busy core: bursts of 64 are recorded in full, beyond that 1,600 a
// second; the reports say so where a site is missing.
const BURST = 64;
const REFILL = 16;
const REFILL_EVERY_MS = 10;
const FRAMES = 5;

let tokens = BURST;
const refill = new LateCheck(() => {
  tokens = Math.min(BURST, tokens + REFILL);
  if (tokens < BURST) refill.arm(REFILL_EVERY_MS);
});

/** Records who called `entry`, unless too many were recorded lately. */
export function recordSite(entry: unknown): Site | undefined {
  if (tokens === 0) return undefined;
  tokens -= 1;
  if (!refill.isArmed) refill.arm(REFILL_EVERY_MS);
  return captureSite(entry);
}

/** Records who called `entry`: for calls that are rare, such as the registration of a handler. */
export function captureSite(entry: unknown): Site {
  const site: Site = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(site, entry as () => void);
  Error.stackTraceLimit = limit;
  return site;
}

const runtimeDirectory = new URL(".", import.meta.url).href;
const runtimePath = decodeURIComponent(new URL(".", import.meta.url).pathname);

/** `file:line:column` of the first caller outside this runtime. */
export function describeSite(site: Site | undefined): string {
  if (site === undefined) return "(not recorded: too many submissions at once)";
  const lines = (site.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  const outside = lines.find(
    (line) =>
      !line.includes(runtimeDirectory) &&
      !line.includes(runtimePath) &&
      !line.includes("node:async_hooks") &&
      !line.includes("node:internal"),
  );
  if (outside === undefined) return "(unknown)";
  const where = /\(([^()]+:\d+:\d+)\)$|at (?:async )?([^()\s]+:\d+:\d+)$/.exec(outside.trimEnd());
  return where?.[1] ?? where?.[2] ?? outside.trim().slice(3);
}
