import { childrenOf, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Run } from "./generalise.ts";
import type { TaskKey } from "./key.ts";
import type { Parameter } from "./parameters.ts";
import { indentAt, LINE_WIDTH, type Style } from "./style.ts";

/** What a function and its calls are printed with. */
export interface Printing {
  readonly name: string;
  readonly file: SourceFile;
  readonly style: Style;
  /** Comments between the statements belong to the body, which has one caller; else to the calls. */
  readonly keepsComments: boolean;
}

/** The declaration of the new function, as Prettier would lay it out. */
export function printFunction(
  printing: Printing,
  wrapper: string,
  run: Run,
  parameters: readonly Parameter[],
  key: TaskKey,
): string {
  const { name, style } = printing;
  const { indent, newline } = style;
  const list = parameters.map(({ name: own, type }) => (type ? `${own}: ${type.text}` : own));
  const head = `${indent}async function ${name}(${list.join(", ")}) {`;
  const lines = [
    `const ${name} = ${wrapper}(`,
    ...(head.length <= LINE_WIDTH
      ? [head]
      : [
          `${indent}async function ${name}(`,
          ...list.map((parameter) => `${indent.repeat(2)}${parameter},`),
          `${indent}) {`,
        ]),
    ...bodyLines(printing, run, parameters),
    `${indent}},`,
    `${indent}{ key: ${key.text} },`,
    `)${style.end}`,
  ];
  return lines.join(newline);
}

/** The first run's own text with parameters in its holes, at the depth of the new function's body. */
function bodyLines(
  { file, style, keepsComments }: Printing,
  run: Run,
  parameters: readonly Parameter[],
): string[] {
  const indent = style.indent.repeat(2);
  const edits = [...parameters.flatMap(holeEdits), ...run.flatMap(awaitEdits)];
  const pieces = keepsComments ? [rangeOf(run)] : run.map(({ statement }) => statement.range);
  return pieces.flatMap(([start, end]) => {
    const inside = edits.filter((edit) => start <= edit.start && edit.end <= end);
    const before = indentAt(file.text, start);
    const templates = templatesIn(run, file);
    return linesOf(file.text, inside, start, end).map(({ text, offset }, index) => {
      if (index === 0) return indent + text;
      const isContent = templates.some(([from, to]) => from < offset && offset < to);
      if (isContent || text.trim() === "") return text;
      return indent + (text.startsWith(before) ? text.slice(before.length) : text.trimStart());
    });
  });
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function holeEdits({ name, holes }: Parameter): Edit[] {
  return holes.map(({ range: [start, end], kind, entry }) => {
    if (entry) {
      const text = entry.name === name ? name : `${entry.name}: ${name}`;
      return { start: entry.start, end, text };
    }
    return { start, end, text: kind === "text" ? `\${${name}}` : name };
  });
}

/** The task is done when what it sends is sent, else its key would order nothing. */
function awaitEdits({ statement, isAwaited, isLog }: Run[number]): Edit[] {
  if (isAwaited || isLog) return [];
  const expression = unwrap(statement.expression);
  const start = statement.expression.range[0];
  const end = expression.type === "UnaryExpression" ? expression.argument.range[0] : start;
  return [{ start, end, text: "await " }];
}

interface Line {
  readonly text: string;
  /** Where it begins in the file. */
  readonly offset: number;
}

/** A part of the file with edits applied, by lines of the file. */
function linesOf(text: string, edits: readonly Edit[], from: number, to: number): Line[] {
  const lines: Line[] = [];
  let line = { text: "", offset: from };
  let position = from;
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  for (const edit of [...sorted, { start: to, end: to, text: "" }]) {
    for (const part of text.slice(position, edit.start).split(/(?<=\n)/)) {
      line.text += part.replace(/\r?\n$/, "");
      position += part.length;
      if (part.endsWith("\n")) {
        lines.push(line);
        line = { text: "", offset: position };
      }
    }
    line.text += edit.text;
    position = edit.end;
  }
  return [...lines, line];
}

/** Pieces of templates that go over several lines: their blanks are content. */
function templatesIn(run: Run, file: SourceFile): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  const visit = (node: Node): void => {
    if (node.type === "TemplateElement" && file.textOf(node).includes("\n"))
      ranges.push(node.range);
    for (const child of childrenOf(node)) visit(child);
  };
  for (const { statement } of run) visit(statement);
  return ranges;
}

/** What stands in the handler instead of a run. */
export function printCall(
  { name, file, style, keepsComments }: Printing,
  args: readonly string[],
  run: Run,
): string {
  const [start, stop] = rangeOf(run);
  const indent = indentAt(file.text, start);
  const end = file.text[stop - 1] === ";" ? ";" : "";
  const line = `${name}(${args.join(", ")})${end}`;
  const isLong = indent.length + line.length > LINE_WIDTH && !line.includes("\n");
  const call = isLong
    ? [
        `${name}(`,
        ...args.map((argument) => `${indent}${style.indent}${argument},`),
        `${indent})${end}`,
      ].join(style.newline)
    : line;
  const comments = keepsComments ? [] : commentsBetween(run, file);
  return [...comments, call].join(`${style.newline}${indent}`);
}

/** Comments between the statements of a run, one a line. */
function commentsBetween(run: Run, file: SourceFile): string[] {
  let [end] = run[0].statement.range;
  return run.flatMap(({ statement }) => {
    const between = file.text.slice(end, statement.range[0]);
    end = statement.range[1];
    return between
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  });
}

export function rangeOf(run: Run): [number, number] {
  return [run[0].statement.range[0], Math.max(...run.map(({ statement }) => statement.range[1]))];
}
