import { group } from "../syntax/text.ts";
import { addTable, type Schema } from "./schemas.ts";

/** Unique keys of a Prisma schema: `@id`, `@unique`, `@@id([...])`, `@@unique([...])`, and the provider. */
export function prismaSchema(text: string): { schema: Schema; provider: string } {
  const schema: Schema = new Map();
  const source = text.replace(/\/\/[^\n]*/g, "");
  for (const model of source.matchAll(/\bmodel\s+(\w+)\s*\{([^}]*)\}/g)) {
    const keys: string[][] = [];
    for (const line of group(model, 2).split("\n")) {
      const field = /^\s*(\w+)\s+\S+.*@(?:id|unique)\b/.exec(line);
      if (field) keys.push([group(field, 1)]);
      const compound = /@@(?:id|unique)\(\s*(?:fields:\s*)?\[([^\]]*)\]/.exec(line);
      if (compound) keys.push(columnsOf(group(compound, 1)));
    }
    addTable(schema, group(model, 1), keys);
  }
  const provider = /\bdatasource\s+\w+\s*\{[^}]*\bprovider\s*=\s*"(\w+)"/.exec(source)?.[1] ?? "";
  return { schema, provider };
}

/** Unique keys of `CREATE TABLE` and `CREATE UNIQUE INDEX` statements. */
export function sqlSchema(text: string, schema: Schema): void {
  const sql = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, " ");
  for (const match of sql.matchAll(
    /create\s+table\s+(?:if\s+not\s+exists\s+)?(?:["`[]?\w+["`\]]?\.)?["`[]?(\w+)["`\]]?\s*\(/gi,
  )) {
    const body = untilClosing(sql, match.index + match[0].length);
    addTable(schema, group(match, 1), keysOfTable(body));
  }
  for (const match of sql.matchAll(
    /create\s+unique\s+index\s+.*?\bon\s+(?:["`[]?\w+["`\]]?\.)?["`[]?(\w+)["`\]]?\s*(?:using\s+\w+\s*)?\(([^)]*)\)\s*(where\b)?/gis,
  ))
    if (match[3] === undefined) addTable(schema, group(match, 1), [columnsOf(group(match, 2))]);
}

function keysOfTable(body: string): string[][] {
  const keys: string[][] = [];
  for (const part of splitTopLevel(body)) {
    const constraint =
      /^\s*(?:constraint\s+\S+\s+)?(?:primary\s+key|unique(?:\s+(?:key|index))?(?:\s+\w+)?)\s*\(([^)]*)\)/i.exec(
        part,
      );
    if (constraint) keys.push(columnsOf(group(constraint, 1)));
    else {
      const column = /^\s*["`[]?(\w+)["`\]]?\s+.*\b(?:primary\s+key|unique)\b/is.exec(part);
      if (column) keys.push([group(column, 1).toLowerCase()]);
    }
  }
  return keys;
}

function columnsOf(list: string): string[] {
  return list.split(",").map((name) =>
    name
      .trim()
      .replace(/["`[\]]/g, "")
      .replace(/[\s(].*$/s, ""),
  );
}

function untilClosing(text: string, from: number): string {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === "(") depth += 1;
    else if (text[index] === ")" && (depth -= 1) === 0) return text.slice(from, index);
  }
  return text.slice(from);
}

function splitTopLevel(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "(") depth += 1;
    else if (text[index] === ")") depth -= 1;
    else if (text[index] === "," && depth === 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
