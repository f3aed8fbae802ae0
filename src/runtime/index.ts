/**
 * The runtime: a dispatcher, a bounded pool, an updater, jobs and a keyed sequence for chat bots.
 * Loads no dependency; grammY only when an Updater is made from a token.
 */
export { fromGrammy, fromTelegraf } from "./adapters.ts";
export type { BotApi, RawApi } from "./bot-api.ts";
export type { Context, ErrorHandler, Handler } from "./context.ts";
export { Dispatcher, type DispatcherOptions } from "./dispatcher.ts";
export {
  DispatcherHandlerStop,
  InvalidTokenError,
  MalformedUpdateError,
  MissingPeerError,
  MissingUpdateFieldError,
  NestedWaitError,
  NoUpdaterError,
  PollingError,
  PoolClosedError,
  PoolDeadlockError,
  PoolStalledError,
  QueueFullError,
  RuntimeError,
  TaskAbortedError,
  TaskTimeoutError,
  WebhookError,
  type ChainLink,
  type TaskInfo,
} from "./errors.ts";
export { filter, filters, type FilterName, type MessageFilter } from "./filters.ts";
export {
  CallbackQueryHandler,
  CommandHandler,
  InlineQueryHandler,
  MessageHandler,
  TypeHandler,
  UpdateHandler,
  type HandlerOptions,
  type Match,
} from "./handlers.ts";
export {
  JobQueue,
  type Job,
  type JobCallback,
  type JobContext,
  type JobQueueOptions,
  type DailyOptions,
  type OnceOptions,
  type RepeatingOptions,
} from "./job-queue.ts";
export {
  KeyedSequence,
  type Key,
  type KeyStore,
  type SectionOptions,
  type SequenceOptions,
} from "./keyed-sequence.ts";
export { BoundedPool, type PoolOptions, type PoolStats, type RunOptions } from "./pool.ts";
export { runAsync, sequential, type AsyncFunction, type RunAsyncOptions } from "./run-async.ts";
export type { TaskFunction, TaskScope } from "./submission.ts";
export { Task, type TaskStatus } from "./task.ts";
export { Update, type CallbackQueryWithData, type RawUpdate, type TextMessage } from "./update.ts";
export {
  Updater,
  type PollingOptions,
  type StopReport,
  type UpdateSource,
  type UpdaterInput,
  type UpdaterOptions,
} from "./updater.ts";
export type { WebhookOptions } from "./webhook.ts";
export type { DetectDeadlocks } from "./wait-graph.ts";
