// How much of real bots the analysis sees: `node tools/coverage-of-bots.js FOLDER [--list NAME]`.
// FOLDER holds one checkout a bot. Registrations are counted in the plain text, by nothing that the analysis
// uses: a line that calls a method which handlers are registered with. `--list NAME` prints the lines of one
// bot that no root stands for, and the functions that nothing reaches.
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { findRoots } from "../dist/analysis/project/roots.js";
import { moduleRecordOf } from "../dist/analysis/project/module-record.js";
import { isTestPath, Project } from "../dist/analysis/project/project.js";
import { reachedFunctions } from "../dist/analysis/project/reach.js";
import { Shapes } from "../dist/analysis/project/shapes.js";

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

function measure(folder) {
  const began = performance.now();
  const project = new Project(realpathSync(folder));
  const shapes = new Shapes(project);
  const roots = findRoots(project, shapes);
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
  for (const path of project.component()) {
    if (isTestPath(project.relative(path))) continue;
    const file = project.fileAt(path);
    if (!file) {
      unparsed += 1;
      continue;
    }
    file.text.split("\n").forEach((line, index) => {
      if (!looksLikeRegistration(line)) return;
      registrations += 1;
      const at = `${path}:${index + 1}`;
      if (!registeredAt.has(at))
        missed.push(`${project.relative(path)}:${index + 1} ${line.trim()}`);
    });
    for (const fn of file.functions) {
      // What only the start-up runs overlaps nothing: it is no gap.
      if (atStart.has(fn) && !reached.has(fn)) continue;
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
    concurrency: Object.entries(Object.groupBy?.(roots, (root) => root.concurrency) ?? count(roots))
      .map(([name, list]) => `${name} ${list.length}`)
      .join(", "),
  };
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

const [folder, flag, wanted] = process.argv.slice(2);
if (!folder) throw new Error("Usage: node tools/coverage-of-bots.js FOLDER [--list NAME]");
const total = { registrations: 0, found: 0, functions: 0, reached: 0, imports: 0, resolved: 0 };
const rows = [];
for (const name of readdirSync(folder).sort()) {
  const path = join(resolve(folder), name);
  if (!statSync(path).isDirectory() || (flag === "--list" && !name.includes(wanted))) continue;
  const bot = measure(path);
  const found = bot.registrations - bot.missed.length;
  const reached = bot.functions - bot.idle.length;
  total.registrations += bot.registrations;
  total.found += found;
  total.functions += bot.functions;
  total.reached += reached;
  total.imports += bot.imports;
  total.resolved += bot.resolved;
  rows.push(
    `| ${name} | ${found}/${bot.registrations} | ${share(found, bot.registrations)} | ${bot.roots} (${bot.concurrency}) | ${share(reached, bot.functions)} of ${bot.functions} | ${share(bot.resolved, bot.imports)} | ${bot.unparsed} | ${bot.seconds.toFixed(1)} |`,
  );
  if (flag === "--list") {
    for (const line of bot.missed) console.log("no root:", line.slice(0, 160));
    for (const line of bot.idle) console.log("not reached:", line.slice(0, 160));
  }
}
console.log(
  "| bot | registrations found | share | roots | functions reached | imports resolved | unparsed files | s |",
);
console.log("|---|---|---|---|---|---|---|---|");
console.log(rows.join("\n"));
console.log(
  `all: registrations ${share(total.found, total.registrations)} of ${total.registrations}, functions reached ${share(total.reached, total.functions)} of ${total.functions}, imports resolved ${share(total.resolved, total.imports)} of ${total.imports}`,
);
