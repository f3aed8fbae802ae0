import { nearest } from "./nearest.ts";

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
        `Unknown setting "${name}" in settings["run-async"]. Did you mean "${nearest(name, Object.keys(SETTINGS))}"?`,
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
