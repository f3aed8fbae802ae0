import { frameworks } from "../models/frameworks/index.ts";
import { nearest } from "./nearest.ts";
import type { LockFunction, RunAsyncSettings, StoreFunction, WrapperFunction } from "./settings.ts";

/** Throws a TypeError that says what stands at `where` and what should. */
type Check = (value: unknown, where: string) => void;

const ROOT = 'settings["run-async"]';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function expected(where: string, what: string, hint = ""): never {
  throw new TypeError(`${where} must be ${what}.${hint}`);
}

function below(where: string, name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `${where}.${name}` : `${where}[${JSON.stringify(name)}]`;
}

function didYouMean(written: string, names: readonly string[]): string {
  return ` Did you mean "${nearest(written, names)}"?`;
}

const text =
  (what: string): Check =>
  (value, where) => {
    if (typeof value !== "string" || value === "") expected(where, what);
  };

const position: Check = (value, where) => {
  if (!Number.isInteger(value) || (value as number) < 0)
    expected(where, "the position of an argument, counted from 0");
};

const oneOf =
  (...names: readonly string[]): Check =>
  (value, where) => {
    if (names.includes(value as string)) return;
    const all = names.map((name) => `"${name}"`);
    const list = [all.slice(0, -1).join(", "), all.at(-1)].join(" or ");
    expected(where, list, typeof value === "string" ? didYouMean(value, names) : "");
  };

const listOf =
  (item: Check, what: string): Check =>
  (value, where) => {
    if (!Array.isArray(value)) return expected(where, `an array of ${what}`);
    value.forEach((element, index) => {
      item(element, `${where}[${String(index)}]`);
    });
  };

/** An object with names of somebody's choice, or of a few. */
const tableOf =
  (entry: Check, what: string, names?: readonly string[]): Check =>
  (value, where) => {
    if (!isRecord(value)) return expected(where, `an object of ${what}`);
    for (const [name, content] of Object.entries(value)) {
      if (names && !names.includes(name))
        throw new TypeError(`Unknown ${what} "${name}" in ${where}.${didYouMean(name, names)}`);
      entry(content, below(where, name));
    }
  };

/** An object with the properties of a setting. */
function objectOf(
  fields: Readonly<Record<string, Check>>,
  required: readonly string[] = [],
): Check {
  return (value, where) => {
    if (!isRecord(value)) return expected(where, "an object");
    for (const [name, content] of Object.entries(value)) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (!field)
        throw new TypeError(
          `Unknown setting "${name}" in ${where}.${didYouMean(name, Object.keys(fields))}`,
        );
      if (content !== undefined) field(content, below(where, name));
    }
    for (const name of required)
      if (value[name] === undefined) throw new TypeError(`${where} needs "${name}".`);
  };
}

/** `{ from, name, [methods]: ... }` for instances, or `{ from, functions: ... }`. */
function describedBy(methods: string, entry: Check, what: string): Check {
  const table = tableOf(entry, what);
  const fields = objectOf({ from, name, [methods]: table, functions: table }, ["from"]);
  return (value, where) => {
    fields(value, where);
    const given = value as Record<string, unknown>;
    if ((given["name"] === undefined) !== (given[methods] === undefined))
      throw new TypeError(`${where} needs "name" and "${methods}" together.`);
    if ((given["name"] === undefined) === (given["functions"] === undefined))
      throw new TypeError(`${where} needs either "name" and "${methods}", or "functions".`);
  };
}

const from = text("a package's name or a file's path from the root");
const name = text("an exported name");

const WRAPPER: Record<keyof WrapperFunction, Check> = {
  handlers: (value, where) => {
    if (typeof value === "number") position(value, where);
    else oneOf("functions", "last")(value, where);
  },
  handlerOptions: listOf(text("a property's name"), "property names"),
  concurrency: oneOf("sequential", "concurrent"),
  lock: text("the name of a lock"),
  key: (value, where) => {
    if (typeof value === "number") position(value, where);
    else text("a path below the handler's argument, or an argument's position")(value, where);
  },
};

const LOCK: Record<keyof LockFunction, Check> = {
  kind: oneOf("section", "acquire", "release"),
  key: position,
  callback: position,
};

const STORE: Record<keyof StoreFunction, Check> = {
  kind: oneOf("read", "write", "create", "delete", "atomic", "idempotent", "save"),
  key: position,
  data: position,
  table: position,
};

const SETTINGS: Record<keyof RunAsyncSettings, Check> = {
  root: text("a folder's path"),
  dispatch: tableOf(
    oneOf("sequential", "concurrent"),
    "framework",
    frameworks.map(({ id }) => id),
  ),
  harmless: listOf(text("a name"), "names"),
  wrappers: listOf(
    objectOf({ from, functions: tableOf(objectOf(WRAPPER), "wrappers by exported name") }, [
      "from",
      "functions",
    ]),
    "wrappers",
  ),
  locks: listOf(describedBy("methods", objectOf(LOCK), "what each function does"), "locks"),
  stores: listOf(
    describedBy("operations", objectOf(STORE, ["kind"]), "what each function does"),
    "stores",
  ),
  unreached: oneOf("ignore", "concurrent"),
};

/** @throws TypeError that names the wrong setting, what it should be, and the nearest valid name. */
export function checkSettings(given: unknown): asserts given is RunAsyncSettings {
  objectOf(SETTINGS)(given, ROOT);
}
