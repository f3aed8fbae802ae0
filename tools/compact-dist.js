// Makes the build small before it is packed (`npm run prepack`): comments go, and where nobody steps through the
// code in production also blanks and the names of local variables. Members keep their names, and lines end now and
// then, so that a stack trace says something.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { transformWithEsbuild } from "vite";

/** Runs inside bots: it keeps its shape. */
const RUNTIME = join("dist", "runtime") + sep;
/** Runs inside tests: names stay. */
const TESTING = join(RUNTIME, "testing") + sep;
const COMPACT = { minifySyntax: true, minifyWhitespace: true, lineLimit: 500 };

function minification(path) {
  if (path.startsWith(TESTING)) return COMPACT;
  return path.startsWith(RUNTIME) ? { minify: false } : { ...COMPACT, minifyIdentifiers: true };
}

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.c?js$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const { code } = await transformWithEsbuild(readFileSync(path, "utf8"), path, {
    loader: "js",
    target: "es2023",
    sourcemap: false,
    ...minification(path),
  });
  writeFileSync(path, code);
}
