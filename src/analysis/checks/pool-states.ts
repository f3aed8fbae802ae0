/** A pool as the explorer knows it. */
export interface PoolSpec {
  /** Slots; Infinity for code that runs in no pool. */
  readonly size: number;
  /** `block`: a task keeps its slot after its end until everything it submitted has started. */
  readonly overflow: "queue" | "block";
  /** `inherit`: a waited task of the same pool runs in the slot of the one that waits. */
  readonly nested: "queue" | "inherit";
}

/** A task: its own work, and then what it submits, step by step. */
export interface TaskSpec {
  readonly pool: number;
  /** Slots that it takes at once; 1 where nothing is said. */
  readonly slots?: number;
  readonly steps: readonly StepSpec[];
}

/** Submits `children` (indexes of tasks) one after the other; then waits for all of them, or goes on. */
export interface StepSpec {
  readonly children: readonly number[];
  readonly isWaited: boolean;
}

export interface PoolSystem {
  readonly pools: readonly PoolSpec[];
  readonly tasks: readonly TaskSpec[];
}

export type PoolVerdict = "free" | "deadlock" | "unknown";

const MOST_STATES = 10_000;
const REFINEMENTS = 3;
const MOST_INSTANCES = 64;

/**
 * Whether tasks that arrive together can come to wait for each other for ever. Explores every order in which
 * their own work can end; the rest is determined, as in the runtime: slots go to the line in its order, and a
 * slot is given on before the waiting parent goes on. `unknown` when there are too many states.
 *
 * @throws RangeError where an arrival or a step names a task or pool that the system does not have
 */
export function explorePools(system: PoolSystem, arrivals: readonly number[]): PoolVerdict {
  const start = new Machine(system);
  for (const task of arrivals) start.submit(task, null);
  const seen = new Set<string>();
  const pending = [start];
  for (let state = pending.pop(); state; state = pending.pop()) {
    if (state.isStuck) return "deadlock";
    if (state.instances.length > MOST_INSTANCES) return "unknown";
    const id = state.id;
    if (seen.has(id)) continue;
    seen.add(id);
    if (seen.size > MOST_STATES) return "unknown";
    for (const [index, instance] of state.instances.entries())
      if (instance.status === "working") {
        const next = state.clone();
        next.finishWork(index);
        pending.push(next);
      }
  }
  return "free";
}

interface Instance {
  readonly task: number;
  readonly parent: number | null;
  status: "queued" | "working" | "waiting" | "holding" | "over";
  /** The next step. */
  step: number;
  /** Waited children that are not over. */
  awaits: number[];
  /** Submissions that have not started, where the pool keeps the slot for them. */
  unaccepted: number[];
  /** The instance whose slot this one runs in. */
  lender: number | null;
  /** The child that runs in this one's slot. */
  borrower: number | null;
  /** Waits whose targets are to run in this one's slot. */
  wanted: number[];
}

