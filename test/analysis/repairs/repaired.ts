import { expect } from "vitest";
import { analyze } from "../../../src/analysis/analyze.ts";
import type { Finding } from "../../../src/analysis/finding.ts";
import { projectOf } from "../harness.ts";

const RACES = ["lost-update", "check-then-act"];

function races(text: string): Finding[] {
  return analyze(projectOf(text)).filter(({ hazard }) => RACES.includes(hazard));
}

/** The titles of what is offered for the first race of a program. */
export function offers(text: string): string[] {
  const [finding] = races(text);
  expect(finding, "a race").toBeDefined();
  return (finding?.repairs ?? []).map(({ title }) => title);
}

/**
 * The program as the offer whose title begins so leaves it, for its only race. It has no race any more.
 */
export function repaired(text: string, title: string): string {
  const [finding, ...others] = races(text);
  expect(others).toEqual([]);
  const repair = finding?.repairs?.find((offer) => offer.title.startsWith(title));
  expect(repair, `an offer "${title}..."`).toBeDefined();
  let result = text;
  for (const { start, end, text: inserted } of [...(repair?.edits ?? [])].reverse())
    result = result.slice(0, start) + inserted + result.slice(end);
  expect(races(result).map(({ message }) => message)).toEqual([]);
  return result;
}
