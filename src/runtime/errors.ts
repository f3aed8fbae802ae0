/** Where a task stands in a report: its name, what it is doing, and where it was submitted. */
export interface TaskInfo {
  readonly name: string;
  readonly state: "waiting" | "running" | "holding its slot" | "settled";
  /** Name of the pool or of the keys it belongs to, for example `pool "default"` or `key "chat:1"`. */
  readonly place: string;
  /** `file:line:column` of the submission, or why it is not known. */
  readonly submittedAt: string;
}

/** One arrow of a deadlock: `from` cannot go on before `to` does what it waits for. */
export interface ChainLink {
  readonly from: TaskInfo;
  readonly waitsFor: "the result of" | "a slot for" | "a key held by" | "a slot held by";
  readonly to: TaskInfo;
}

/** Base of every error this runtime throws; `code` is stable, the message is for people. */
export abstract class RuntimeError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Tasks wait for each other in a circle: none of them can ever go on. */
export class PoolDeadlockError extends RuntimeError {
  override readonly code = "RUN_ASYNC_DEADLOCK";
  readonly chain: readonly ChainLink[];
  constructor(message: string, chain: readonly ChainLink[]) {
    super(message);
    this.chain = chain;
  }
}

/** A task waited for a task of its own pool while it held a slot of it (`nested: "error"`). */
export class NestedWaitError extends RuntimeError {
  override readonly code = "RUN_ASYNC_NESTED_WAIT";
}

/** Every slot is busy, tasks wait, and nothing has settled for `stallAfter` milliseconds. */
export class PoolStalledError extends RuntimeError {
  override readonly code = "RUN_ASYNC_STALLED";
  readonly running: readonly TaskInfo[];
  readonly queued: number;
  constructor(message: string, running: readonly TaskInfo[], queued: number) {
    super(message);
    this.running = running;
    this.queued = queued;
  }
}

/** The pool takes no more tasks: `maxQueue` of them wait already. */
export class QueueFullError extends RuntimeError {
  override readonly code = "RUN_ASYNC_QUEUE_FULL";
}

/** The pool was closed before this task was submitted, or before it started. */
export class PoolClosedError extends RuntimeError {
  override readonly code = "RUN_ASYNC_CLOSED";
}

/** A task did not settle within its `timeout`. Its slot stays taken until it does. */
export class TaskTimeoutError extends RuntimeError {
  override readonly code = "RUN_ASYNC_TIMEOUT";
}

/** A task was cancelled, by its signal or by `cancel()`; `cause` is the reason given. */
export class TaskAbortedError extends RuntimeError {
  override readonly code = "RUN_ASYNC_ABORTED";
  constructor(message: string, reason: unknown) {
    super(message, { cause: reason });
  }
}

/** With several Updaters alive, a `runAsync` function was called from code that belongs to none. */
export class NoUpdaterError extends RuntimeError {
  override readonly code = "RUN_ASYNC_NO_UPDATER";
  constructor() {
    super(
      "Several Updaters are alive and this call of a runAsync function belongs to none of them: " +
        "call it from a handler or job of one, or name the pool with runAsync(fn, { pool }).",
    );
  }
}

/** A handler asked for a part that this update does not have, for example `message` of a poll. */
export class MissingUpdateFieldError extends RuntimeError {
  override readonly code = "RUN_ASYNC_MISSING_FIELD";
  constructor(field: string, kind: string) {
    super(`This update (${kind}) has no ${field}.`);
  }
}

/** Something that is not a Telegram update arrived. */
export class MalformedUpdateError extends RuntimeError {
  override readonly code = "RUN_ASYNC_MALFORMED_UPDATE";
}

/** The Bot API refuses the token. Polling cannot recover from it, so it ends. */
export class InvalidTokenError extends RuntimeError {
  override readonly code = "RUN_ASYNC_INVALID_TOKEN";
  constructor(cause: unknown) {
    super("The Bot API refuses this bot token.", { cause });
  }
}

/** A request to the Bot API failed; polling goes on with back-off. */
export class PollingError extends RuntimeError {
  override readonly code = "RUN_ASYNC_POLLING";
  /** Milliseconds until the next attempt. */
  readonly retryIn: number;
  constructor(message: string, retryIn: number, cause: unknown) {
    super(message, { cause });
    this.retryIn = retryIn;
  }
}

/** The webhook server could not listen, for example because the port is in use. */
export class WebhookError extends RuntimeError {
  override readonly code = "RUN_ASYNC_WEBHOOK";
}

/** A package that only this feature needs is not installed. */
export class MissingPeerError extends RuntimeError {
  override readonly code = "RUN_ASYNC_MISSING_PEER";
}

/** Throw it in an awaited handler or in an error handler: no later group sees this update. */
export class DispatcherHandlerStop extends RuntimeError {
  override readonly code = "RUN_ASYNC_HANDLER_STOP";
  constructor() {
    super("No further handler group is to see this update.");
  }
}
