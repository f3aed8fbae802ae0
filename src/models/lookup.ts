/**
 * A table's entry under a name that comes from somebody's code: `constructor` and `toString` are names too,
 * and what an object inherits is no entry.
 */
export function lookup<T>(
  table: Readonly<Record<string, T>> | undefined,
  name: string | undefined,
): T | undefined {
  return table && name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
