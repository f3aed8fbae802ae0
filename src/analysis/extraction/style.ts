import type { SourceFile } from "../syntax/source-file.ts";

/** How a file is written, so that what is added looks like the rest of it. */
export interface Style {
  readonly indent: string;
  readonly quote: '"' | "'";
  /** Behind a statement. */
  readonly end: ";" | "";
  readonly newline: "\n" | "\r\n";
}

/** Lines longer than this are broken, in columns: what Prettier's users most often set. */
export const LINE_WIDTH = 100;

export function styleOf(file: SourceFile): Style {
  const { text } = file;
  const indents = [...text.matchAll(/^(?:\t| {2,8})(?=[^\s*])/gm)].map(([indent]) => indent);
  const [shortest = "  "] = indents.sort((a, b) => a.length - b.length);
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return {
    indent: indents.includes("\t") ? "\t" : shortest,
    quote: count(/'[^'"\n]*'/g) > count(/"[^'"\n]*"/g) ? "'" : '"',
    end: count(/;[ \t]*\r?$/gm) > 0 ? ";" : "",
    newline: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

/** A string literal without quotes or escapes in it. */
export function quoted(text: string, { quote }: Style): string {
  return `${quote}${text}${quote}`;
}

/** The blanks in front of the line that an offset is on. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return text.slice(start, offset).replace(/[^ \t].*$/s, "");
}
