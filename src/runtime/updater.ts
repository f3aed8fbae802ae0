import { lazyApi, type BotApi } from "./bot-api.ts";
import { Dispatcher } from "./dispatcher.ts";
import { TaskAbortedError, type TaskInfo } from "./errors.ts";
import { Intake } from "./intake.ts";
import { adoptPool, register, runAs, unregister } from "./ownership.ts";
import { poll, type PollingOptions } from "./polling.ts";
import { engineOf, type BoundedPool, type PoolOptions } from "./pool.ts";
import { untilSignal } from "./signals.ts";
import { Update, type RawUpdate } from "./update.ts";
import { Webhook, type WebhookOptions } from "./webhook.ts";

export type { PollingOptions } from "./polling.ts";

/** Anything that yields updates of the Bot API. */
export type UpdateSource = AsyncIterable<RawUpdate>;

/** A bot and where its updates come from; `fromGrammy` and `fromTelegraf` make one. */
export interface UpdaterInput {
  /** The Bot API: grammY's `bot.api`, or anything with the same methods. */
  bot?: BotApi;
  /** Consumed by `startPolling` instead of `getUpdates`. */
  source?: UpdateSource;
  /** Awaited for updates that no handler of the dispatcher matched. */
  fallback?: (update: RawUpdate) => Promise<unknown>;
}

export interface UpdaterOptions extends Omit<PoolOptions, "onError"> {
  /** Root of the Bot API server, for an Updater made from a token. */
  apiRoot?: string;
  /**
   * Accepted updates that may be unhandled at the same time; no more are fetched, and webhook
   * requests are answered with 503, until one is done. Updates that wait for a key count, so it
   * should be well above the backlog of one busy chat. Default 1000.
   */
  maxInFlight?: number;
  /**
   * When the Bot API may forget an update: once it is accepted (default; faster), or once it was
   * handled to the end, so that a crash loses none but may repeat some.
   */
  confirm?: "accepted" | "settled";
}

export interface StopReport {
  /** Everything accepted was handled to the end. */
  readonly drained: boolean;
  /** What still ran when the deadline passed. */
  readonly overrunning: readonly TaskInfo[];
  /** Accepted updates that were dropped unhandled (`drain: false`). */
  readonly discarded: number;
}

export interface StopOptions {
  /** Handle all accepted updates first. Default true. */
  drain?: boolean;
  /** Milliseconds to wait for that. Default: no limit. */
  deadline?: number;
}

/** A part of the Updater that stops with it: the job queue. */
export interface Stoppable {
  stop(): Promise<void>;
}

/**
 * Fetches updates and hands them to its dispatcher.
 *
 * The first Updater is the home of all `runAsync` calls of the process. With more than one alive,
 * a call belongs to the Updater whose handler or job made it (by AsyncLocalStorage).
 */
export class Updater {
  readonly bot: BotApi;
  readonly dispatcher: Dispatcher;
  readonly pool: BoundedPool;
  /** @internal */
  readonly intake: Intake;
  readonly #input: UpdaterInput;
  readonly #confirm: "accepted" | "settled";
  readonly #parts = new Set<Stoppable>();
  #fetching: { readonly end: AbortController; readonly done: Promise<void> } | undefined;
  #webhook: Webhook | undefined;
  #stopping: Promise<StopReport> | undefined;

  /**
   * @param input the bot's token (calls the Bot API through grammY, an optional peer dependency),
   *   or a bot or source of updates
   * @throws TypeError when the token is empty; RangeError for impossible options
   */
  constructor(input: string | UpdaterInput, options: UpdaterOptions = {}) {
    if (typeof input === "string" && input.trim() === "") {
      throw new TypeError("The bot token is empty. Is the environment variable set?");
    }
    if (typeof input !== "string" && (typeof input !== "object" || (input as unknown) === null)) {
      throw new TypeError("An Updater needs a bot token, or an object with a bot or a source.");
    }
    const { apiRoot, maxInFlight = 1000, confirm = "accepted", ...poolOptions } = options;
    if (!(maxInFlight >= 1))
      throw new RangeError(`maxInFlight must be at least 1: ${String(maxInFlight)}`);
    this.#input = typeof input === "string" ? {} : input;
    this.#confirm = confirm;
    this.bot =
      typeof input === "string" ? lazyApi(input, { apiRoot }) : (input.bot ?? missingBot());
    this.pool = adoptPool({
      ...poolOptions,
      onError: (error) => {
        void this.dispatcher.dispatchError(error);
      },
    });
    const { fallback } = this.#input;
    this.dispatcher = new Dispatcher({
      pool: this.pool,
      bot: this.bot,
      ...(fallback && { fallback: (update: Update) => fallback(update.raw) }),
    });
    this.intake = new Intake(maxInFlight, (raw, settled) =>
      runAs(this, () => this.dispatcher.processUpdate(new Update(raw), settled)),
    );
    register(this);
  }

