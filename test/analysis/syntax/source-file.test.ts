// Lines are counted as ESLint counts them, so that a message names the line that the report stands on.
import { expect, test } from "vitest";
import { parseFile } from "../../../src/analysis/project/parser.ts";

test.each([
  ["a line feed", "\n"],
  ["a carriage return and a line feed", "\r\n"],
  ["a carriage return alone", "\r"],
  ["a line separator", "\u2028"],
])("%s ends a line", (_title, end) => {
  const text = ["const a = 1;", "const b = 2;", "const c = 3;"].join(end);
  const file = parseFile("/project/lines.ts", text);
  expect(file?.position(text.indexOf("c = 3"))).toEqual({ line: 3, column: 6 });
});
