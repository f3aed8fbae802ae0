type Row = Record<string, unknown>;
type Condition = Record<string, unknown>;

export interface MemoryTableOptions {
  /** Columns that are unique, one by one: a second row with the same value is refused. */
  unique?: readonly string[];
}

/** Rows in memory that answer the calls of Prisma, Mongoose, Sequelize and TypeORM for one table. */
export interface MemoryTable {
  readonly rows: readonly Readonly<Row>[];
  readonly [method: string]: unknown;
}

/**
 * A table for `answers`: `{ "prisma.user": memoryTable([{ coins: 60 }]) }`. Each call is one step, as in a store
 * that does each statement at once. Conditions compare by equality and by `gt`, `gte`, `lt`, `lte`, `in`, `not`;
 * columns that a row does not have match everything. Changes may be `increment`, `decrement`, `$inc`, `$set` and
 * plain values. What is read is a copy, and its `save()` writes it back.
 */
export function memoryTable(
  initial: readonly Readonly<Row>[],
  { unique = [] }: MemoryTableOptions = {},
): MemoryTable {
  const table = new Table(initial, unique);
  return new Proxy({} as MemoryTable, {
    get: (_target, name) =>
      typeof name !== "string" || name === "then"
        ? undefined
        : name === "rows"
          ? table.rows
          : (...args: unknown[]) => table.call(name, args),
    ownKeys: () => ["rows"],
    getOwnPropertyDescriptor: () => ({ value: table.rows, enumerable: true, configurable: true }),
  });
}

class Table {
  rows: Row[];
  readonly #unique: readonly string[];

  constructor(initial: readonly Readonly<Row>[], unique: readonly string[]) {
    this.rows = initial.map((row) => ({ ...row }));
    this.#unique = unique;
  }

  /** @throws Error for a method that is none of a table's */
  call(method: string, args: readonly unknown[]): unknown {
    const { where, data } = partsOf(method, args);
    const found = this.rows.filter((row) => matches(row, where));
    const [first] = found;
    const isMany = /Many$|All$/.test(method);
    if (/^(?:find|select|list|get|count|exists|aggregate)/.test(method) && data === null) {
      if (/^count/.test(method)) return found.length;
      if (/^exists/.test(method)) return found.length > 0;
      if (isMany || /^(?:find|select|list)$/.test(method))
        return found.map((row) => this.#copy(row));
      return first ? this.#copy(first) : null;
    }
    if (/^upsert/.test(method) && !first)
      return this.#insert(partOf(args[0], "create") ?? data ?? {});
    if (/^(?:create|insert|add|save)/.test(method))
      return this.#insert(data ?? {}, args[0] !== data);
    if (
      /^(?:update|upsert|findOneAndUpdate|findByIdAndUpdate|increment|decrement|set|patch)/.test(
        method,
      )
    )
      return this.#update(method, isMany ? found : found.slice(0, 1), data ?? {});
    if (/^(?:delete|destroy|remove|findOneAndDelete|findByIdAndDelete)/.test(method)) {
      const gone = isMany || method === "destroy" ? found : found.slice(0, 1);
      this.rows = this.rows.filter((row) => !gone.includes(row));
      const counts = { count: gone.length, deletedCount: gone.length };
      return /^find/.test(method) || method === "delete" ? (gone[0] ?? null) : counts;
    }
    throw new Error(`memoryTable has no ${method}: give an answer for it by name.`);
  }

  /** @throws Error with the code of the store when a unique column has the value already */
  #insert(data: Row, isPrisma = false): Row {
    const taken = this.#unique.find(
      (column) => column in data && this.rows.some((row) => row[column] === data[column]),
    );
    if (taken !== undefined)
      throw Object.assign(new Error(`Unique constraint failed on ${taken}`), {
        code: isPrisma ? "P2002" : 11000,
      });
    const row = { ...data };
    this.rows.push(row);
    return this.#copy(row);
  }

  #update(method: string, rows: readonly Row[], data: Row): unknown {
    const [before] = rows.map((row) => this.#copy(row));
    for (const row of rows) change(row, data);
    const [after] = rows;
    if (/^find/.test(method)) return before ?? null;
    if (method === "update" || method === "upsert") return after ? this.#copy(after) : null;
    const count = rows.length;
    return { count, modifiedCount: count, matchedCount: count, affected: count };
  }

  #copy(row: Row): Row {
    const copy = { ...row };
    const save = (): Row => Object.assign(row, copy);
    return Object.defineProperty(copy, "save", { value: save, configurable: true });
  }
}

/** What a call asks for and what it changes, in the argument order of the store it is written for. */
function partsOf(method: string, args: readonly unknown[]): { where: Condition; data: Row | null } {
  const [first, second] = args;
  if (/^(?:create|insert|add|save)/.test(method))
    return { where: {}, data: partOf(first, "data") ?? asRow(first) };
  const prisma = partOf(first, "where");
  if (prisma)
    return { where: prisma, data: partOf(first, "data") ?? partOf(first, "update") ?? null };
  const sequelize = partOf(second, "where");
  if (sequelize) return { where: sequelize, data: asRow(first) };
  const where = /ById|ByPk/.test(method) ? { id: first } : asRow(first);
  return { where, data: /pdate|upsert|^set|^patch/.test(method) ? asRow(second) : null };
}

function partOf(value: unknown, name: string): Row | undefined {
  const part = (value as Record<string, unknown> | null | undefined)?.[name];
  return typeof part === "object" && part !== null ? (part as Row) : undefined;
}

function asRow(value: unknown): Row {
  return typeof value === "object" && value !== null ? (value as Row) : {};
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
};

function matches(row: Row, where: Condition): boolean {
  return Object.entries(where).every(([column, wanted]) => {
    if (!(column in row) || wanted === undefined) return true;
    const value = row[column];
    if (typeof wanted !== "object" || wanted === null) return value === wanted;
    return Object.entries(wanted).every(([operator, operand]: [string, unknown]) => {
      const name = operator.replace(/^\$/, "");
      if (name === "in") return (operand as unknown[]).includes(value);
      if (name === "not" || name === "ne") return value !== operand;
      const compare = COMPARISONS[name];
      return compare ? compare(Number(value), Number(operand)) : value === operand;
    });
  });
}

function change(row: Row, data: Row): void {
  for (const [name, value] of Object.entries(data)) {
    if (name === "$inc") {
      for (const [column, by] of Object.entries(value as Record<string, number>))
        row[column] = Number(row[column] ?? 0) + by;
    } else if (name.startsWith("$")) {
      if (name === "$set") Object.assign(row, value);
    } else if (typeof value === "object" && value !== null && "increment" in value)
      row[name] = Number(row[name] ?? 0) + Number(value.increment);
    else if (typeof value === "object" && value !== null && "decrement" in value)
      row[name] = Number(row[name] ?? 0) - Number(value.decrement);
    else row[name] = value;
  }
}
