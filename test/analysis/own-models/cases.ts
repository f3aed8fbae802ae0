import { expect, test } from "vitest";
import type { RunAsyncSettings } from "../../../src/analysis/settings.ts";
import { reports, type Files } from "../harness.ts";

/** A program, what is reported without settings, and with them. */
export interface Case {
  readonly files: Files;
  readonly settings: RunAsyncSettings;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export function settingsDecide(cases: Readonly<Record<string, Case>>): void {
  test.each(Object.entries(cases))("%s", (_name, { files, settings, before, after }) => {
    expect(reports(files)).toEqual(before);
    expect(reports(files, settings)).toEqual(after);
  });
}
