import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What the stores of these tests need, in the versions that the models were compared with. */
const PACKAGES = [
  "better-sqlite3@12.11.1",
  "mongoose@9.12.1",
  "bson@7.3.4",
  "mingo@7.2.7",
  "prisma@7.10.1",
  "@prisma/client@7.10.0",
  "@prisma/adapter-better-sqlite3@7.10.0",
];

const SCHEMA = `generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "sqlite"
}

model Counter {
  key  String @id
  n    Int    @default(0)
}

model Entry {
  id   Int    @id @default(autoincrement())
  key  String
}

model UniqueEntry {
  key  String @id
}
`;

export const FOLDER = path.resolve(import.meta.dirname, "../../.cache/stores");

/**
 * Installs the clients beside the repository's own dependencies, once for each list of versions: together they
 * are larger than everything that the project itself needs, and one of them compiles C++.
 * @returns why there is nothing to compare with, or null when all is there
 */
export function install(): string | null {
  const wanted = JSON.stringify(PACKAGES);
  const mark = path.join(FOLDER, "installed.json");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return null;
  mkdirSync(path.join(FOLDER, "prisma"), { recursive: true });
  writeFileSync(path.join(FOLDER, "package.json"), '{ "private": true, "type": "module" }');
  writeFileSync(path.join(FOLDER, "prisma/schema.prisma"), SCHEMA);
  writeFileSync(
    path.join(FOLDER, "prisma.config.js"),
    'export default { schema: "prisma/schema.prisma", datasource: { url: "file:./unused.db" } };',
  );
  const run = (command: string, ...args: string[]): void => {
    execFileSync(command, args, {
      cwd: FOLDER,
      stdio: "pipe",
      // Generating a client needs no engine: its place may be taken by anything that exists.
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
    });
  };
  try {
    // Only SQLite has something to compile, for some minutes; no other script is wanted.
    run(
      "npm",
      "install",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--save-exact",
      ...PACKAGES,
    );
    run("npm", "rebuild", "better-sqlite3");
    run("npx", "--no-install", "prisma", "generate");
  } catch (error) {
    return `the store clients cannot be installed here: ${String(error).split("\n").slice(0, 3).join(" ")}`;
  }
  writeFileSync(mark, wanted);
  return null;
}
