import { describe, expect, test } from "vitest";
import { areHoursApart, cronHours } from "../../../src/analysis/project/calendar.ts";

describe("hours of a cron pattern", () => {
  test.each([
    ["*/5 9,10 * * *", [9, 10]],
    ["0 0 22-23 * * *", [22, 23]],
    ["0 */8 * * *", [0, 8, 16]],
    ["0 9-17/4 * * *", [9, 13, 17]],
    ["* * * * *", null],
    ["0 @hour * * *", null],
  ])("%s", (pattern, hours) => {
    expect(cronHours(pattern)).toEqual(hours && new Set(hours));
  });

  test("neighbours are not apart, also around midnight", () => {
    expect(areHoursApart(new Set([9, 10]), new Set([18, 19]))).toBe(true);
    expect(areHoursApart(new Set([9, 10]), new Set([11]))).toBe(false);
    expect(areHoursApart(new Set([23]), new Set([0]))).toBe(false);
  });
});
