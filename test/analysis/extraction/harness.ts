import { activityOf } from "../../../src/analysis/activity.ts";
import { explain } from "../../../src/analysis/explain/explain.ts";
import { SharedState } from "../../../src/analysis/explain/shared-state.ts";
import { annotatedTypes, hasTypes } from "../../../src/analysis/extraction/annotations.ts";
import { isFilled } from "../../../src/analysis/extraction/column.ts";
import { extract, isRefusal } from "../../../src/analysis/extraction/extraction.ts";
import { overtakenAmong, select } from "../../../src/analysis/extraction/selection.ts";
import { makeSequential } from "../../../src/analysis/extraction/sequential.ts";
import { parseFile } from "../../../src/analysis/project/parser.ts";
import { Project } from "../../../src/analysis/project/project.ts";
import { readSettings } from "../../../src/analysis/settings.ts";
import type { Node } from "../../../src/analysis/syntax/ast.ts";
import { applyEdits } from "../../../src/cli/extract/edits.ts";
import { folderOf } from "../harness.ts";

/** What became of each file that changes, or why nothing is moved. */
export type Extracted = Readonly<Record<string, string>> | string;

/**
 * Moves the statements of a handler that begin on marked lines, `// <` alone or from `// <` to `// >`. The
 * types are those that stand in the file: `run-async extract` asks a type checker as well.
 */
export function extractedFrom(
  files: Readonly<Record<string, string>>,
  { name }: { name?: string } = {},
): Extracted {
  const project = projectOf(files);
  const activity = activityOf(project, readSettings({}));
  const { world, roots, activations } = activity;
  const paths = project.component();
  const file = paths
    .map((path) => project.fileAt(path))
    .find((candidate) => candidate?.text.includes("// <"));
  if (!file) throw new SyntaxError("No file has a marked line, or it does not parse.");
  const lines = file.text.split("\n");
  const first = lines.findIndex((line) => line.includes("// <")) + 1;
  const last = lines.findIndex((line) => line.includes("// >")) + 1 || first;
  const around = roots
    .filter(({ fn }) => fn.file === file && file.lineOf(fn.node) <= first)
    .filter(({ fn: { node } }) => last <= file.position(node.range[1]).line);
  const root = around.find(({ trigger }) => trigger !== "task") ?? around[0];
  if (!root) throw new SyntaxError("The marked lines are in no handler.");
  const target = { fn: root.fn.node, file, name: root.name, root };
  const explanation = explain(world, new SharedState(activations), target);
  const chosen = explanation.statements.filter(({ line }) => first <= line && line <= last);
  const { movables, left } = select(explanation, chosen, world);
  if (!isFilled(movables)) return left.map(({ reason }) => reason).join("\n");
  const overtaken = overtakenAmong(movables, explanation, world);
  if (overtaken) return `comes after ${overtaken.overtaker.name}`;
  const typeOf = hasTypes(file) ? annotatedTypes(explanation) : null;
  const moved = new Set<Node>(movables.map(({ statement }) => statement));
  const sequential = makeSequential(explanation, moved, world, typeOf);
  if ("reason" in sequential) return sequential.reason;
  const { imports } = sequential;
  const extraction = extract(explanation, movables, world, { name, typeOf, imports });
  if (isRefusal(extraction)) return extraction.reason;
  const edits = new Map([[file, [...extraction.edits]]]);
  for (const [where, more] of sequential.edits)
    edits.set(where, [...(edits.get(where) ?? []), ...more]);
  return Object.fromEntries(
    [...edits].map(([where, own]) => {
      const text = applyEdits(where.text, own);
      if (!parseFile(where.path, text)) throw new SyntaxError(`No program:\n${text}`);
      return [project.relative(where.path), text];
    }),
  );
}

function projectOf(files: Readonly<Record<string, string>>): Project {
  const [[name, text] = ["", ""], ...others] = Object.entries(files);
  if (others.length > 0) return new Project(folderOf(files));
  const project = new Project("/project", { isAlone: true });
  const file = parseFile(`/project/${name}`, text);
  if (file) project.open(file);
  return project;
}

const BEGIN = `import { Bot, InlineKeyboard } from "grammy";

const bot = new Bot("");
let total = 0;
const look = { parse_mode: "HTML" };
const senders = { hello: (ctx) => ctx.reply("Hello") };

async function greet(ctx) {
  await ctx.reply("Hi");
}

async function tell(chat) {
  await bot.api.sendMessage(chat, "Told");
}

bot.command("go", async (ctx, next) => {
`;
const LAST = `"Told");\n}\n\n`;
const END = `});
bot.start();
`;

/**
 * Moves the marked statements of a grammY bot's handler, and shows the new functions and what the handler is
 * then; in TypeScript where the context is annotated.
 */
export function movedIn(body: string, { file = "bot.js" } = {}): string {
  const types = file.endsWith(".ts");
  const begin = types ? BEGIN.replace("ctx,", "ctx: Context,") : BEGIN;
  const extracted = extractedFrom({ [file]: begin + body.replace(/^\n/, "") + END });
  if (typeof extracted === "string") return extracted;
  const [text = ""] = Object.values(extracted);
  const at = text.indexOf(LAST) + LAST.length;
  return text
    .slice(at, text.lastIndexOf(END))
    .trim()
    .replace(/^bot\.command.*\n/m, "");
}
