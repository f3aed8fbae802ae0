// Makes the build small before it is packed (`npm run prepack`): comments and blanks go, and where nobody steps
// through the code in production also the names of local variables. Members keep their names, and lines end now
// and then, so that a stack trace says something.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { transformWithEsbuild } from "vite";

/** Runs inside bots and their tests: its names stay. */
const RUNTIME = join("dist", "runtime") + sep;

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.c?js$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const { code } = await transformWithEsbuild(readFileSync(path, "utf8"), path, {
    loader: "js",
    target: "es2023",
    sourcemap: false,
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: !path.startsWith(RUNTIME),
    lineLimit: 500,
  });
  writeFileSync(path, code);
}

// Declarations of modules that no exported one mentions: nobody can import them.
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const mentioned = new Set();
const pending = Object.values(exports).flatMap((entry) => (entry.types ? [join(entry.types)] : []));
for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
  if (mentioned.has(path)) continue;
  mentioned.add(path);
  const specifiers = readFileSync(path, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g);
  for (const [, specifier] of specifiers)
    pending.push(join(dirname(path), specifier.replace(/(?:\.d)?\.(c?)[jt]s$/, ".d.$1ts")));
}
for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && /\.d\.c?ts$/.test(path) && !mentioned.has(path)) rmSync(path);
}
