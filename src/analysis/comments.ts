import type { SourceFile } from "./syntax/source-file.ts";

/** What a comment may say of the line it stands on, or of the line below it. */
export const COMMENT_WORDS = ["owned", "guarded-by", "sequential", "benign"] as const;

export type CommentWord = (typeof COMMENT_WORDS)[number];

/** `// run-async: guarded-by stockLock`. */
export interface CodeComment {
  /** Offsets of the whole comment. */
  readonly start: number;
  readonly end: number;
  /** The line it is about, from 1: its own where code stands before it, else the next one. */
  readonly line: number;
  readonly word: string;
  /** What follows the word: a lock, or a reason. */
  readonly rest: string;
}

const COMMENT = /\/\/\s*run-async:[ \t]*([^\s]*)[ \t]*(.*)$/;

const known = new WeakMap<SourceFile, readonly CodeComment[]>();

/** The comments of a file that speak to the analysis. */
export function commentsOf(file: SourceFile): readonly CodeComment[] {
  let comments = known.get(file);
  if (!comments) known.set(file, (comments = file.text.includes("run-async:") ? read(file) : []));
  return comments;
}

/** Whether some comment with the word speaks of the line. */
export function saysOf(file: SourceFile, line: number, word: CommentWord): boolean {
  return commentsOf(file).some(
    (comment) => comment.line === line && comment.word === word && isComplete(comment),
  );
}

/** `guarded-by` without a lock and `benign` without a reason say nothing. */
export function isComplete({ word, rest }: CodeComment): boolean {
  return (word !== "guarded-by" && word !== "benign") || rest.trim() !== "";
}

function read(file: SourceFile): CodeComment[] {
  const comments: CodeComment[] = [];
  let offset = 0;
  for (const [index, text] of file.text.split("\n").entries()) {
    const match = COMMENT.exec(text);
    if (match && !isInText(text.slice(0, match.index))) {
      const isAlone = text.slice(0, match.index).trim() === "";
      comments.push({
        start: offset + match.index,
        end: offset + text.trimEnd().length,
        line: index + (isAlone ? 2 : 1),
        word: match[1] ?? "",
        rest: (match[2] ?? "").trim(),
      });
    }
    offset += text.length + 1;
  }
  return comments;
}

/** Inside a string of this line: its quote is open. */
function isInText(before: string): boolean {
  return ['"', "'", "`"].some((quote) => before.split(quote).length % 2 === 0);
}
