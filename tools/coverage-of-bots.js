// How much of real bots the analysis sees: `node tools/coverage-of-bots.js FOLDER... [--list NAME]`.
// Each FOLDER holds one checkout a bot. Registrations are counted in the plain text, by nothing that the analysis
// uses: a line that calls a method which handlers are registered with. `--list NAME` prints the lines of one
// bot that no root stands for, and the functions that nothing reaches. The second table is by framework, with
// what is reported. Code that no update leads to does not count: pages for a browser, tests, and the callbacks by
// which a module describes itself to a builder while it loads.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { activityOf } from "../dist/analysis/activity.js";
import { findingsOf } from "../dist/analysis/analyze.js";
import { moduleRecordOf } from "../dist/analysis/project/module-record.js";
import { Project } from "../dist/analysis/project/project.js";
import { reachedFunctions } from "../dist/analysis/project/reach.js";

const METHODS =
  "on|once|onText|command|hears|action|callbackQuery|inlineQuery|chosenInlineResult|start|help|settings|" +
  "message|event|view|shortcut|onNewMessage|onCallbackQuery|onMessage|get|post|put|delete";
const RECEIVERS =
  /(?:\b(?:bot|composer|scene|wizard|stage|client|app|router|updates|collector|dp|robot|ev|telegram|telegraf|[a-z]\w*(?:Bot|Composer|Scene|Collector|Router|Step|Handler|Feature))|^\s*)$/;
