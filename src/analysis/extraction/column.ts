/** What stands in the same place of every run, one a run; there is at least one run. */
export type Column<T> = readonly [T, ...T[]];

export function isFilled<T>(items: readonly T[]): items is Column<T> {
  return items.length > 0;
}

export function mapped<T, U>([first, ...others]: Column<T>, of: (item: T) => U): Column<U> {
  return [of(first), ...others.map(of)];
}

/** The items of rows by their place; null where the rows are not equally long. */
export function columnsOf<T>([first, ...others]: Column<readonly T[]>): Column<T>[] | null {
  if (others.some((row) => row.length !== first.length)) return null;
  return first.map((item, index) => [
    item,
    ...others.flatMap((row) => row.slice(index, index + 1)),
  ]);
}

export function areAll<T, S extends T>(
  items: Column<T>,
  is: (item: T) => item is S,
): items is Column<S> {
  return items.every(is);
}
