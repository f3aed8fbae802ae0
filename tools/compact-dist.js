// Makes the build small before it is packed (`npm run prepack`): comments and blanks go, and where nobody steps
// through the code in production also the names of local variables. Members keep their names, and lines end now
// and then, so that a stack trace says something.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { transformWithEsbuild } from "vite";

/** Runs inside bots and their tests: its names stay. */
const RUNTIME = join("dist", "runtime") + sep;

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(?:c?js|css)$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const text = readFileSync(path, "utf8");
  const { code } = await transformWithEsbuild(text, path, {
    loader: path.endsWith(".css") ? "css" : "js",
    target: "es2023",
    sourcemap: false,
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: !path.startsWith(RUNTIME),
    lineLimit: path.startsWith(RUNTIME) ? 2000 : 20_000,
  });
  // Modules of types alone, which nothing imports any more.
  if (code.trim() === "export{};" && !path.startsWith(RUNTIME)) rmSync(path);
  else writeFileSync(path, code);
}

// Declarations of modules that no exported one mentions: nobody can import them. What is only mentioned, and
// exported by no name, nobody reads about.
const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
const mentioned = new Set();
const entries = Object.values(exports).flatMap((entry) => (entry.types ? [join(entry.types)] : []));
const declarationOf = (path, specifier) =>
  join(dirname(path), specifier.replace(/(?:\.d)?\.(c?)[jt]s$/, ".d.$1ts"));
const offered = new Set(entries);
for (const path of entries)
  for (const [, specifier] of readFileSync(path, "utf8").matchAll(
    /^export [^;]*? from "(\.[^"]+)"/gm,
  ))
    offered.add(declarationOf(path, specifier));
const pending = [...entries];
for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
  if (mentioned.has(path)) continue;
  mentioned.add(path);
  const specifiers = readFileSync(path, "utf8").matchAll(/(?:from |import\()"(\.[^"]+)"/g);
  for (const [, specifier] of specifiers) pending.push(declarationOf(path, specifier));
}
for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !/\.d\.c?ts$/.test(path)) continue;
  if (!mentioned.has(path)) {
    rmSync(path);
    continue;
  }
  const text = readFileSync(path, "utf8");
  const isOffered = !path.startsWith(RUNTIME) || offered.has(path);
  const kept = isOffered ? text : text.replace(/^ *\/\*\*[^]*?\*\/\n/gm, "");
  writeFileSync(
    path,
    kept.replace(/^(?: {4})+/gm, (blanks) => " ".repeat(blanks.length / 4)),
  );
}
