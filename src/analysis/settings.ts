/** `settings["run-async"]` of an ESLint or oxlint config: facts about the project that its code does not say. */
export interface RunAsyncSettings {
  /**
   * Folder of the project: imports, handlers and state below it are analysed together. Absolute, or relative
   * to the linter's working directory. Default: the nearest folder above the file that has a package.json.
   */
  root?: string;
  /**
   * How updates of a framework are dispatched, by the framework's id, where the code does not show it (the
   * start is in another repository) or where a deployment decides: `{ grammy: "concurrent" }`.
   */
  dispatch?: Record<string, "sequential" | "concurrent">;
  /** Names of functions that only log or measure: they are never a write, a check or an effect. */
  harmless?: string[];
}

const SETTINGS: Readonly<Record<keyof RunAsyncSettings, (value: unknown) => string | null>> = {
  root: (value) => (typeof value === "string" ? null : "a folder's path"),
  dispatch: (value) =>
    isRecord(value) &&
    Object.values(value).every((mode) => mode === "sequential" || mode === "concurrent")
      ? null
      : 'an object of "sequential" or "concurrent" by framework',
  harmless: (value) =>
    Array.isArray(value) && value.every((name) => typeof name === "string")
      ? null
      : "an array of names",
};

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks what a config gives under `settings["run-async"]`.
 * @throws TypeError that names the wrong setting, what it should be, and the nearest valid name.
 */
export function readSettings(given: unknown): RunAsyncSettings {
  if (given === undefined) return {};
  if (!isRecord(given)) throw new TypeError('settings["run-async"] must be an object.');
  for (const [name, value] of Object.entries(given)) {
    if (!isSettingName(name))
      throw new TypeError(
        `Unknown setting "${name}" in settings["run-async"]. Did you mean "${nearest(name)}"?`,
      );
    const expected = SETTINGS[name](value);
    if (expected !== null)
      throw new TypeError(`settings["run-async"].${name} must be ${expected}.`);
  }
  return given;
}

function isSettingName(name: string): name is keyof RunAsyncSettings {
  return Object.hasOwn(SETTINGS, name);
}

function nearest(name: string): string {
  const names = Object.keys(SETTINGS);
  const distances = names.map((candidate) =>
    editDistance(name.toLowerCase(), candidate.toLowerCase()),
  );
  return names[distances.indexOf(Math.min(...distances))] ?? "root";
}

/** Levenshtein's distance, two rows at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1)
      row.push(
        Math.min(
          (previous[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    previous = row;
  }
  return previous[b.length] ?? 0;
}
