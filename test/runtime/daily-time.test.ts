import { expect, test } from "vitest";
import { nextDaily, parseDailyTime } from "../../src/runtime/daily-time.ts";

test.each([
  // time, zone, after, expected: what the clocks of the zone do on that day
  ["12:00", "UTC", "2026-01-01T12:00:00Z", "2026-01-02T12:00:00.000Z"],
  ["12:00:30", "UTC", "2026-01-01T12:00:00Z", "2026-01-01T12:00:30.000Z"],
  ["00:15", "Asia/Kolkata", "2026-01-01T00:00:00Z", "2026-01-01T18:45:00.000Z"],
  // skipped: 02:30 does not exist on 29 March 2026 in Vienna, so it runs at 03:30
  ["02:30", "Europe/Vienna", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00.000Z"],
  ["02:30", "Europe/Vienna", "2026-03-29T02:00:00Z", "2026-03-30T00:30:00.000Z"],
  // twice: 02:30 comes twice on 25 October 2026, the first counts
  ["02:30", "Europe/Vienna", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00.000Z"],
  ["02:30", "Europe/Vienna", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00.000Z"],
  // half an hour of daylight saving: 01:45 comes twice, 02:15 once
  ["01:45", "Australia/Lord_Howe", "2026-04-04T10:00:00Z", "2026-04-04T14:45:00.000Z"],
  ["02:15", "Australia/Lord_Howe", "2026-04-04T10:00:00Z", "2026-04-04T15:45:00.000Z"],
  // the date line
  ["23:59", "Pacific/Kiritimati", "2026-01-01T00:00:00Z", "2026-01-01T09:59:00.000Z"],
  ["00:00", "America/Los_Angeles", "2026-06-30T06:59:59Z", "2026-06-30T07:00:00.000Z"],
])("%s in %s after %s is %s", (time, zone, after, expected) => {
  const daily = parseDailyTime(time, undefined, zone);
  expect(new Date(nextDaily(daily, Date.parse(after))).toISOString()).toBe(expected);
});

test("every next run is later, on an allowed day, at the wall time or after a skipped one", () => {
  const daily = parseDailyTime("02:30", [0, 6], "Europe/Vienna");
  const wall = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Vienna",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  let at = Date.parse("2026-01-01T00:00:00Z");
  const shown = new Set<string>();
  for (let i = 0; i < 104; i++) {
    const next = nextDaily(daily, at);
    expect(next).toBeGreaterThan(at);
    shown.add(wall.format(next));
    at = next;
  }
  expect([...shown].sort()).toEqual(["Sat 02:30", "Sun 02:30", "Sun 03:30"]);
  expect(new Date(at).getUTCFullYear()).toBe(2026);
});
