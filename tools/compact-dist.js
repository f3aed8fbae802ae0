// Makes the build small before it is packed (`npm run prepack`): comments go, and where nobody steps through the
// code in production also blanks. Names stay, and lines end now and then, so that a stack trace says something.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { transformWithEsbuild } from "vite";

/** Runs inside bots: it keeps its shape. */
const READABLE = join("dist", "runtime") + sep;
const COMPACT = { minifySyntax: true, minifyWhitespace: true, lineLimit: 500 };

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.c?js$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const { code } = await transformWithEsbuild(readFileSync(path, "utf8"), path, {
    loader: "js",
    target: "es2023",
    sourcemap: false,
    ...(path.startsWith(READABLE) ? { minify: false } : COMPACT),
  });
  writeFileSync(path, code);
}
