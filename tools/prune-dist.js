// Removes from dist what the current sources no longer emit, so that a stale file is never packed.
// Runs after tsc and not before it: a build never leaves a moment in which dist is empty.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const SOURCES_OF = {
  ".d.ts": [".ts"],
  ".d.cts": [".cts"],
  ".js": [".ts"],
  ".cjs": [".cts"],
  ".json": [".json"],
};

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const emitted = join(entry.parentPath, entry.name);
  const extension = Object.keys(SOURCES_OF).find((suffix) => emitted.endsWith(suffix));
  const stem = extension && join("src", emitted.slice("dist/".length, -extension.length));
  if (!SOURCES_OF[extension]?.some((suffix) => existsSync(stem + suffix))) rmSync(emitted);
}
