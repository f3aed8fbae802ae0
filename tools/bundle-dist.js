// Puts the modules that belong together into one file before the package is packed (`npm run prepack`). Node.js
// finds, reads and links each module by itself: two hundred small ones were three quarters of the plugin's load
// time (`bench/load`). The runtime stays as it is: bots step through it, and load a part of it at a time.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, resolve, sep } from "node:path";
import { build } from "vite";

const DIST = resolve("dist");
/** All that the rules need, and most of what the command line does. Its folder is as deep as the sources' are. */
const ENGINE = "analysis/engine";

/** The files of the build that stay where they are: what package.json names, and the commands, loaded on demand. */
const entries = ["index.js", "cache.js", "cli/main.js", ...commands()];

/** Each command keeps its folder: some have files beside them. */
function commands() {
  return readdirSync(join(DIST, "cli"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `cli/${name}/command.js`);
}

/** The modules that the rules import, and theirs. */
function closureOf(id, getModuleInfo, found = new Set()) {
  if (found.has(id)) return found;
  found.add(id);
  for (const imported of getModuleInfo(id)?.importedIds ?? [])
    if (isAbsolute(imported)) closureOf(imported, getModuleInfo, found);
  return found;
}

const MODELS = join(DIST, "models") + sep;
const SOURCE = /\bsource:\s*"(?:[^"\\\n]|\\.)*",?/g;

/** Where the facts of a model come from is for who reads the sources. */
const withoutSources = {
  name: "without-sources",
  transform: (code, id) => (id.startsWith(MODELS) ? code.replace(SOURCE, "") : null),
};

let engine = null;
const { output } = await build({
  configFile: false,
  logLevel: "warn",
  plugins: [withoutSources],
  build: {
    ssr: true,
    write: false,
    minify: false,
    target: "es2023",
    rollupOptions: {
      input: Object.fromEntries(
        entries.map((entry) => [entry.replace(/\.js$/, ""), join(DIST, entry)]),
      ),
      external: (id) => !id.startsWith(".") && !isAbsolute(id),
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: ({ name }) =>
          name === ENGINE ? `${ENGINE}.js` : "analysis/[name]-[hash].js",
        hoistTransitiveImports: false,
        manualChunks(id, { getModuleInfo }) {
          engine ??= closureOf(join(DIST, "rules/index.js"), getModuleInfo);
          return engine.has(id) ? ENGINE : undefined;
        },
      },
    },
  },
});

for (const { type, moduleIds = [] } of output)
  if (type === "chunk") for (const id of moduleIds) if (existsSync(id)) rmSync(id);
for (const { type, fileName, code } of output) {
  if (type !== "chunk") throw new Error(`${fileName} is not code: the plugin has none such`);
  const path = join(DIST, fileName);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
