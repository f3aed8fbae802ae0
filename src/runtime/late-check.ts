import { realTime } from "./real-time.ts";

/**
 * Timers of the runtime's own checks (deadlock grace, stalls). They never keep a process alive;
 * instead all of them fire when the event loop runs empty, so that a process whose tasks
 * wait for each other says so before it exits instead of ending with code 0.
 */
const armed = new Set<LateCheck>();
let creating = false;

/** True while the runtime starts a timer of its own: the explorer does not count it as a wait. */
export function isCreatingOwnTimer(): boolean {
  return creating;
}

export class LateCheck {
  readonly #check: (atExit: boolean) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(check: (atExit: boolean) => void) {
    this.#check = check;
  }

  get isArmed(): boolean {
    return this.#timer !== undefined;
  }

  /** Runs the check after `ms` milliseconds; does nothing when it is armed already. */
  arm(ms: number): void {
    if (this.#timer !== undefined) return;
    if (armed.size === 0) process.once("beforeExit", fireAll);
    armed.add(this);
    creating = true;
    try {
      // setTimeout overflows above 2^31 - 1 milliseconds and would fire at once
      this.#timer = realTime
        .setTimeout(
          () => {
            this.#fire(false);
          },
          Math.min(ms, 2_147_483_647),
        )
        .unref();
    } finally {
      creating = false;
    }
  }

  disarm(): void {
    if (this.#timer === undefined) return;
    realTime.clearTimeout(this.#timer);
    this.#timer = undefined;
    armed.delete(this);
    if (armed.size === 0) process.removeListener("beforeExit", fireAll);
  }

  /** For `beforeExit`. */
  fireNow(): void {
    this.#fire(true);
  }

  #fire(atExit: boolean): void {
    this.disarm();
    this.#check(atExit);
  }
}

function fireAll(): void {
  for (const check of [...armed]) check.fireNow();
}
