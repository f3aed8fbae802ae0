/** What stands behind the last separator, or all of it. */
export function lastPart(text: string, separator = "."): string {
  return text.slice(text.lastIndexOf(separator) + 1);
}

/** The text of a group that takes part in every match of its pattern. */
export function group(match: RegExpExecArray, index: number): string {
  return match[index] as string;
}
