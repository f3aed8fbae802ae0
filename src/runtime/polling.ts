import type { BotApi } from "./bot-api.ts";
import { InvalidTokenError, MissingPeerError, PollingError } from "./errors.ts";
import { hasFired, type Intake } from "./intake.ts";
import type { RawUpdate } from "./update.ts";
import { untilAborted } from "./waiters.ts";

export interface PollingOptions {
  /** Seconds that the Bot API may hold a request open. Default 30. */
  timeout?: number;
  /** Kinds of updates, as the Bot API names them. Default: the Bot API's. */
  allowedUpdates?: readonly Exclude<keyof RawUpdate, "update_id">[];
  /** Forget what arrived before the start. Default false. */
  dropPendingUpdates?: boolean;
  /** Milliseconds before the first repetition of a failed request; doubles up to 30,000. Default 500. */
  retryDelay?: number;
}

const BATCH = 100;
const LONGEST_DELAY_MS = 30_000;

interface Polling {
  readonly api: BotApi;
  readonly intake: Intake;
  readonly confirm: "accepted" | "settled";
  readonly signal: AbortSignal;
  readonly options: PollingOptions;
  readonly report: (error: unknown) => void;
  readonly identified: (username: string) => void;
}

/** Fetches updates until the signal fires; the offset then confirms exactly what it may. */
export function poll(polling: Polling): { begun: Promise<void>; done: Promise<void> } {
  let hasBegun: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    hasBegun = resolve;
  });
  const done = run(polling, hasBegun);
  // `begun` carries a failure; `done` only says that it is over
  return { begun: Promise.race([answered, done]), done: done.catch(() => undefined) };
}

async function run(polling: Polling, hasBegun: () => void): Promise<void> {
  const { api, options, signal } = polling;
  const { dropPendingUpdates = false } = options;
  const me = await attempt(polling, () => api.raw.getMe(undefined, signal));
  if (me === undefined) return;
  polling.identified(me.username);
  await attempt(polling, () =>
    api.raw.deleteWebhook({ drop_pending_updates: dropPendingUpdates }, signal),
  );
  hasBegun();
  const fetched: number[] = []; // ids that the Bot API has not been told to forget, ascending
  let offset = 0;
  while (!signal.aborted) {
    while (polling.intake.capacity === 0 && !hasFired(signal))
      await polling.intake.whenSettled(signal);
    const limit = Math.min(BATCH, polling.intake.capacity);
    const updates = await attempt(polling, () =>
      api.raw.getUpdates(request(options, offset, limit), signal),
    );
    if (updates === undefined) break;
    for (const update of updates) take(polling, update, fetched);
    offset = await nextOffset(polling, fetched, offset, updates.length > 0);
  }
  await confirmLast(polling, fetched, offset);
}

function request(
  options: PollingOptions,
  offset: number,
  limit: number,
): Parameters<BotApi["raw"]["getUpdates"]>[0] {
  const { timeout = 30, allowedUpdates } = options;
  return { offset, limit, timeout, ...(allowedUpdates && { allowed_updates: allowedUpdates }) };
}

function take({ intake, report }: Polling, update: RawUpdate, fetched: number[]): void {
  try {
    if (!fetched.includes(update.update_id)) fetched.push(update.update_id);
    void intake.accept(update);
  } catch (error) {
    report(error);
  }
}

/** The id after the last one that may be forgotten; waits for one to settle if none is. */
async function nextOffset(
  { confirm, intake, signal }: Polling,
  fetched: number[],
  offset: number,
  hasNew: boolean,
): Promise<number> {
  let next = offset;
  for (;;) {
    for (let id = fetched[0]; id !== undefined; id = fetched[0]) {
      if (confirm === "settled" && !intake.isSettled(id)) break;
      next = id + 1;
      fetched.shift();
    }
    // the same offset would bring the same updates at once: wait until it can move
    if (next > offset || fetched.length === 0 || signal.aborted || !hasNew) return next;
    await intake.whenSettled(signal);
  }
}

/** After the last batch: the next process is not to see again what this one handled. */
async function confirmLast(polling: Polling, fetched: number[], offset: number): Promise<void> {
  const { api, confirm, intake, report } = polling;
  const forever = new AbortController().signal;
  let next = offset;
  for (let id = fetched.shift(); id !== undefined; id = fetched.shift()) {
    while (confirm === "settled" && !intake.isSettled(id)) await intake.whenSettled(forever);
    next = id + 1;
  }
  if (next === 0) return;
  try {
    await api.raw.getUpdates({ offset: next, limit: 1, timeout: 0 });
  } catch (error) {
    report(
      new PollingError(
        "The last updates could not be confirmed and may come again.",
        Infinity,
        error,
      ),
    );
  }
}

/** Calls until it succeeds; undefined once the signal has fired. */
async function attempt<T>(
  { signal, options, report }: Polling,
  call: () => Promise<T>,
): Promise<T | undefined> {
  let delay = options.retryDelay ?? 500;
  while (!signal.aborted) {
    try {
      return await call();
    } catch (error) {
      if (hasFired(signal)) return undefined;
      if (error instanceof MissingPeerError) throw error;
      const { code, retryAfter } = detailsOf(error);
      if (code === 401 || code === 404) throw new InvalidTokenError(error);
      const wait = retryAfter === undefined ? delay : retryAfter * 1000;
      report(
        new PollingError(
          `The Bot API cannot be reached or refuses; next attempt in ${String(wait)} ms.`,
          wait,
          error,
        ),
      );
      await pause(wait, signal);
      if (retryAfter === undefined) delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    }
  }
  return undefined;
}

interface ApiFailure {
  error_code?: number;
  parameters?: { retry_after?: number };
  response?: ApiFailure;
}

/** grammY keeps the answer of the Bot API on the error, Telegraf on its `response`. */
function detailsOf(error: unknown): { code: number | undefined; retryAfter: number | undefined } {
  const failure = (error ?? {}) as ApiFailure;
  const answer = failure.response ?? failure;
  return { code: answer.error_code, retryAfter: answer.parameters?.retry_after };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return untilAborted(signal, (done) => {
    const timer = setTimeout(done, Math.min(ms, 2_147_483_647));
    return () => {
      clearTimeout(timer);
    };
  });
}
