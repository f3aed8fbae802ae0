const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The shortest time between two matches of a cron pattern, in milliseconds: what its seconds, minutes and hours say
 * where these are steps or single numbers, and a second, a minute or an hour where they are lists.
 */
export function cronPeriod(pattern: string): number {
  const [seconds, minutes, hours] = fieldsOf(pattern);
  return (
    intervalOf(seconds, SECOND) ?? intervalOf(minutes, MINUTE) ?? intervalOf(hours, HOUR) ?? DAY
  );
}

/** The hours at which a cron pattern lets runs begin; null where it is any hour, or not written in numbers. */
export function cronHours(pattern: string): ReadonlySet<number> | null {
  const [, , field] = fieldsOf(pattern);
  const hours = new Set<number>();
  for (const item of field.split(",")) {
    const match = /^(?:(\d+)(?:-(\d+))?|\*)(?:\/(\d+))?$/.exec(item);
    if (!match || item === "*") return null;
    const [, first, last, step] = match;
    const from = Number(first ?? 0);
    const to = Number(last ?? (first === undefined || step !== undefined ? 23 : first));
    for (let hour = from; hour <= to; hour += Number(step ?? 1) || 24) hours.add(hour % 24);
  }
  return hours;
}

/** Whether no run of one begins in an hour of the other's runs, or in one next to it. */
export function areHoursApart(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return [...a].every((hour) => [-1, 0, 1].every((near) => !b.has((hour + near + 24) % 24)));
}

/** Five fields begin with the minutes, six with the seconds. */
function fieldsOf(pattern: string): readonly [string, string, string] {
  const fields = pattern.trim().split(/\s+/);
  const [seconds = "0", minutes = "*", hours = "*"] =
    fields.length >= 6 ? fields : ["0", ...fields];
  return [seconds, minutes, hours];
}

/** Between two values of a field, in units; null where it has one value, so that the next field says. */
function intervalOf(field: string, unit: number): number | null {
  const step = /^(?:\*|\d+)\/(\d+)$/.exec(field);
  if (step) return Number(step[1]) * unit;
  return /^\d+$/.test(field) ? null : unit;
}
