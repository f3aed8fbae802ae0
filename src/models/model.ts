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

/** A method that registers handlers. */
export interface ListenerModel {
  /** Which arguments are handlers: all functions among them (and in arrays), or one position. */
  readonly handlers: "functions" | "last" | number;
  /** What calls the handler. Updates share the dispatcher's concurrency; the others have their own. */
  readonly trigger: "update" | "event" | "job" | "timer" | "startup" | "shutdown";
  /** Where the first argument names an event that happens once or at start-up, those names. */
  readonly startupEvents?: readonly string[];
  /** The handler's parameters hold data of this activation only, unless named here by index. */
  readonly sharedParameters?: readonly number[];
  /** The returned value is again something that has listeners (`bot.filter(...)`). */
  readonly chains?: boolean;
  /** Index of the argument that gives a job's period or options, for self-overlap. */
  readonly period?: number;
}

/** A class (or factory) whose instances dispatch. */
export interface DispatcherModel {
  /** Exported names; `default` for the default export. Called or constructed. */
  readonly exports: readonly string[];
  /** Member path below the instance where listeners live: `""` for itself, `"hears"` for vk-io managers. */
  readonly listeners: Readonly<Record<string, ListenerModel>>;
  /** Concurrency of updates where no start call says otherwise. */
  readonly concurrency: Concurrency;
  /** Methods of the instance that start it, and what they mean. */
  readonly starts?: Readonly<Record<string, Concurrency>>;
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
  readonly exports: readonly string[];
  /** Argument that computes the key. */
  readonly key: number;
}

/** State that a framework loads for each update. */
export interface SessionModel {
  readonly package: string;
  readonly exports: readonly string[];
  /** Property of the context: `session`. */
  readonly property: string;
  /** `copy`: each update loads its own copy and stores it at the end; `shared`: one object per key. */
  readonly storage: "copy" | "shared";
}

export interface FrameworkModel {
  readonly id: string;
  /** npm packages that export this framework's names. */
  readonly packages: readonly string[];
  readonly dispatchers: readonly DispatcherModel[];
  readonly starters?: readonly StarterModel[];
  readonly serializers?: readonly SerializerModel[];
  readonly sessions?: readonly SessionModel[];
  /** Exported functions that register a handler themselves: `setInterval`-like, `cron.schedule`. */
  readonly functions?: Readonly<Record<string, ListenerModel>>;
  /** Types of a handler's first parameter: an exported function whose parameter has one is a handler's helper. */
  readonly contextTypes?: readonly string[];
  /** Methods of context and client that send something a person sees. */
  readonly sends?: readonly string[];
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
  /** Taking it again on one call path hangs. Default true. */
  readonly reentrant?: boolean;
  readonly source: string;
}

export interface PoolModel {
  readonly packages: readonly string[];
  readonly exports: readonly string[];
  /** Methods that submit: `run`, `add`; `call` for calling the instance itself. The callback's index. */
  readonly submits: Readonly<
    Record<string, { readonly callback: number; readonly waits: "promise" | "result" }>
  >;
  /** Methods that wrap a function into one that submits. */
  readonly wraps?: Readonly<Record<string, { readonly callback: number }>>;
  /** Where the size stands: an argument or an option of one. */
  readonly size: { readonly argument: number; readonly option?: string; readonly default: number };
  readonly source: string;
}

/** One operation of a store. */
export interface StoreOperation {
  readonly kind:
    /** gives a row or value that is stale the moment it arrives */
    | "read"
    /** writes values computed by the caller */
    | "write"
    /** creates a row */
    | "create"
    /** deletes by key */
    | "delete"
    /** changes atomically or under its own condition: never the late half of a lost update */
    | "atomic"
    /** adds to a set of things: repeating it changes nothing */
    | "idempotent";
  /** Argument that names the row: its key, filter or `where`. */
  readonly key?: number;
  /** Argument (and option) that holds the data written. */
  readonly data?: number;
}

export interface StoreModel {
  readonly id: string;
  readonly packages: readonly string[];
  /** Exported classes or factories whose instances are handles to the store. */
  readonly exports: readonly string[];
  /** Operations by method name, found at the end of a member chain on a handle. */
  readonly operations: Readonly<Record<string, StoreOperation>>;
  /** Operations on a row that a read gave: `doc.save()`. */
  readonly rowOperations?: Readonly<Record<string, StoreOperation>>;
  /** `save` writes changed fields only, or the whole row. */
  readonly saveWrites?: "changed" | "all";
  /** Reads resolve in the same segment. */
  readonly synchronous?: boolean;
  /** Option names inside a data argument that make the change atomic: `increment`, `$inc`. */
  readonly atomicFields?: readonly string[];
  /** Methods that run a callback in a transaction, with what protects. */
  readonly transactions?: Readonly<
    Record<
      string,
      { readonly callback: number | "last"; readonly protects: "always" | "serializable" | "never" }
    >
  >;
  /** Options of a read that lock the row: `lock`, `forUpdate`. */
  readonly rowLocks?: readonly string[];
  readonly source: string;
}
