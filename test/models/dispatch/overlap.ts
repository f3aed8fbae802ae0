import { setTimeout as sleep } from "node:timers/promises";

/** A handler that counts how many of its activations are under way at once. */
export class Overlap {
  runs = 0;
  most = 0;
  #now = 0;

  /** Suspends long enough for the dispatcher to begin whatever else it would begin. */
  readonly handler = async (): Promise<void> => {
    this.runs += 1;
    this.#now += 1;
    this.most = Math.max(this.most, this.#now);
    await sleep(20);
    this.#now -= 1;
  };

  /** What was seen, in the models' words. Only to be asked after several updates came at once. */
  get concurrency(): "sequential" | "concurrent" {
    return this.most > 1 ? "concurrent" : "sequential";
  }

  /** Resolves when so many activations have ended. */
  async ended(count: number): Promise<void> {
    while (this.runs < count || this.#now > 0) await sleep(5);
  }
}
