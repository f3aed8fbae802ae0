import { group, lastPart } from "../syntax/text.ts";

/** What one SQL statement does, as far as its text says. */
export interface SqlStatement {
  readonly verb:
    "select" | "insert" | "upsert" | "update" | "delete" | "begin" | "isolate" | "commit" | "other";
  readonly table: string;
  /** Columns of `SET` or of the insert's list, with what they become. */
  readonly columns: readonly SqlColumn[];
  /** Conditions of `WHERE`, in order. */
  readonly conditions: readonly SqlCondition[];
  /** The insert does nothing, or updates, where the row exists. */
  readonly hasConflictClause: boolean;
  readonly isLocking: boolean;
  readonly isSerializable: boolean;
}

export interface SqlColumn {
  readonly name: string;
  /** The new value is a parameter: `$2`, `:name`, the n-th `?`. */
  readonly parameter: string | number | null;
  /** The statement computes the value from the row itself: `x = x + 1`. */
  readonly isComputed: boolean;
  /** The row keeps the value that it has: `x = COALESCE(x, ?)`. */
  readonly keepsOwn: boolean;
  /** The column of the proposed row that the value is taken from: `excluded.x`. */
  readonly source: string | null;
}

export interface SqlCondition {
  readonly column: string;
  readonly isEquality: boolean;
  readonly isConstant: boolean;
  readonly parameter: string | number | null;
}

const PARAMETER = /\$(\d+)|[:@$]([A-Za-z_]\w*)|\?(\d+)?/;

