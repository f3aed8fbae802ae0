/** Decides which of several pending completions comes next, and remembers its decisions. */
export interface Chooser {
  /** @returns an index below `count`, which is at least 2 */
  choose(count: number): number;
  /** The decisions so far: base-36 numbers with dots between them, `"-"` when there was none. */
  readonly replay: string;
}

class Decisions implements Chooser {
  readonly taken: number[] = [];
  readonly #next: (depth: number, count: number) => number;

  constructor(next: (depth: number, count: number) => number) {
    this.#next = next;
  }

  choose(count: number): number {
    const choice = this.#next(this.taken.length, count);
    this.taken.push(choice);
    return choice;
  }

  get replay(): string {
    return this.taken.length === 0
      ? "-"
      : this.taken.map((choice) => choice.toString(36)).join(".");
  }
}

export interface Search {
  /** The next schedule, to be run to its end before the one after it is asked for. */
  next(): Chooser | undefined;
  readonly isExhausted: boolean;
}

/** All schedules, each once, depth-first. Only the current path is kept in memory. */
export function depthFirst(): Search {
  /** Choices of the current schedule, with the number there were to choose from. */
  let path: { choice: number; count: number }[] | undefined;
  let isExhausted = false;
  return {
    next() {
      if (path === undefined) {
        path = [];
      } else {
        for (
          let last = path.at(-1);
          last !== undefined && last.choice === last.count - 1;
          last = path.at(-1)
        )
          path.pop();
        const last = path.at(-1);
        if (last === undefined) {
          isExhausted = true;
          return undefined;
        }
        last.choice += 1;
      }
      const current = path;
      return new Decisions((depth, count) => {
        const step = (current[depth] ??= { choice: 0, count });
        return step.choice;
      });
    },
    get isExhausted() {
      return isExhausted;
    },
  };
}

/** Schedules from a seeded generator (mulberry32, Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => Chooser {
  let state = seed | 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => new Decisions((_depth, count) => Math.floor(random() * count));
}

/** @throws TypeError, when it is run, if the program offers other choices than the string names */
export function replayOf(text: string): Chooser {
  const choices = text === "-" ? [] : text.split(".").map((part) => Number.parseInt(part, 36));
  return new Decisions((depth, count) => {
    const choice = choices[depth];
    if (choice === undefined || !(choice >= 0 && choice < count)) {
      throw new TypeError(`The replay string "${text}" does not fit this program: has it changed?`);
    }
    return choice;
  });
}
