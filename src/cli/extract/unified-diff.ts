const CONTEXT = 3;

type Line = readonly [sign: " " | "-" | "+", text: string];

/** What `diff -u` prints for two texts under the names that `git apply` expects; empty for equal ones. */
export function unifiedDiff(path: string, before: string, after: string): string {
  const lines = compare(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines);
  return hunks.length === 0 ? "" : [`--- a/${path}`, `+++ b/${path}`, ...hunks, ""].join("\n");
}

/** A last line without line feed is marked as `diff` marks it, and with that is not the line that has one. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

function hunksOf(lines: readonly Line[]): string[] {
  const hunks: string[] = [];
  const isNear = lines.map((_line, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(([sign]) => sign !== " "),
  );
  let [before, after] = [1, 1];
  for (let start = 0; start < lines.length;) {
    let end = start;
    while (end < lines.length && isNear[end] === isNear[start]) end += 1;
    const part = lines.slice(start, end);
    const count = (other: "-" | "+"): number => part.filter(([sign]) => sign !== other).length;
    const [old, fresh] = [count("+"), count("-")];
    if (isNear[start])
      hunks.push(
        `@@ -${rangeText(before, old)} +${rangeText(after, fresh)} @@`,
        ...part.map(([sign, text]) => sign + text),
      );
    before += old;
    after += fresh;
    start = end;
  }
  return hunks;
}

function rangeText(start: number, count: number): string {
  return count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`;
}

/** The longest common subsequence, by the table of Wagner and Fischer on what differs in the middle. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail += 1;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const lengths = a.map(() => new Uint32Array(b.length + 1));
  lengths.push(new Uint32Array(b.length + 1));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  const middle: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      middle.push([" ", a[i] ?? ""]);
      i += 1;
      j += 1;
    } else if (j === b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      middle.push(["-", a[i] ?? ""]);
      i += 1;
    } else {
      middle.push(["+", b[j] ?? ""]);
      j += 1;
    }
  }
  const same = (texts: readonly string[]): Line[] => texts.map((text) => [" ", text]);
  return [
    ...same(before.slice(0, head)),
    ...middle,
    ...same(tail === 0 ? [] : before.slice(-tail)),
  ];
}
