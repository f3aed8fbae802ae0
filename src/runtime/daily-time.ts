/** A time of day in a time zone, on some days of the week. */
export interface DailyTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 is Sunday, as in `Date.getDay()`. */
  readonly days: ReadonlySet<number>;
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;
const TIME = /^(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d))?$/;

/** @throws RangeError for a time that is not "HH:MM" or "HH:MM:SS", a wrong day or an unknown zone */
export function parseDailyTime(
  time: string,
  days: readonly number[] = [0, 1, 2, 3, 4, 5, 6],
  timeZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone,
): DailyTime {
  const groups = TIME.exec(time)?.groups;
  if (groups === undefined)
    throw new RangeError(`A daily time is "HH:MM" or "HH:MM:SS", not "${time}".`);
  if (days.length === 0 || !days.every((day) => Number.isInteger(day) && day >= 0 && day <= 6)) {
    throw new RangeError("days are numbers from 0 (Sunday) to 6 (Saturday), at least one.");
  }
  formatFor(timeZone);
  const { hour, minute, second } = groups;
  return {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
    days: new Set(days),
    timeZone,
  };
}

/**
 * The first moment after `after` (milliseconds since 1970) that is the daily time. A time that the
 * clocks skip counts as much later as they skip; of a time that comes twice, the first counts.
 */
export function nextDaily(daily: DailyTime, after: number): number {
  const today = wallTime(after, daily.timeZone);
  const midnight = today - mod(today, DAY_MS);
  const inDay = ((daily.hour * 60 + daily.minute) * 60 + daily.second) * 1000;
  for (let days = 0; ; days++) {
    const wall = midnight + days * DAY_MS + inDay;
    if (!daily.days.has(new Date(wall).getUTCDay())) continue;
    const moment = momentOf(wall, daily.timeZone);
    if (moment > after) return moment;
  }
}

/** Wall time in a zone, as if it were UTC. */
function wallTime(moment: number, timeZone: string): number {
  return moment + offsetAt(moment, timeZone);
}

function momentOf(wall: number, timeZone: string): number {
  const before = offsetAt(wall - DAY_MS, timeZone);
  const after = offsetAt(wall + DAY_MS, timeZone);
  const candidates = [wall - before, wall - after].sort((a, b) => a - b);
  const real = candidates.find((moment) => wallTime(moment, timeZone) === wall);
  return real ?? wall - before;
}

function offsetAt(moment: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatFor(timeZone).formatToParts(moment))
    parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - (moment - mod(moment, 1000));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(timeZone, format);
  }
  return format;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}
