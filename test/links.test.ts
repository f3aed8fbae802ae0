import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const inDocs = readdirSync(path.join(root, "docs"), { recursive: true, encoding: "utf8" });
const pages = [
  ...readdirSync(root).filter((file) => file.endsWith(".md")),
  ...inDocs.filter((file) => file.endsWith(".md")).map((file) => path.join("docs", file)),
];

const headingsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );

/** Where the links of a page lead, relative to the root, without the headings. */
const targetsOf = (page: string): string[] => {
  const text = readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(/\]\((?!https?:)([^)\s#]+)/g)].map(([, to = ""]) =>
    path.join(path.dirname(page), to),
  );
};

test("the README leads to every page", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached)
    for (const target of targetsOf(page)) if (pages.includes(target)) reached.add(target);
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

test.each(pages)("the links of %s lead to files and headings that exist", (page) => {
  const text = readFileSync(path.join(root, page), "utf8");
  const withoutCode = text.replace(/^```.*?^```/gms, "").replace(/`[^`\n]*`/g, "");
  const links = [...withoutCode.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, to = ""]) => to);
  const broken = links.filter((link) => {
    const [file = "", heading] = link.split("#");
    const target = file ? path.resolve(root, path.dirname(page), file) : path.join(root, page);
    if (!existsSync(target)) return true;
    return heading !== undefined && !headingsOf(readFileSync(target, "utf8")).includes(heading);
  });
  expect(broken).toEqual([]);
});
