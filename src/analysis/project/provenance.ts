/** The files that an answer was made from. Interned: equal sets are one object, so unions can be remembered. */
interface FileSet {
  readonly bits: Uint32Array;
  readonly unions: Map<FileSet, FileSet>;
}

const BITS = 32;

/**
 * Which files each answer of the analysis hangs on, so that an edit of one file drops only the answers that
 * looked into it and a long-running editor does the rest of the project once.
 *
 * Who answers a question does it inside {@link Provenance.trace}; whatever reads a file on the way says so
 * through {@link Provenance.note}. An answer that is used again brings its files along. The idea is that of
 * Salsa's and Adapton's dependency tracking (Hammer et al., "Adapton", PLDI 2014), with files in place of
 * single inputs: an edit replaces a whole syntax tree, so nothing finer than a file stays valid.
 */
export class Provenance {
  readonly #numbers = new Map<string, number>();
  readonly #singles = new Map<string, FileSet>();
  readonly #sets = new Map<string, FileSet>();
  readonly #none = this.#intern(new Uint32Array(0));
  /** What the answer being made has looked into; null while nobody keeps one. */
  #current: FileSet | null = null;

  /** The answer being made looks into the file. */
  note(path: string): void {
    if (!this.#current) return;
    let single = this.#singles.get(path);
    if (!single) {
      const number = this.#numberOf(path);
      const bits = new Uint32Array(Math.floor(number / BITS) + 1);
      bits[bits.length - 1] = 1 << (number % BITS);
      this.#singles.set(path, (single = this.#intern(bits)));
    }
    this.add(single);
  }

  /** The answer being made uses another one. */
  add(files: FileSet): void {
    if (this.#current && this.#current !== files) this.#current = this.#union(this.#current, files);
  }

  /** Makes an answer, and says which files it looked into. They count for the answer around it as well. */
  trace<T>(answer: () => T): { readonly answer: T; readonly files: FileSet } {
    const outer = this.#current;
    this.#current = this.#none;
    try {
      const made = answer();
      return { answer: made, files: this.#current };
    } finally {
      this.#current = outer && this.#union(outer, this.#current);
    }
  }

  /**
   * Runs a pass over the whole project on behalf of nobody: an index of all callers belongs to no single answer.
   * What an edit adds to such an index reaches other files' answers when the whole project is read again.
   */
  apart<T>(pass: () => T): T {
    const outer = this.#current;
    this.#current = null;
    try {
      return pass();
    } finally {
      this.#current = outer;
    }
  }

  /** Tells for any set of files whether the path is among them. */
  includes(path: string): (files: FileSet) => boolean {
    const number = this.#numberOf(path);
    const word = Math.floor(number / BITS);
    const bit = 1 << (number % BITS);
    return ({ bits }) => ((bits[word] ?? 0) & bit) !== 0;
  }

  #numberOf(path: string): number {
    let number = this.#numbers.get(path);
    if (number === undefined) this.#numbers.set(path, (number = this.#numbers.size));
    return number;
  }

  #union(a: FileSet, b: FileSet): FileSet {
    if (a === b || b.bits.length === 0) return a;
    if (a.bits.length === 0) return b;
    const known = a.unions.get(b);
    if (known) return known;
    const union = this.#merge(a, b);
    a.unions.set(b, union);
    return union;
  }

  #merge(a: FileSet, b: FileSet): FileSet {
    // Mostly one holds the other, and then nothing new is made.
    if (holds(a, b)) return a;
    if (holds(b, a)) return b;
    const [long, short] = a.bits.length < b.bits.length ? [b, a] : [a, b];
    const bits = long.bits.slice();
    for (let index = 0; index < short.bits.length; index += 1)
      bits[index] = (bits[index] ?? 0) | (short.bits[index] ?? 0);
    return this.#intern(bits);
  }

  #intern(bits: Uint32Array): FileSet {
    const key = bits.join();
    let set = this.#sets.get(key);
    if (!set) this.#sets.set(key, (set = { bits, unions: new Map() }));
    return set;
  }
}

function holds(outer: FileSet, inner: FileSet): boolean {
  if (inner.bits.length > outer.bits.length) return false;
  for (let index = 0; index < inner.bits.length; index += 1)
    if (((inner.bits[index] ?? 0) & ~(outer.bits[index] ?? 0)) !== 0) return false;
  return true;
}

/** Questions whose answers can be dropped when a file changes. */
export interface Forgetful {
  forget(path: string): void;
}

/** Answers by question, each with the files it was made from. */
export class TracedMap<K, V> implements Forgetful {
  readonly #provenance: Provenance;
  readonly #answers = new Map<K, { readonly answer: V; readonly files: FileSet }>();
  /**
   * The questions by the files of their answers, which many have in common: an edit need not look at them all.
   * Made with the first edit; most runs see none.
   */
  #byFiles: Map<FileSet, K[]> | null = null;

  constructor(provenance: Provenance) {
    this.#provenance = provenance;
  }

  /** A known answer; its files count for the answer being made. */
  get(question: K): V | undefined {
    const known = this.#answers.get(question);
    if (!known) return undefined;
    this.#provenance.add(known.files);
    return known.answer;
  }

  /** Makes an answer and keeps it. */
  make(question: K, answer: () => V): V {
    const made = this.#provenance.trace(answer);
    this.keep(question, made);
    return made.answer;
  }

  /** The known answer, or a new one that is kept. */
  answer(question: K, answer: () => V): V {
    const known = this.#answers.get(question);
    if (!known) return this.make(question, answer);
    this.#provenance.add(known.files);
    return known.answer;
  }

  keep(question: K, made: { readonly answer: V; readonly files: FileSet }): void {
    this.#answers.set(question, made);
    if (this.#byFiles) addTo(this.#byFiles, made.files, question);
  }

  delete(question: K): void {
    this.#answers.delete(question);
  }

  get isEmpty(): boolean {
    return this.#answers.size === 0;
  }

  clear(): void {
    this.#answers.clear();
    this.#byFiles = null;
  }

  /** Drops the answers that looked into the file, and those to questions that once needed it. */
  forget(path: string): void {
    const looksInto = this.#provenance.includes(path);
    const byFiles = (this.#byFiles ??= this.#indexByFiles());
    for (const [files, questions] of byFiles) {
      if (!looksInto(files)) continue;
      byFiles.delete(files);
      for (const question of questions) this.#answers.delete(question);
    }
  }

  #indexByFiles(): Map<FileSet, K[]> {
    const byFiles = new Map<FileSet, K[]>();
    for (const [question, { files }] of this.#answers) addTo(byFiles, files, question);
    return byFiles;
  }
}

function addTo<K>(byFiles: Map<FileSet, K[]>, files: FileSet, question: K): void {
  const others = byFiles.get(files);
  if (others) others.push(question);
  else byFiles.set(files, [question]);
}
