/**
 * A map that is cheap to branch: a branch and its original share their entries until one of them changes.
 * States are branched at every test and joined after it, and most branches change little.
 */
export class BranchingMap<Key, Value> {
  #entries: Map<Key, Value>;
  #isShared: boolean;

  private constructor(entries: Map<Key, Value>) {
    this.#entries = entries;
    this.#isShared = true;
  }

  static empty<Key, Value>(): BranchingMap<Key, Value> {
    return new BranchingMap<Key, Value>(NONE);
  }

  branch(): BranchingMap<Key, Value> {
    this.#isShared = true;
    return new BranchingMap(this.#entries);
  }

  /** Neither changed since one was branched from the other. */
  isSameAs(other: BranchingMap<Key, Value>): boolean {
    return this.#entries === other.#entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** Sets what is not the same already. */
  set(key: Key, value: Value): void {
    if (this.#entries.get(key) !== value || !this.#entries.has(key)) this.#own().set(key, value);
  }

  forEach(visit: (value: Value, key: Key) => void): void {
    this.#entries.forEach(visit);
  }

  /** Puts another value in for each; `replace` gives back the very same one for what stays. */
  replaceEach(replace: (value: Value) => Value): void {
    this.#entries.forEach((value, key) => {
      const replaced = replace(value);
      if (replaced !== value) this.#own().set(key, replaced);
    });
  }

  delete(key: Key): void {
    if (this.#entries.has(key)) this.#own().delete(key);
  }

  clear(): void {
    this.#entries = NONE;
    this.#isShared = true;
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.#entries.entries();
  }

  #own(): Map<Key, Value> {
    if (this.#isShared) {
      // The constructor would make a pair of each entry, and of most maps thousands of copies are made.
      const copy = new Map<Key, Value>();
      this.#entries.forEach((value, key) => copy.set(key, value));
      this.#entries = copy;
      this.#isShared = false;
    }
    return this.#entries;
  }
}

/** Shared by all that never got an entry, as most states' maps do not. */
const NONE = new Map<never, never>();
