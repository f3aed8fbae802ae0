/** A first-in-first-out queue over a power-of-two array: amortised O(1) at both ends. */
export class Ring<T> {
  #items: (T | undefined)[] = new Array<T | undefined>(64);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#length) & (this.#items.length - 1)] = item;
    this.#length += 1;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const items = this.#items;
    const item = items[this.#head];
    items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (items.length - 1);
    this.#length -= 1;
    return item;
  }

  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#items[this.#head];
  }

  /** Removes what `keep` refuses, in O(n): for queues in which many entries were withdrawn. */
  retain(keep: (item: T) => boolean): void {
    const kept = [...this].filter(keep);
    this.#items = new Array<T | undefined>(64);
    this.#head = 0;
    this.#length = 0;
    for (const item of kept) this.push(item);
  }

  *[Symbol.iterator](): Generator<T> {
    const mask = this.#items.length - 1;
    for (let i = 0; i < this.#length; i++) yield this.#items[(this.#head + i) & mask] as T;
  }

  #grow(): void {
    const old = this.#items;
    const mask = old.length - 1;
    const items = new Array<T | undefined>(old.length * 2);
    for (let i = 0; i < old.length; i++) items[i] = old[(this.#head + i) & mask];
    this.#items = items;
    this.#head = 0;
  }
}
