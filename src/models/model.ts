/**
 * The vocabulary of the models: what third-party packages mean for concurrency, as data.
 * A model names exports and methods; it holds no logic and knows nothing of syntax trees.
 */

/** How the activations of one dispatcher may overlap. */
export type Concurrency =
  /** one activation ever: start-up code */
  | "exclusive"
  /** one at a time: the dispatcher awaits each handler */
  | "sequential"
  /** one at a time for each key */
  | "keyed"
  /** any number at once */
  | "concurrent";

/** What calls a handler. Updates share the dispatcher's concurrency; the others have their own. */
export type Trigger =
  | "update"
  /** a listener of an emitter that nothing awaits */
  | "event"
  | "job"
  | "timer"
  /** a dialogue that other updates interrupt at each `wait()` */
  | "conversation"
  | "startup"
  | "shutdown";

/** A method or function that registers handlers. */
export interface ListenerModel {
  /** Which arguments are handlers: all functions among them (and in arrays), the last, or one position. */
  readonly handlers: "functions" | "last" | number;
  /** Properties of an argument (or of an object in it) that hold handlers: `{ onTick }`, `{ handler }`. */
  readonly handlerOptions?: readonly string[];
  readonly trigger: Trigger;
  /** First arguments that name an event of the start or the end: such a handler overlaps nothing. */
  readonly startupEvents?: readonly string[];
  readonly shutdownEvents?: readonly string[];
  /** The call gives back something that has listeners again: `bot.filter(...)`, `emitter.on(...)`. */
  readonly chains?: boolean;
  /** Runs a handler once for each registration: always (`once`, `setTimeout`), or for these events alone. */
  readonly once?: true | readonly string[];
  /** For timers and jobs: when a registered function runs again. */
  readonly repeats?: RepeatModel;
}

/** When a timer or job runs its function again, and whether a run may begin before the last has ended. */
export interface RepeatModel {
  /** `period`: every so many milliseconds; `calendar`: by a cron pattern; `queue`: a worker takes the next. */
  readonly by: "period" | "calendar" | "queue";
  /** Argument with the period or pattern. */
  readonly argument?: number;
  /** Option that holds the pattern, where the argument is an object. */
  readonly option?: string;
  /** Runs at once: the number in an argument or an option of one, for queues. */
  readonly limit?: {
    readonly argument: number;
    readonly option?: string;
    readonly default: number;
  };
  /** Option that keeps a run from beginning before the last has ended. */
  readonly exclusiveOption?: string;
  /** Option with the time zone of a pattern. */
  readonly zoneOption?: string;
}

/** A class (or factory) whose instances dispatch. */
export interface DispatcherModel {
  /**
   * Exported names, `default` for the default export, called or constructed. A path below an export
   * (`Dispatcher.for`) stands before the export itself.
   */
  readonly exports: readonly string[];
  /**
   * Listeners by their path below the instance: `on`, `ev.on`; `new` for the constructor (or factory) itself.
   */
  readonly listeners: Readonly<Record<string, ListenerModel>>;
  /** Concurrency of updates where no start call says otherwise. */
  readonly concurrency: Concurrency;
  /** Where it changed: the concurrency from a major version of the package on. */
  readonly since?: readonly { readonly major: number; readonly concurrency: Concurrency }[];
  /** Methods of the instance that start it, and what they mean. */
  readonly starts?: Readonly<Record<string, Concurrency>>;
  /** Methods of other objects that make an instance, whatever they are called on. */
  readonly factories?: readonly string[];
  /** The framework makes one for each update: what is registered on it goes away with the update. */
  readonly isOfUpdate?: true;
  /** Names that parameters and variables of this type have by custom, used where no type can be seen. */
  readonly customaryNames?: readonly string[];
}

/** A function that starts or wraps a dispatcher given as an argument: `run(bot)`, `webhookCallback(bot)`. */
export interface StarterModel {
  readonly package: string;
  readonly exports: readonly string[];
  readonly argument: number;
  readonly concurrency: Concurrency;
}

/** A middleware that makes updates of one key sequential: `sequentialize(ctx => key)`. */
export interface SerializerModel {
  readonly package: string;
  readonly exports: readonly [string, ...string[]];
  /** Argument that computes the key. */
  readonly key: number;
  /** The key that the framework's sessions have where none is given, as somebody would write it. */
  readonly sessionKey: string;
}

/** State that a framework loads for each update. */
export interface SessionModel {
  readonly package: string;
  readonly exports: readonly string[];
  /** Property of the context: `session`. */
  readonly property: string;
  /** Options by which other plugins ask for it. */
  readonly askedForBy?: readonly string[];
  /** `copy`: each update loads its own copy and stores it at the end; `shared`: one object per key. */
  readonly storage: "copy" | "shared";
}

/** Exports that a platform calls by their names. */
export interface ExportedHandlers {
  readonly names: readonly string[];
  /** Only of modules whose path below the project is like this: `app/.../route.ts`. */
  readonly from?: RegExp;
  /** All exports of modules that begin with this directive, besides those names: `"use server"`. */
  readonly directive?: string;
}