const CALL = new RegExp(`(?:\\.|^\\s*@)(${METHODS})\\s*(?:<[^>]*>)?\\(\\s*(.*)$`, "i");
const TIMER = /\b(?:setInterval|setTimeout|new CronJob|cron\.schedule|createConversation)\s*\(/;
const NO_HANDLER = /^\s*(?:\/\/|\*|import\b|const \w+ = await|\w+ = await|return await)/;
/** Verbs that HTTP routers share with clients and tables: only a path makes them a route. */
const ROUTE = /^(?:get|post|put|delete)$/;

/** Whether a line of text looks like the registration of a handler. */
function looksLikeRegistration(line) {
  if (NO_HANDLER.test(line)) return false;
  if (TIMER.test(line)) return !/setTimeout\s*\(\s*(?:resolve|res|r|done)\b/.test(line);
  const found = CALL.exec(line);
  if (!found) return false;
  const before = line.slice(0, found.index).replace(/\(.*\)$/, "");
  const decorated = line.trimStart().startsWith("@");
  if (!decorated && !RECEIVERS.test(before)) return false;
  // A registration names an event, a pattern or a filter, and gives a function (maybe on the next line).
  const rest = found[2];
  if (ROUTE.test(found[1])) return decorated || /^["'`]\//.test(rest);
  if (rest === "") return true;
  if (
    /^(?:start|help|settings|message)$/.test(found[1]) &&
    !/=>|function|^\w+\)|^["'`/]/.test(rest)
  )
    return false;
  return (
    /^["'`/[]|^\w+(?:\.\w+)*(?:\(.*\))?\s*,|=>|function/.test(rest) &&
    !/^["'`][^"'`]*["'`]\s*\)/.test(rest)
  );
}

const PAGES =
  /^(?:react-dom|react-router-dom|vue|svelte|solid-js|preact|next|nuxt|@angular\/core)$/;
const PAGE_IMPORT = /(?:from|require\()\s*["'](?:react|react-dom|next\/\w+|vue|svelte)["']/;
const TEST_FILE = /(?:^|\/)(?:__tests__|tests?|spec|e2e)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/;

/** Whether a file is for a browser or a test: by its name, its imports, or the package of its folder. */
function isBesideTheBot(path, text, root, packages) {
  if (TEST_FILE.test(path.slice(root.length)) || /\.[jt]sx$/.test(path)) return true;
  if (PAGE_IMPORT.test(text)) return true;
  const folder = dirname(path);
  let isOfPages = packages.get(folder);
  if (isOfPages === undefined) packages.set(folder, (isOfPages = isPagesPackage(folder, root)));
  return isOfPages;
}

/** The nearest package.json below the bot's own that depends on what draws pages. */
function isPagesPackage(folder, root) {
  for (let at = folder; at.length > root.length; at = dirname(at)) {
    const manifest = join(at, "package.json");
    if (!existsSync(manifest)) continue;
    const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, "utf8"));
    return Object.keys({ ...dependencies, ...devDependencies }).some((name) => PAGES.test(name));
  }
  return false;
}

/** `(option) => option.setName("user").setRequired(true)`, outside any function: the module describes itself. */
function isDescription(fn, file) {
  if (file.enclosing(fn).type !== "Program" && !isDescription(file.enclosing(fn), file))
    return false;
  if (fn.type !== "ArrowFunctionExpression" || file.parentOf(fn)?.type !== "CallExpression")
    return false;
  const [parameter] = fn.params;
  let inner = fn.body;
  if (inner.type === "BlockStatement") {
    const only = inner.body.length === 1 ? inner.body[0] : null;
    inner = only?.type === "ReturnStatement" ? only.argument : only?.expression;
  }
  while (inner?.type === "CallExpression" || inner?.type === "MemberExpression")
    inner = inner.type === "CallExpression" ? inner.callee : inner.object;
  return (
    parameter?.type === "Identifier" &&
    inner?.type === "Identifier" &&
    inner.name === parameter.name
  );
}

function measure(folder) {
  const began = performance.now();
  const project = new Project(realpathSync(folder));
  const activity = activityOf(project, {});
  const { roots } = activity;
  const { shapes } = activity.world;
  const findings = findingsOf(activity);
  const reached = reachedFunctions(
    shapes,
    roots.map((root) => root.fn),
  );
  const programs = project.component().flatMap((path) => {
    const file = project.fileAt(path);
    return file ? [{ node: file.ast, file }] : [];
  });
  const atStart = reachedFunctions(shapes, programs);
  const seconds = (performance.now() - began) / 1000;
  const registeredAt = new Set();
  for (const { file, node } of roots.flatMap((root) => root.sites)) {
    const [first, last] = node.range.map((offset) => file.position(offset).line);
    const to = node.type === "Decorator" ? last : calleeLine(file, node);
    for (let line = Math.min(first, to); line <= to; line += 1)
      if (line === to || line === first) registeredAt.add(`${file.path}:${line}`);
  }
  const missed = [];
  const idle = [];
  let registrations = 0;
  let functions = 0;
  let imports = 0;
  let resolved = 0;
  let unparsed = 0;
  let lines = 0;
  const packages = new Map();
  for (const path of project.component()) {
    const file = project.fileAt(path);
    if (!file) {
      unparsed += 1;
      continue;
    }
    lines += file.text.split("\n").length;
    const isBeside = isBesideTheBot(path, file.text, project.root, packages);
    file.text.split("\n").forEach((line, index) => {
      if (isBeside || !looksLikeRegistration(line)) return;
      registrations += 1;
      const at = `${path}:${index + 1}`;
      if (!registeredAt.has(at))
        missed.push(`${project.relative(path)}:${index + 1} ${line.trim()}`);
    });
    for (const fn of file.functions) {
      // What only the start-up runs overlaps nothing: it is no gap.
      if (!reached.has(fn) && (isBeside || atStart.has(fn) || isDescription(fn, file))) continue;
      functions += 1;
      if (!reached.has(fn))
        idle.push(`${project.relative(path)}:${file.lineOf(fn)} ${file.textOf(fn).split("\n")[0]}`);
    }
    for (const specifier of moduleRecordOf(file).specifiers) {
      if (!/^[.#@~]/.test(specifier)) continue;
      const resolution = project.resolve(path, specifier);
      if (resolution.kind === "package") continue;
      imports += 1;
      if (resolution.kind === "file") resolved += 1;
    }
  }
  return {
    registrations,
    missed,
    roots: roots.length,
    functions,
    idle,
    imports,
    resolved,
    unparsed,
    seconds,
    lines,
    framework: frameworkOf(roots),
    recommended: findings.filter(({ confidence }) => confidence === "recommended").length,
    strict: findings.length,
    concurrency: Object.entries(Object.groupBy?.(roots, (root) => root.concurrency) ?? count(roots))
      .map(([name, list]) => `${name} ${list.length}`)
      .join(", "),
  };
}

/** The framework that most handlers are registered with. */
function frameworkOf(roots) {
  const counts = new Map();
  for (const { framework, trigger } of roots)
    if (trigger === "update" || trigger === "event")
      counts.set(framework, (counts.get(framework) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "none found";
}

function count(roots) {
  const groups = {};
  for (const root of roots) (groups[root.concurrency] ??= []).push(root);
  return groups;
}

/** The line of the method's name: a chain's call begins many lines above. */
function calleeLine(file, node) {
  const callee = node.callee;
  const name = callee?.type === "MemberExpression" ? callee.property : (callee ?? node);
  return file.position(name.range[0]).line;
}

const share = (part, whole) => (whole === 0 ? "-" : `${Math.round((100 * part) / whole)}%`);

const {
  values: { list: wanted },
  positionals: folders,
} = parseArgs({ options: { list: { type: "string" } }, allowPositionals: true });
if (folders.length === 0)
  throw new Error("Usage: node tools/coverage-of-bots.js FOLDER... [--list NAME]");

const SUMS = ["bots", "registrations", "found", "functions", "reached", "imports", "resolved"];
const REPORTS = ["lines", "recommended", "strict", "seconds"];
const empty = () => Object.fromEntries([...SUMS, ...REPORTS].map((name) => [name, 0]));
const total = empty();
const byFramework = new Map();
const rows = [];
for (const path of folders.flatMap((folder) =>
  readdirSync(folder)
    .sort()
    .map((name) => join(resolve(folder), name)),
)) {
  const name = basename(path);
  if (!statSync(path).isDirectory() || !name.includes(wanted ?? "")) continue;
  const bot = measure(path);
  const found = bot.registrations - bot.missed.length;
  const reached = bot.functions - bot.idle.length;
  const group = byFramework.get(bot.framework) ?? empty();
  byFramework.set(bot.framework, group);
  for (const sums of [total, group])
    for (const key of [...SUMS, ...REPORTS]) sums[key] += { ...bot, bots: 1, found, reached }[key];
  rows.push(
    `| ${name} | ${found}/${bot.registrations} | ${share(found, bot.registrations)} | ${bot.roots} (${bot.concurrency}) | ${share(reached, bot.functions)} of ${bot.functions} | ${share(bot.resolved, bot.imports)} | ${bot.unparsed} | ${bot.seconds.toFixed(1)} |`,
  );
  if (wanted !== undefined) {
    for (const line of bot.missed) console.log("no root:", line.slice(0, 160));
    for (const line of bot.idle) console.log("not reached:", line.slice(0, 160));
  }
}
console.log(
  "| bot | registrations found | share | roots | functions reached | imports resolved | unparsed files | s |",
);
console.log("|---|---|---|---|---|---|---|---|");
console.log(rows.join("\n"));

const groupRow = (name, sums) =>
  `| ${[
    name,
    sums.bots,
    `${share(sums.found, sums.registrations)} of ${sums.registrations}`,
    `${share(sums.reached, sums.functions)} of ${sums.functions}`,
    `${share(sums.resolved, sums.imports)} of ${sums.imports}`,
    sums.lines,
    ((1000 * sums.recommended) / sums.lines).toFixed(2),
    ((1000 * sums.strict) / sums.lines).toFixed(2),
    sums.seconds.toFixed(1),
  ].join(" | ")} |`;
console.log(`
| framework | bots | registrations found | functions reached | imports resolved | lines | recommended reports per 1,000 lines | with strict | s |
|---|--:|--:|--:|--:|--:|--:|--:|--:|`);
for (const [name, sums] of [...byFramework].sort((a, b) => b[1].bots - a[1].bots))
  console.log(groupRow(name, sums));
console.log(groupRow("all", total));
