import type { Output } from "./terminal.ts";

/** Work that is done sooner than this shows nothing, in milliseconds. */
const QUIET_FOR = 400;
const REDRAW_AFTER = 100;

/** One line on a terminal that says how far long work is; nothing in a file or pipe. */
export class Progress {
  readonly #output: Output;
  readonly #started = performance.now();
  #drawnAt = 0;
  #isDrawn = false;

  constructor(output: Output) {
    this.#output = output;
  }

  say(text: string): void {
    const now = performance.now();
    if (!this.#output.isTerminal || now - this.#started < QUIET_FOR) return;
    if (this.#isDrawn && now - this.#drawnAt < REDRAW_AFTER) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    this.#output.write(`\r\u001b[2K${text}`);
  }

  /** Wipes the line, so that nothing stands before what is printed next. */
  end(): void {
    if (this.#isDrawn) this.#output.write("\r\u001b[2K");
    this.#isDrawn = false;
  }
}
