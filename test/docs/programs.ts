/** A program in a fenced block of a page. */
export interface Program {
  /** The heading of second level above it. */
  readonly heading: string;
  /** The line of the page on which it begins. */
  readonly line: number;
  readonly code: string;
}

/** The TypeScript and JavaScript programs of a page. */
export function programsOf(markdown: string): Program[] {
  const programs: Program[] = [];
  let heading = "";
  for (const part of markdown.matchAll(/^## (.+)$|^```(?:ts|js)\n([^]*?)^```$/gm)) {
    const [, title, code] = part;
    if (title !== undefined) heading = title;
    else if (code !== undefined) {
      const line = markdown.slice(0, part.index).split("\n").length + 1;
      programs.push({ heading, line, code });
    }
  }
  return programs;
}
