import { describe, expect, test } from "vitest";
import type { HazardName } from "../../../src/analysis/finding.ts";
import { markedLines, reportedLines } from "./reported-lines.ts";

type Examples = Readonly<Record<string, string>>;

/** Each hazard is reported on its marked lines and nowhere else; its safe twins are not reported. */
export function expectLines(hazard: HazardName, hazards: Examples, twins: Examples): void {
  describe("reports", () => {
    test.each(Object.entries(hazards))("%s", (_title, code) => {
      expect(markedLines(code)).not.toEqual([]);
      expect(reportedLines(code, hazard)).toEqual(markedLines(code));
    });
  });
  describe("does not report", () => {
    test.each(Object.entries(twins))("%s", (_title, code) => {
      expect(reportedLines(code, hazard)).toEqual([]);
    });
  });
}