function at<T>(items: readonly T[], index: number, what: string): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no ${what} ${String(index)}.`);
  return item;
}

/** Short names for long descriptions, the same for all states of one exploration. */
class Colours {
  readonly #names = new Map<string, string>();

  of(description: string): string {
    let name = this.#names.get(description);
    if (name === undefined) this.#names.set(description, (name = this.#names.size.toString(36)));
    return name;
  }
}

/** One state of all pools. Instances are named by their position. */
class Machine {
  readonly system: PoolSystem;
  readonly instances: Instance[];
  readonly queues: number[][];
  readonly busy: number[];
  readonly colours: Colours;

  constructor(system: PoolSystem, from?: Machine) {
    this.system = system;
    this.colours = from?.colours ?? new Colours();
    this.instances = (from?.instances ?? []).map((instance) => ({
      ...instance,
      awaits: [...instance.awaits],
      unaccepted: [...instance.unaccepted],
      wanted: [...instance.wanted],
    }));
    this.queues = from ? from.queues.map((queue) => [...queue]) : system.pools.map(() => []);
    this.busy = from ? [...from.busy] : system.pools.map(() => 0);
  }

  clone(): Machine {
    return new Machine(this.system, this);
  }

  /**
   * Equal for states that differ only in the numbering of instances: each live instance is named by what it
   * is, then by what its neighbours are (colour refinement, complete for forests after as many rounds as a
   * call tree is deep).
   */
  get id(): string {
    const places = new Map<number, number>();
    for (const queue of this.queues) queue.forEach((index, at) => places.set(index, at));
    const live = [...this.instances.keys()].filter((index) => this.#at(index).status !== "over");
    let names = new Map<number, string>();
    for (const index of live) {
      const { task, status, step } = this.#at(index);
      names.set(
        index,
        `${String(task)}${status}${String(step)},${String(places.get(index) ?? "")}`,
      );
    }
    for (let round = 0; round < REFINEMENTS; round += 1) {
      const nameOf = (index: number | null): string =>
        index === null ? "" : (names.get(index) ?? "");
      const namesOf = (list: readonly number[]): string => list.map(nameOf).join("+");
      const refined = new Map<number, string>();
      for (const index of live) {
        const { parent, awaits, unaccepted, lender, borrower, wanted } = this.#at(index);
        refined.set(
          index,
          `(${[
            nameOf(index),
            nameOf(parent),
            awaits.map(nameOf).sort().join("+"),
            unaccepted.map(nameOf).sort().join("+"),
            nameOf(lender),
            nameOf(borrower),
            namesOf(wanted),
          ].join("|")})`,
        );
      }
      names = new Map([...refined].map(([index, name]) => [index, this.colours.of(name)]));
    }
    return [...names.values()].sort().join(";");
  }

  /** Nothing works, and not everything is over. */
  get isStuck(): boolean {
    return (
      this.instances.some(({ status }) => status !== "over") &&
      this.instances.every(({ status }) => status !== "working")
    );
  }

  submit(task: number, parent: number | null): number {
    const index = this.instances.length;
    const pool = this.#spec(task).pool;
    this.instances.push({
      task,
      parent,
      status: "queued",
      step: 0,
      awaits: [],
      unaccepted: [],
      lender: null,
      borrower: null,
      wanted: [],
    });
    const holder = parent === null ? undefined : this.instances[parent];
    if (holder && this.system.pools[pool]?.overflow === "block") holder.unaccepted.push(index);
    const queue = this.#queue(pool);
    if (queue.length === 0 && this.#hasFree(pool, index)) this.#startInSlot(index);
    else queue.push(index);
    return index;
  }

  /** The task's own work ends, and all happens that follows from it. */
  finishWork(index: number): void {
    this.#goOn(index);
  }

  #spec(task: number): TaskSpec {
    return at(this.system.tasks, task, "task");
  }

  #poolOf(index: number): number {
    return this.#spec(this.#at(index).task).pool;
  }

  #at(index: number): Instance {
    return at(this.instances, index, "instance");
  }

  #queue(pool: number): number[] {
    return at(this.queues, pool, "pool");
  }

  #hasFree(pool: number, index: number): boolean {
    const { size } = at(this.system.pools, pool, "pool");
    return at(this.busy, pool, "pool") + this.#slots(index) <= size;
  }

  #slots(index: number): number {
    return this.#spec(this.#at(index).task).slots ?? 1;
  }

  #startInSlot(index: number): void {
    const pool = this.#poolOf(index);
    this.busy[pool] = at(this.busy, pool, "pool") + this.#slots(index);
    this.#start(index);
  }

  #start(index: number): void {
    const instance = this.#at(index);
    instance.status = "working";
    if (instance.parent === null) return;
    const parent = this.#at(instance.parent);
    parent.unaccepted = parent.unaccepted.filter((other) => other !== index);
    if (parent.status === "holding" && parent.unaccepted.length === 0)
      this.#giveBack(instance.parent);
  }

  /** Runs the steps until one waits, or the end. */
  #goOn(index: number): void {
    const instance = this.#at(index);
    const { steps } = this.#spec(instance.task);
    for (const step of steps.slice(instance.step)) {
      instance.step += 1;
      const children = step.children.map((child) => this.submit(child, index));
      if (!step.isWaited || children.length === 0) continue;
      instance.status = "waiting";
      instance.awaits = children;
      this.#lendToWaited(index, children);
      return;
    }
    this.#end(index);
  }

  #end(index: number): void {
    const instance = this.#at(index);
    const parent = instance.parent;
    if (instance.unaccepted.length > 0) {
      instance.status = "holding";
      if (this.#inherits(index)) this.#lendNext(index);
    } else this.#giveBack(index);
    if (parent === null) return;
    const waiter = this.#at(parent);
    const isWaitedFor = waiter.awaits.includes(index);
    waiter.awaits = waiter.awaits.filter((other) => other !== index);
    if (isWaitedFor && waiter.status === "waiting" && waiter.awaits.length === 0)
      this.#goOn(parent);
  }

  /** The slot goes to the lender, to the child that runs in it, or to the line. */
  #giveBack(index: number): void {
    const instance = this.#at(index);
    instance.status = "over";
    const { borrower, lender } = instance;
    if (borrower !== null) {
      this.#at(borrower).lender = lender;
      if (lender !== null) this.#at(lender).borrower = borrower;
      return;
    }
    if (lender !== null) {
      this.#at(lender).borrower = null;
      this.#lendNext(lender);
      return;
    }
    const pool = this.#poolOf(index);
    this.busy[pool] = at(this.busy, pool, "pool") - this.#slots(index);
    // The first in line waits for enough slots, and the others wait behind it.
    const queue = this.#queue(pool);
    for (let [next] = queue; next !== undefined && this.#hasFree(pool, next); [next] = queue) {
      queue.shift();
      this.#startInSlot(next);
    }
  }

  #inherits(index: number): boolean {
    return this.system.pools[this.#poolOf(index)]?.nested === "inherit";
  }

  #lendToWaited(index: number, children: readonly number[]): void {
    if (!this.#inherits(index)) return;
    const pool = this.#poolOf(index);
    const instance = this.#at(index);
    for (const child of children)
      if (this.#poolOf(child) === pool && this.#at(child).status === "queued") {
        instance.wanted.push(child);
        this.#lendNext(index);
      }
  }

  #lendNext(index: number): void {
    const instance = this.#at(index);
    if (instance.borrower !== null || instance.status === "over") return;
    const next = this.#nextBorrower(instance, this.#poolOf(index));
    if (next === undefined) return;
    const queue = this.#queue(this.#poolOf(next));
    queue.splice(queue.indexOf(next), 1);
    instance.borrower = next;
    this.#at(next).lender = index;
    this.#start(next);
  }

  #nextBorrower(instance: Instance, pool: number): number | undefined {
    while (instance.wanted.length > 0) {
      const next = instance.wanted.shift();
      if (next !== undefined && this.#at(next).status === "queued") return next;
    }
    if (instance.status !== "holding") return undefined;
    return instance.unaccepted.find(
      (child) => this.#poolOf(child) === pool && this.#at(child).status === "queued",
    );
  }
}
