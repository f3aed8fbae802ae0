import { readFileSync } from "node:fs";
import path from "node:path";

const docs = path.resolve(import.meta.dirname, "../../docs");

/** The file or command that a page of docs/ shows in the code block with this `title=`. */
export const recipe = (page: string, title: string): string => {
  const text = readFileSync(path.join(docs, page), "utf8");
  const name = title.replaceAll(".", String.raw`\.`);
  const block = new RegExp(`^\`\`\`\\w+ title=${name}\\n(.*?)^\`\`\``, "ms").exec(text)?.[1];
  if (block === undefined) throw new Error(`docs/${page} has no code block with title=${title}`);
  return block;
};
