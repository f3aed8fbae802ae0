import type { BotApi } from "./bot-api.ts";
import type { Context, Handler } from "./context.ts";
import { filters, type FilterName, type MessageFilter } from "./filters.ts";
import type { Key } from "./keyed-sequence.ts";
import { captureSite, type Site } from "./submission-site.ts";
import type { Update } from "./update.ts";

export interface HandlerOptions<U = Update> {
  /** Run the callback as a task of the pool; the dispatcher goes on at once. Default false. */
  runAsync?: boolean;
  /**
   * Run the callback as a task, but updates of one key one after another; those that wait hold no
   * slot. Undefined means no key. Implies `runAsync`.
   */
  sequentialBy?: (update: U) => Key | readonly Key[] | undefined;
  /** Shown in reports; default: the name of the callback. */
  name?: string;
}

/** What a handler found in an update that is for it. */
export interface Match {
  readonly args?: string[];
  readonly match?: RegExpMatchArray;
}

/** Takes the updates it matches. Extend it for other kinds of updates. */
export abstract class UpdateHandler<U = Update, B = BotApi> {
  readonly callback: Handler<U, B>;
  readonly options: HandlerOptions<U>;
  /** @internal Where the handler was made: reports show it as the origin of its tasks. */
  readonly site: Site;

  constructor(callback: Handler<U, B>, options: HandlerOptions<U> = {}) {
    this.site = captureSite(UpdateHandler);
    this.callback = callback;
    this.options = options;
  }

  /**
   * @param username the bot's name, once it is known
   * @returns undefined when the update is not for this handler
   */
  abstract match(update: U, username: string | undefined): Match | undefined;
}

const COMMAND = /^\/(?<name>\w{1,64})(?:@(?<bot>\w+))?(?:\s+(?<rest>[^]*))?$/;

/** Takes messages that start with `/command`, in any case, also `/command@thisbot`. */
export class CommandHandler<B = BotApi> extends UpdateHandler<Update, B> {
  readonly #commands: ReadonlySet<string>;

  constructor(
    command: string | readonly string[],
    callback: Handler<Update, B>,
    options?: HandlerOptions,
  ) {
    super(callback, options);
    const names = typeof command === "string" ? [command] : command;
    this.#commands = new Set(names.map((name) => name.toLowerCase()));
  }

  match(update: Update, username: string | undefined): Match | undefined {
    const groups = COMMAND.exec(update.raw.message?.text ?? "")?.groups;
    if (groups?.["name"] === undefined || !this.#commands.has(groups["name"].toLowerCase())) {
      return undefined;
    }
    const bot = groups["bot"]?.toLowerCase();
    if (bot !== undefined && username !== undefined && bot !== username.toLowerCase())
      return undefined;
    return { args: (groups["rest"] ?? "").split(/\s+/).filter((word) => word !== "") };
  }
}

/** Takes new messages that pass a filter, given by name, from `filters`, or as a function. */
export class MessageHandler<B = BotApi> extends UpdateHandler<Update, B> {
  readonly #filter: (message: Parameters<MessageFilter>[0]) => boolean;

  constructor(
    filter: FilterName | ((message: Parameters<MessageFilter>[0]) => boolean),
    callback: Handler<Update, B>,
    options?: HandlerOptions,
  ) {
    super(callback, options);
    this.#filter = typeof filter === "string" ? filters[filter] : filter;
  }

  match(update: Update): Match | undefined {
    const { message } = update.raw;
    return message !== undefined && this.#filter(message) ? {} : undefined;
  }
}

/** Takes updates of which one text equals or matches a pattern; all of them without one. */
abstract class PatternHandler<B> extends UpdateHandler<Update, B> {
  readonly #pattern: string | RegExp | undefined;

  constructor(
    pattern: string | RegExp | undefined,
    callback: Handler<Update, B>,
    options?: HandlerOptions,
  ) {
    super(callback, options);
    this.#pattern = pattern;
  }

  /** Undefined when the update is of another kind. */
  protected abstract textOf(update: Update): string | undefined;

  match(update: Update): Match | undefined {
    const text = this.textOf(update);
    if (text === undefined) return undefined;
    if (this.#pattern === undefined || this.#pattern === text) return {};
    const match = typeof this.#pattern === "string" ? null : text.match(this.#pattern);
    return match === null ? undefined : { match };
  }
}

/** Takes presses of inline buttons whose data equals or matches the pattern. */
export class CallbackQueryHandler<B = BotApi> extends PatternHandler<B> {
  protected textOf({ raw }: Update): string | undefined {
    return raw.callback_query && (raw.callback_query.data ?? "");
  }
}

/** Takes inline queries whose text equals or matches the pattern. */
export class InlineQueryHandler<B = BotApi> extends PatternHandler<B> {
  protected textOf({ raw }: Update): string | undefined {
    return raw.inline_query?.query;
  }
}

type Constructor<T> = abstract new (...args: never[]) => T;

/** Takes updates of a class, or those that pass a test: for updates of any framework. */
export class TypeHandler<U = Update, B = BotApi> extends UpdateHandler<U, B> {
  readonly #test: (update: U) => boolean;

  /**
   * @param type a class (`instanceof`), or a test; functions with a prototype are taken for classes
   */
  constructor(
    type: Constructor<U> | ((update: U) => boolean),
    callback: (update: U, context: Context<U, B>) => unknown,
    options?: HandlerOptions<U>,
  ) {
    super(callback, options);
    this.#test = isClass(type) ? (update) => update instanceof type : type;
  }

  match(update: U): Match | undefined {
    return this.#test(update) ? {} : undefined;
  }
}

function isClass<U>(type: Constructor<U> | ((update: U) => boolean)): type is Constructor<U> {
  // arrow functions have no prototype
  return (type as { prototype?: object }).prototype !== undefined;
}
