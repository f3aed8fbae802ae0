// `npm install` leaves optional packages of other platforms out of the lock file when the registry does not
// have them, and `npm ci` then refuses the file. Better here than on a newcomer's machine.
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

interface LockFile {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

const lockFile = path.resolve(import.meta.dirname, "../package-lock.json");
const { packages } = JSON.parse(readFileSync(lockFile, "utf8")) as LockFile;

/** The folders in which Node.js looks for `name`, from a package's own folder outwards. */
const candidates = (from: string, name: string): string[] => {
  const parts = from === "" ? [] : from.split("/node_modules/");
  const prefixes = parts.map((_, index) => `${parts.slice(0, index + 1).join("/node_modules/")}/`);
  return ["", ...prefixes].map((prefix) => `${prefix}node_modules/${name}`);
};

test("the lock file names every optional package of every platform", () => {
  const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) =>
      candidates(folder, name).every((candidate) => packages[candidate] === undefined),
    ),
  );
  expect(missing).toEqual([]);
});