export interface FrameworkModel {
  readonly id: string;
  /** npm packages that export this framework's names; `global` for what needs no import. */
  readonly packages: readonly string[];
  /** Names of further packages of a family without end: emitters of all kinds. */
  readonly packagePattern?: RegExp;
  readonly dispatchers: readonly DispatcherModel[];
  readonly starters?: readonly StarterModel[];
  readonly serializers?: readonly SerializerModel[];
  readonly sessions?: readonly SessionModel[];
  /** Handlers of an update are called one by another, in the order of registration. */
  readonly chain?: {
    /** The method that registers a middleware for all updates, or mounts a router. */
    readonly use: string;
    /** Parameters of a middleware that may be the function with which it calls the next. */
    readonly next: readonly number[];
    /** The same as a property of the first parameter: `({ next }) => next()`. */
    readonly nextProperty?: string;
  };
  /** Exported functions (or paths below an export) that register a handler themselves: `cron.schedule`. */
  readonly functions?: Readonly<Record<string, ListenerModel>>;
  /** Decorators of methods that the framework then calls, by exported name. */
  readonly decorators?: Readonly<Record<string, ListenerModel>>;
  /** Exported classes to extend, and the methods of a subclass that the framework calls. */
  readonly bases?: Readonly<Record<string, readonly string[]>>;
  /** Methods of its classes that the framework calls once, when the program starts. */
  readonly startupMethods?: readonly string[];
  /** Names under which a module exports a handler that the platform calls: `export const handler`. */
  readonly exports?: readonly ExportedHandlers[];
  /** Each activation that runs beside another has a process of its own: only stores are shared. */
  readonly hasOwnMemory?: true;
  /** Concurrency of handlers that decorators and base classes register, and of those known by their type. */
  readonly concurrency?: Concurrency;
  /** Types of what each handler gets: a function with such a parameter that nothing calls is a handler. */
  readonly contextTypes?: readonly string[];
  /** Methods that add a listener under a pattern, and take off the first one whose pattern prints the same. */
  readonly listenersByPattern?: { readonly adds: string; readonly removes: string };
  /** Methods of context and client that send something a person sees. */
  readonly sends?: readonly string[];
  /** Where a context says which chat it answers: members below it, which may be empty. */
  readonly chatOf?: string;
  /** Why two handlers overlap, in words that finish "because ...". */
  readonly reason?: string;
  /** Where the facts come from. */
  readonly source: string;
}

/** How a lock is taken. */
export interface LockMethodModel {
  /** `section`: runs a callback while held; `acquire`: returns a release; `release`: gives back. */
  readonly kind: "section" | "acquire" | "release";
  /** Argument with the key, where the lock has keys. */
  readonly key?: number;
  /** Argument with the callback. */
  readonly callback?: number;
  /** The awaited result is itself the release function. */
  readonly returnsRelease?: boolean;
  /** Argument (or the key array) is taken in the given order, one after the other. */
  readonly ordered?: boolean;
}

export interface LockModel {
  readonly packages: readonly string[];
  /** Exported class, factory or function. */
  readonly exports: readonly string[];
  /** Methods of the instance; `call` for calling the instance itself. */
  readonly methods: Readonly<Record<string, LockMethodModel>>;
  /** The lock only excludes when the constructor's argument or option has this value: `Semaphore(1)`. */
  readonly exclusiveWhen?: {
    readonly argument: number;
    readonly option?: string;
    readonly equals: number;
  };
  /** Same as a module-level function without instance (`sequential(key, fn)`, `navigator.locks.request`). */
  readonly global?: boolean;
  /** What several such functions take and give back: `lock(key)` and `unlock(key)`. */
  readonly id?: string;
  /** An option with which the lock lets several in at once: `{ mode: "shared" }`. */
  readonly sharedWhen?: {
    readonly argument: number;
    readonly option: string;
    readonly equals: string;
  };
  /** Taking it again on one call path hangs. Default true. */
  readonly reentrant?: boolean;
  readonly source: string;
}

/** Functions that take a handler and give one that does the same and more: `withErrors(handler)`. */
export interface WrapperModel {
  readonly packages: readonly string[];
  readonly exports: readonly string[];
  readonly handlers: ListenerModel["handlers"];
  readonly handlerOptions?: readonly string[];
  /** How the handler's activations overlap, where it is not as whoever it is registered with says. */
  readonly concurrency?: "sequential" | "concurrent";
  /** The lock that the handler holds from its first line to its last. */
  readonly lock?: string;
  /** The lock's key: a path below the handler's first argument, or the argument that computes it of the update. */
  readonly key?: string | number;
  readonly source: string;
}

/** How a method hands a task to a pool. The promise that it gives is the task's. */
export interface SubmissionModel {
  /** Argument with the task; without it the pool's worker runs. */
  readonly callback?: number;
  /** An object of options may stand before the task. */
  readonly optionsFirst?: boolean;
  /** The argument is a list of tasks, or the task runs for each element of another argument. */
  readonly isMany?: boolean;
  /** Argument with the number of slots that the task takes, or an option of the options before it. */
  readonly slots?: { readonly argument: number; readonly option?: string };
}

export interface PoolModel {
  readonly packages: readonly string[];
  /** Exported classes or factories that make a pool. */
  readonly exports: readonly string[];
  /** Methods that submit: `run`, `add`; `call` for calling the instance itself. */
  readonly submits?: Readonly<Record<string, SubmissionModel>>;
  /** Methods that wrap a function into one that submits. */
  readonly wraps?: Readonly<Record<string, { readonly callback: number }>>;
  /** The export takes a function and gives one whose calls run in a pool of their own. */
  readonly isWrapper?: boolean;
  /** Argument of the constructor with the function that runs for each submission; an object may stand before. */
  readonly worker?: number;
  /** Methods that take slots until they are given back, with the argument that says how many. */
  readonly acquires?: Readonly<Record<string, { readonly slots?: number }>>;
  /** Methods that give a slot back. */
  readonly releases?: readonly string[];
  /** Methods whose promise waits until no task runs and none is in line. */
  readonly drains?: readonly string[];
  /** Where the size stands: an argument or an option of one. */
  readonly size: { readonly argument: number; readonly option?: string; readonly default: number };
  readonly source: string;
}