/** PostgreSQL's lock by a number, also for the transaction alone, and MySQL's by a name. */
const ADVISORY_LOCK = /\bpg_advisory_(?:xact_)?lock\s*\(|\bget_lock\s*\(/i;

/**
 * Reads a statement by its first words. This is no SQL parser: it looks for one table, the assigned columns and
 * the conjuncts of the last `WHERE`, which is all that a race depends on.
 */
export function readSql(text: string): SqlStatement {
  const sql = numberParameters(
    text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, " ").replace(/\s+/g, " "),
  );
  const verb =
    /^\s*(?:with .*? )?(select|insert|replace|update|delete|begin|commit|end|rollback|start transaction|set transaction)\b/i
      .exec(sql)?.[1]
      ?.toLowerCase();
  const base = {
    columns: [],
    conditions: conditionsOfText(sql),
    hasConflictClause: /\bon conflict\b|\bon duplicate key\b|\binsert or \w+/i.test(sql),
    isLocking: /\bfor (?:no key )?update\b|\bwith \(updlock/i.test(sql),
    isSerializable: /serializable|immediate|exclusive/i.test(sql),
  };
  // What the transaction does from here on, it does alone among all who ask for the same lock.
  if (ADVISORY_LOCK.test(sql)) return { ...base, verb: "isolate", table: "", isSerializable: true };
  switch (verb) {
    case "select":
      return { ...base, verb, table: tableAfter(sql, "from") };
    case "replace":
    case "insert":
      return insertOf(sql, base);
    case "update":
      return { ...base, verb, table: tableAfter(sql, "update"), columns: setColumns(sql) };
    case "delete":
      return { ...base, verb, table: tableAfter(sql, "from") };
    case "begin":
    case "start transaction":
      return { ...base, verb: "begin", table: "" };
    case "set transaction":
      return { ...base, verb: "isolate", table: "" };
    case "commit":
    case "end":
      return { ...base, verb: "commit", table: "" };
    case "rollback":
      // The transaction goes on from the savepoint.
      return { ...base, verb: /\bto\b/i.test(sql) ? "other" : "commit", table: "" };
    default:
      return { ...base, verb: "other", table: "" };
  }
}

/** An insert that changes the row it finds is a write of the columns that it sets. */
function insertOf(sql: string, base: Omit<SqlStatement, "verb" | "table">): SqlStatement {
  const table = tableAfter(sql, "into");
  const columns = insertColumns(sql);
  const isReplace = /^\s*replace\b|\binsert or replace\b/i.test(sql);
  const set = /\bdo update set\s+(.*)$|\bon duplicate key update\s+(.*)$/i.exec(sql);
  if (!set && !isReplace) return { ...base, verb: "insert", table, columns, conditions: [] };
  const target = /\bon conflict\s*\(([^)]*)\)/i.exec(sql)?.[1];
  const keys =
    target?.split(",").map((name) => name.trim().toLowerCase()) ??
    columns.slice(0, 1).map((column) => column.name);
  const given = new Map(columns.map((column) => [column.name, column.parameter]));
  return {
    ...base,
    verb: "upsert",
    table,
    columns: set
      ? setColumns(`set ${set[1] ?? set[2] ?? ""}`).map((column) => {
          const source = column.source === null ? undefined : given.get(column.source);
          return { ...column, parameter: source ?? column.parameter };
        })
      : columns.filter((column) => !keys.includes(column.name)),
    conditions: keys.map((column) => ({
      column,
      isEquality: true,
      isConstant: false,
      parameter: given.get(column) ?? null,
    })),
    hasConflictClause: true,
  };
}

/** Each `?` gets the number it has by position, so that clauses can be cut apart. */
function numberParameters(sql: string): string {
  let index = 0;
  return sql.replace(/\?(?!\d)/g, () => `?${String((index += 1))}`);
}

function tableAfter(sql: string, word: string): string {
  const name = '["`[]?(\\w+)["`\\]]?';
  const match = new RegExp(
    `\\b${word}\\s+(?:only\\s+|or \\w+\\s+)?(?:${name}\\.)*${name}`,
    "i",
  ).exec(sql);
  return match ? group(match, 2).toLowerCase() : "";
}

function parameterOf(text: string): string | number | null {
  const match = PARAMETER.exec(text);
  if (!match) return null;
  if (match[1] !== undefined) return Number(match[1]);
  if (match[3] !== undefined) return Number(match[3]);
  return match[2] ?? null;
}

function setColumns(sql: string): SqlColumn[] {
  const list = /\bset\s+(.*?)(?:\s+where\b|\s+from\b|\s+returning\b|$)/i.exec(sql)?.[1] ?? "";
  return topLevelParts(list).flatMap((part): SqlColumn[] => {
    const match = /^\s*["`[]?([\w.]+)["`\]]?\s*=\s*(.*)$/.exec(part);
    if (!match) return [];
    const name = lastPart(group(match, 1)).toLowerCase();
    const value = group(match, 2);
    const proposed = /\bexcluded\.["`[]?(\w+)|\bvalues\(\s*["`[]?(\w+)/i.exec(value);
    const source = (proposed?.[1] ?? proposed?.[2])?.toLowerCase() ?? null;
    const given = value.replace(/\bexcluded\.\S+|\bvalues\([^)]*\)/gi, " ");
    // `SET coins = :coins`: a parameter may bear the column's name.
    const own = given.replace(new RegExp(PARAMETER, "g"), " ");
    // COALESCE(excluded.x, t.x) picks one of two values; only arithmetic on the row's own value adds up.
    const isChoice = /^\s*(?:coalesce|ifnull)\(/i.test(value);
    const isComputed = new RegExp(`\\b${name}\\b`, "i").test(own) && !isChoice;
    const keepsOwn =
      isChoice && new RegExp(`\\(\\s*(?:(?!excluded)\\w+\\.)?${name}\\s*,`, "i").test(value);
    const parameter = isComputed || keepsOwn ? null : parameterOf(given);
    return [{ name, isComputed, keepsOwn, source, parameter }];
  });
}

function insertColumns(sql: string): SqlColumn[] {
  const match =
    /\binto\s+\S+\s*\(([^)]*)\)\s*values\s*\((.*?)\)(?:\s+(?:on|returning)\b|\s*;|\s*$)/i.exec(sql);
  if (!match) return [];
  const values = topLevelParts(group(match, 2));
  return group(match, 1)
    .split(",")
    .map((name, index) => ({
      name: name
        .trim()
        .replace(/["`[\]]/g, "")
        .toLowerCase(),
      isComputed: false,
      keepsOwn: false,
      source: null,
      parameter: parameterOf(values[index] ?? ""),
    }));
}

function conditionsOfText(sql: string): SqlCondition[] {
  const where =
    /\bwhere\s+(.*?)(?:\s+(?:group by|order by|limit|returning|for update|on conflict)\b|;|$)/i.exec(
      sql,
    )?.[1] ?? "";
  return where
    .split(/\s+and\s+/i)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const match = /["`[]?([\w.]+)["`\]]?\s*(=|<>|!=|[<>]=?|is\b|in\b|not\b|like\b)\s*(.*)$/i.exec(
        part,
      );
      const parameter = match ? parameterOf(group(match, 3)) : null;
      return {
        column: match ? lastPart(group(match, 1)).toLowerCase() : "",
        isEquality: match?.[2] === "=",
        isConstant: parameter === null,
        parameter,
      };
    });
}

/** Splits at commas that stand in no parentheses. */
function topLevelParts(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < list.length; index += 1) {
    const character = list[index];
    if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (character === "," && depth === 0) {
      parts.push(list.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(list.slice(start));
  return parts.filter((part) => part.trim() !== "");
}
