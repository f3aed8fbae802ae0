/**
 * The least a bounded pool can be: a ring buffer, a counter and a promise per task. No options, no
 * errors of its own, no async context, no reports. The other subjects are measured against it.
 */
export class BareRing {
  #items = new Array(1024);
  #head = 0;
  #length = 0;
  #active = 0;
  #workers;

  constructor(workers) {
    this.#workers = workers;
  }

  run(fn) {
    return new Promise((resolve, reject) => {
      if (this.#active < this.#workers) this.#start(fn, resolve, reject);
      else this.#push({ fn, resolve, reject });
    });
  }

  #start(fn, resolve, reject) {
    this.#active += 1;
    let outcome;
    try {
      outcome = fn();
    } catch (error) {
      reject(error);
      this.#next();
      return;
    }
    if (outcome !== null && typeof outcome === "object" && typeof outcome.then === "function") {
      outcome.then(
        (value) => {
          resolve(value);
          this.#next();
        },
        (error) => {
          reject(error);
          this.#next();
        },
      );
    } else {
      resolve(outcome);
      queueMicrotask(() => this.#next());
    }
  }

  #next() {
    this.#active -= 1;
    if (this.#length === 0) return;
    const task = this.#shift();
    this.#start(task.fn, task.resolve, task.reject);
  }

  #push(task) {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#length) & (this.#items.length - 1)] = task;
    this.#length += 1;
  }

  #shift() {
    const task = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#length -= 1;
    return task;
  }

  #grow() {
    const old = this.#items;
    this.#items = new Array(old.length * 2);
    for (let i = 0; i < old.length; i++) this.#items[i] = old[(this.#head + i) & (old.length - 1)];
    this.#head = 0;
  }
}

/** The least a lock per key can be: a promise chain in a map, dropped when it is idle. */
export function bareChains() {
  const tails = new Map();
  return (key, fn) => {
    const before = tails.get(key);
    const tail = before === undefined ? Promise.resolve().then(fn) : before.then(fn, fn);
    tails.set(key, tail);
    const clean = () => {
      if (tails.get(key) === tail) tails.delete(key);
    };
    tail.then(clean, clean);
    return tail;
  };
}
