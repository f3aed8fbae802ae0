/**
 * Whether an ESLint comment in the file turns a rule off on a line, so that a first look and the lint agree.
 * Comments are found by their text: a string that contains one counts as well, which nobody writes.
 */
export function isSuppressed(text: string, line: number, ruleId: string): boolean {
  if (!text.includes("eslint-disable")) return false;
  const lines = text.split("\n");
  const names = (pattern: RegExp, content: string | undefined): boolean => {
    const match = content === undefined ? null : pattern.exec(content);
    return match !== null && covers(match[1] ?? "", ruleId);
  };
  if (names(/eslint-disable-line\b([^*\n]*)/, lines[line - 1])) return true;
  if (names(/eslint-disable-next-line\b([^*\n]*)/, lines[line - 2])) return true;
  let isOff = false;
  for (const content of lines.slice(0, line)) {
    if (names(/\/\*\s*eslint-disable(?!-)\b([^*\n]*)/, content)) isOff = true;
    if (names(/\/\*\s*eslint-enable\b([^*\n]*)/, content)) isOff = false;
  }
  return isOff;
}

/** A directive without names means every rule; what follows `--` is its reason. */
function covers(list: string, ruleId: string): boolean {
  const [names = ""] = list.split(/\s--/);
  const rules = names.split(",").map((rule) => rule.trim());
  return rules.includes(ruleId) || rules.every((rule) => rule === "");
}
