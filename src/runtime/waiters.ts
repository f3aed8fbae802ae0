/** Those who wait for the same moment, for example that nothing runs any more. */
export class Waiters {
  #resolvers: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.#resolvers.push(resolve));
  }

  wake(): void {
    if (this.#resolvers.length === 0) return;
    for (const resolve of this.#resolvers.splice(0)) resolve();
  }
}
