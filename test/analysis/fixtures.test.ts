// Every line of fixtures/ that says `// => rule` is reported by that rule, and no other line by any.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectations, reports, type Files } from "./harness.ts";

const FOLDER = join(import.meta.dirname, "fixtures");

/** A file is a program, or several with one beginning; a folder is one, with all of its files. */
function programs(): [string, Files][] {
  return readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry): [string, Files][] => {
    const path = join(FOLDER, entry.name);
    if (!entry.isDirectory()) return programsIn(entry.name, readFileSync(path, "utf8"));
    const names = readdirSync(path, { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => /\.\w+$/.test(name));
    return [
      [
        entry.name,
        Object.fromEntries(files.map((name) => [name, readFileSync(join(path, name), "utf8")])),
      ],
    ];
  });
}

/** What stands before the first `// program: title` is the beginning of each. */
function programsIn(name: string, text: string): [string, Files][] {
  const [beginning = "", ...rest] = text.split(/^\/\/ program: (.*)\n/m);
  if (rest.length === 0) return [[name, text]];
  return rest.flatMap((part, index): [string, Files][] =>
    index % 2 === 0 ? [[`${name}: ${part}`, beginning + (rest[index + 1] ?? "")]] : [],
  );
}

test.each(programs())("%s", (_name, files) => {
  expect(reports(files)).toEqual(expectations(files));
});
