import type { TSESTree } from "@typescript-eslint/types";
import { mapped, type Column } from "./column.ts";

/** The part of some texts that is not the same in all of them. */
export interface DifferingText {
  /** Offsets in the first template element. */
  readonly start: number;
  readonly end: number;
  /** The differing parts as source text of expressions. */
  readonly args: readonly string[];
}

/** Compares the same piece of several templates; null where it is equal. Words are not taken apart. */
export function differingText(pieces: Column<TSESTree.TemplateElement>): DifferingText | null {
  const texts = mapped(pieces, (piece) => piece.value.raw);
  const [first] = texts;
  const [piece] = pieces;
  if (texts.every((text) => text === first)) return null;
  let start = 0;
  while (texts.every((text) => start < text.length && text[start] === first[start])) start += 1;
  while (start > 0 && texts.some((text) => isInsideWord(text, start))) start -= 1;
  let tail = 0;
  while (
    texts.every((text) => tail < text.length - start && text.at(-1 - tail) === first.at(-1 - tail))
  )
    tail += 1;
  while (tail > 0 && texts.some((text) => isInsideWord(text, text.length - tail))) tail -= 1;
  // Parsers differ in whether the delimiters belong to the element.
  const delimiter = piece.range[1] - piece.range[0] === first.length ? 0 : 1;
  return {
    start: delimiter + start,
    end: delimiter + first.length - tail,
    args: texts.map((text) => asExpression(text.slice(start, text.length - tail))),
  };
}

function isInsideWord(text: string, offset: number): boolean {
  return isWordCharacter(text[offset - 1]) && isWordCharacter(text[offset]);
}

/** Also the backslash of an escape, which belongs to what follows it. */
function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_\\]/u.test(character);
}

function asExpression(raw: string): string {
  return /["\\\n`$]/.test(raw) ? `\`${raw}\`` : `"${raw}"`;
}