  /**
   * Fetches updates by long polling (or from the `source`) until `stop()`.
   *
   * Requests that fail are repeated with back-off, after `retry_after` where the Bot API says so,
   * and each failure is reported to the error handlers as PollingError.
   *
   * @returns resolves when polling has begun: the Bot API has answered once
   * @throws rejects with InvalidTokenError when the Bot API refuses the token, and with
   *   MissingPeerError when grammY is needed and not installed
   */
  async startPolling(options: PollingOptions = {}): Promise<void> {
    this.#assertIdle();
    const end = new AbortController();
    const { source } = this.#input;
    const report = (error: unknown): void => {
      void this.dispatcher.dispatchError(error);
    };
    if (source !== undefined) {
      this.#fetching = { end, done: this.intake.consume(source, end.signal, report) };
      return;
    }
    const polling = poll({
      api: this.bot,
      intake: this.intake,
      confirm: this.#confirm,
      signal: end.signal,
      options,
      report,
      identified: (username) => {
        this.dispatcher.username = username;
      },
    });
    this.#fetching = { end, done: polling.done };
    await polling.begun;
  }

  /**
   * Receives updates by HTTP and answers 200 once they are accepted.
   *
   * @returns the port that it listens on
   * @throws rejects with WebhookError when it cannot listen, for example because the port is in use
   */
  async startWebhook(options: WebhookOptions = {}): Promise<{ readonly port: number }> {
    this.#assertIdle();
    const webhook = new Webhook(this.intake, options, this.#confirm);
    this.#webhook = webhook;
    try {
      const port = await webhook.listen();
      if (options.url !== undefined) {
        const { url, secretToken } = options;
        await this.bot.raw.setWebhook({
          url,
          ...(secretToken !== undefined && { secret_token: secretToken }),
        });
      }
      return { port };
    } catch (error) {
      this.#webhook = undefined;
      await webhook.close();
      throw error;
    }
  }

  /**
   * Waits for one of `signals`, then stops and drains. A second signal exits the process at once
   * with code 1.
   */
  async idle(
    signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"],
    options: StopOptions = {},
  ): Promise<StopReport> {
    const release = await untilSignal(signals, this.#stopping);
    try {
      return await this.stop(options);
    } finally {
      release();
    }
  }

  /**
   * Stops fetching, confirms what was accepted, and waits until all of it is handled, tasks
   * included. May be called more than once.
   */
  stop(options: StopOptions = {}): Promise<StopReport> {
    return (this.#stopping ??= this.#stop(options));
  }

  /** @internal */
  attach(part: Stoppable): void {
    this.#parts.add(part);
  }

  async #stop({ drain = true, deadline = Infinity }: StopOptions): Promise<StopReport> {
    this.#fetching?.end.abort();
    await this.#webhook?.close();
    const parts = Promise.all([...this.#parts].map((part) => part.stop()));
    const engine = this.pool[engineOf];
    let discarded = 0;
    if (!drain) {
      discarded = this.dispatcher.discard();
      engine.withdrawAll(
        (task) => new TaskAbortedError(`${task.label}: the Updater was stopped.`, undefined),
      );
    }
    const finished = Promise.all([
      this.#fetching?.done,
      parts,
      this.dispatcher.onIdle(),
      this.pool.onIdle(),
    ]);
    const drained = await withDeadline(finished, deadline);
    unregister(this);
    const overrunning = drained ? [] : [...engine.holders()].map((task) => task.describe());
    return { drained, overrunning, discarded };
  }

  #assertIdle(): void {
    if (this.#stopping !== undefined) throw new Error("This Updater was stopped; make a new one.");
    if (this.#fetching !== undefined || this.#webhook !== undefined) {
      throw new Error("This Updater receives updates already.");
    }
  }
}

async function withDeadline(work: Promise<unknown>, deadline: number): Promise<boolean> {
  if (deadline === Infinity) {
    await work;
    return true;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, deadline, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

function missingBot(): BotApi {
  return new Proxy({} as BotApi, {
    get(_target, name) {
      if (typeof name !== "string" || name === "then") return undefined;
      throw new TypeError(
        `This Updater has no bot: give it one with new Updater({ bot, source }).`,
      );
    },
  });
}
