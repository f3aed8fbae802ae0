// Makes dist complete after tsc: copies what a page is made of (styles, browser scripts), and removes what the
// current sources no longer emit, so that a stale file is never packed. Runs after tsc and not before it: a
// build never leaves a moment in which dist is empty.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

const COPIED = [".css", ".js"];
const SOURCES_OF = {
  ".d.ts": [".ts"],
  ".d.cts": [".cts"],
  ".js": [".ts", ".js"],
  ".cjs": [".cts"],
  ".json": [".json"],
  ".css": [".css"],
};

for (const path of filesIn("src")) {
  if (!COPIED.some((extension) => path.endsWith(extension))) continue;
  const copy = join("dist", path.slice("src/".length));
  mkdirSync(dirname(copy), { recursive: true });
  copyFileSync(path, copy);
}

for (const emitted of filesIn("dist")) {
  const extension = Object.keys(SOURCES_OF).find((suffix) => emitted.endsWith(suffix));
  const stem = extension && join("src", emitted.slice("dist/".length, -extension.length));
  if (!SOURCES_OF[extension]?.some((suffix) => existsSync(stem + suffix))) rmSync(emitted);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
