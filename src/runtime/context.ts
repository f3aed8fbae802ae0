import type { BotApi } from "./bot-api.ts";
import type { Task } from "./task.ts";
import type { Update } from "./update.ts";

/** What the handlers of one update share; every update has its own. */
export interface Context<U = Update, B = BotApi> {
  readonly update: U;
  /** The words after the command; empty for other handlers. */
  readonly args: readonly string[] & string[];
  /** What the pattern of the handler matched, if it has one. */
  readonly match: RegExpMatchArray | undefined;
  readonly bot: B;
  /** In error handlers: what was thrown. */
  readonly error: unknown;
  /** In error handlers: the task that failed, when the handler was run by `runAsync`. */
  readonly task: Task<unknown> | undefined;
}

/** A function that handles updates. What it returns is awaited, unless it is a Task. */
export type Handler<U = Update, B = BotApi> = (update: U, context: Context<U, B>) => unknown;

/** Told about errors; `update` is undefined for errors of polling, jobs and free tasks. */
export type ErrorHandler<U = Update, B = BotApi> = (
  update: U | undefined,
  context: Context<U | undefined, B>,
) => unknown;
