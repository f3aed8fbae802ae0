/**
 * The vocabulary of the store models: what a database client, a key-value store or a file means for
 * concurrency, as data. Like {@link ./model.ts} it holds no logic and knows nothing of syntax trees.
 */

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
    | "idempotent"
    /** stores a row that was read before, or a new one: which columns it writes says `saveWrites` */
    | "save"
    /** begins a transaction that the code ends by itself, and ends it */
    | "begin"
    | "end"
    /** SQL text says what happens */
    | "sql";
  /** Argument that names the row: its key, filter or `where`. */
  readonly key?: number;
  /** Argument (and option) that holds the data written. */
  readonly data?: number;
  /** Argument that names the table, where one handle stands for all tables. */
  readonly table?: number;
  /** What is read in the transaction that begins here is protected: always, or where it is serializable. */
  readonly protects?: "always" | "serializable";
  /** Writes back what the same handle's last read gave, and whatever was changed in it since. */
  readonly writesBack?: boolean;
  /** The write gives back the row as it is then: `findOneAndUpdate`, Prisma's `update`. */
  readonly givesRow?: true;
  /** Where an `unknown` option decides: `set(key, value, { NX: true })` or `set(key, value, "NX")`. */
  readonly conditionalWith?: readonly string[];
}

/** Links of a query that is built by a chain of calls. */
export interface StoreChainModel {
  /** Narrow the query to rows: `where`, `eq`. */
  readonly filters?: readonly string[];
  /** Give the values written: `set`, `values`. */
  readonly data?: readonly string[];
  /** Name the table, where the operation does not: `from`, `into`. */
  readonly tables?: readonly string[];
  /** Lock the rows until the transaction ends: `forUpdate`. */
  readonly locks?: readonly string[];
  /** Make a write give back the rows that it wrote: `returning`. */
  readonly gives?: readonly string[];
  /** Make a create that meets an existing row do nothing or change that row: `onConflict`. */
  readonly conflicts?: readonly string[];
  /** Where such a create says what it sets of the row it meets, and by which unique columns it meets it. */
  readonly conflictUpdate?: ConflictUpdateModel;
}

export interface ConflictUpdateModel {
  /**
   * `options`: of the link's only argument, `{ target, set }`. `builder`: calls on the parameter of the link's
   * callback, `(oc) => oc.column("id").doUpdateSet({ ... })`. `links`: the link's argument names the columns, and a
   * later link has the data, `.onConflict("id").merge({ ... })`; without an argument it is the new row.
   */
  readonly by: "options" | "builder" | "links";
  readonly data: string;
  readonly target: readonly string[];
}

/** A service reached over HTTP whose client has a method for each request: `client.issues.addLabels(...)`. */
export interface RemoteModel {
  /** Members on the way to the methods that name no resource: `octokit.rest.issues`. */
  readonly skips: readonly string[];
  /** Methods and namespaces that are about another resource than their path says. */
  readonly resources?: Readonly<Record<string, string>>;
  /** Methods that the server refuses where the thing exists or has changed. */
  readonly conditional?: readonly string[];
  /** A change of what is gone is an error that the client throws. */
  readonly failsWhenMissing?: boolean;
}

/** Operations that take one object with everything in it, by a method of their own or as a command that is sent. */
export interface RequestModel {
  /** `send(new GetCommand({ ... }))`: the method, and what its name and the command's leave behind. */
  readonly sends: string;
  readonly suffix: RegExp;
  /** What each option of a request is. */
  readonly table: string;
  readonly key: string;
  readonly row: string;
  /** Text that names rows, that says what changes, and what must hold; `:name` and `#name` stand for what follows. */
  readonly query: string;
  readonly change: string;
  readonly condition: string;
  readonly values: string;
  readonly names: string;
}

/** Forms of the store that a repair of a race is written in. */
export interface StoreRepairs {
  /**
   * A sum that the store computes: around the amount, `{ points: { increment: 5 } }`, or around the column,
   * `{ $inc: { points: 5 } }`. Without `subtract`, a negative amount is added.
   */
  readonly sum?: {
    readonly around: "amount" | "column";
    readonly add: string;
    readonly subtract?: string;
  };
  /** The form of an operation that allows for a row that is gone: `updateMany` for `update`. */
  readonly lenient?: Readonly<Record<string, string>>;
  /** How a change says what its row must still hold. */
  readonly condition?: {
    /** The operation that takes other columns in its filter, for each that may be given one: `updateMany` for `update`. */
    readonly operations: Readonly<Record<string, string>>;
    /** Where the filter is: an object among the arguments, or in an option of one; or a link of the chain. */
    readonly filter:
      | { readonly argument: number; readonly option?: string }
      | { readonly link: string; readonly operator?: string };
    /** Nothing but these options may stand beside it. */
    readonly options?: readonly string[];
  };
  /**
   * For SQL text: how many rows a statement changed, as a path below what its call gives (`rowCount`), and the
   * pattern that takes it out of that: `[result]`.
   */
  readonly changed?: { readonly path: string; readonly pattern?: string };
  /** A transaction in which the read locks its row, on databases that lock rows. */
  readonly rowLock?: LinkedLock | PassedLock | StatementLock;
}

/** The transaction gives a handle of its own, and a link of the read's chain locks. */
export interface LinkedLock {
  readonly by: "link";
  /** What follows the handle, up to the callback: `.transaction(`. */
  readonly transaction: string;
  /** What the callback calls its own handle. */
  readonly handle: string;
  /** The link that locks, `.forUpdate()`; nothing where the transaction's isolation does it. */
  readonly lock?: string;
  /** The lock stands before the last call of the chain, which sends the query. */
  readonly isBeforeLast?: boolean;
  /** Reads that take the link; all where none is named. */
  readonly reads?: readonly string[];
  /** What stands behind the callback: `{ isolationLevel: "Serializable" }`. */
  readonly options?: string;
}

/** An option of the read locks, and the transaction is passed to each call or to each table. */
export interface PassedLock {
  readonly by: "option";
  /** Members on the way from the table to the method that begins a transaction: `sequelize`, `manager`. */
  readonly connection: string;
  /** What the callback calls the transaction. */
  readonly handle: string;
  /** The option that locks; `$` stands for the transaction. */
  readonly lock: string;
  /** Argument with the options of each read that can lock. */
  readonly reads: Readonly<Record<string, number>>;
  /** Reads that take a bare filter, and those that take it as an option instead: `findOne` for `findOneBy`. */
  readonly filtered?: Readonly<Record<string, string>>;
  /** The option that passes the transaction on, with the argument of the options by operation. */
  readonly passes?: {
    readonly option: string;
    readonly arguments: Readonly<Record<string, number>>;
  };
  /** The table inside the transaction: `$.withRepository(#)`. */
  readonly table?: string;
}

/** A connection of a pool, on which statements begin and end the transaction; the text of the read locks. */
export interface StatementLock {
  readonly by: "statement";
  /** Methods of the pool and the connection: `connect`, `release`. */
  readonly connect: string;
  readonly release: string;
  /** What the connection is called. */
  readonly handle: string;
  /** What locks, at the end of a SELECT. */
  readonly lock: string;
}

export interface StoreModel {
  readonly id: string;
  readonly packages: readonly string[];
  /** Exported classes or factories whose instances are handles to the store. */
  readonly exports: readonly string[];
  /** The package exports other things too, which are no handles. */
  readonly hasOtherExports?: boolean;
  /** Exports that send each statement on any of several connections: no transaction spans two of them. */
  readonly pools?: readonly string[];
  /** Its handle is a tag of templates that hold SQL: sql`SELECT ...`. */
  readonly isTag?: boolean;
  /** Operations by method name, found in a member chain on a handle. */
  readonly operations: Readonly<Record<string, StoreOperation>>;
  readonly chain?: StoreChainModel;
  readonly remote?: RemoteModel;
  readonly requests?: RequestModel;
  /** What a handle is called where it hangs on the context of an update: `ctx.prisma`, `context.octokit`. */
  readonly handleNames?: readonly string[];
  /** Frameworks that hang it there. */
  readonly handlePackages?: readonly string[];
  /** The handle is a table itself, and this argument of what made it names it: `model("User")`. */
  readonly tableArgument?: number;
  /** The field that holds what was made before, by table: `mongoose.models.User`. */
  readonly registry?: string;
  /** Where the answer holds its rows: `data` for `{ data, error }`. Default `rows`. */
  readonly resultFields?: readonly string[];
  /** Where the answer says whether there is a row at all: `exists`, `empty`. */
  readonly presenceFields?: Readonly<Record<string, "present" | "absent">>;
  /** What the answer says of the request, beside the rows: `error`. */
  readonly answerFields?: readonly string[];
  /** There are keys and no tables: one space of keys for each handle, or one for all handles of the package. */
  readonly isOneTable?: "handle" | "package";
  /** Look-ups that take only columns which are unique. */
  readonly uniqueLookups?: readonly string[];
  /** Operations that store the row they name whether it was there or not: `setDoc`. */
  readonly makesMissing?: readonly string[];
  /** Operations that throw where the row they name is gone. */
  readonly failsWhenMissing?: readonly string[];
  /** Operations on a row that a read gave: `doc.save()`. */
  readonly rowOperations?: Readonly<Record<string, StoreOperation>>;
  /** `save` writes changed fields only, or every field in which the row differs from the stored one. */
  readonly saveWrites?: "changed" | "all";
  /** `save` of a row that changed since it was read fails instead of overwriting. */
  readonly isVersioned?: boolean;
  /** Reads resolve in the same segment. */
  readonly synchronous?: boolean;
  /** Links that run the statement at once: what follows them is called on the answer, and is no part of the query. */
  readonly runs?: readonly string[];
  /** No key that the code asks for is unique: it takes a second row like the first, or replaces the first. */
  readonly keepsDuplicates?: boolean;
  /** The row's own key, unique without a word in the schema. */
  readonly ownKeys?: readonly string[];
  /** Where a project declares its tables and their unique keys. Default `code`: classes, schemas, `define(...)`. */
  readonly schema?: "prisma" | "sql" | "code";
  /** Operations may take the entity's class in front: `manager.findOne(User, { where })`. */
  readonly takesEntity?: boolean;
  /** Methods of a row's array that a following `save` sends as one atomic change: `push`. */
  readonly atomicArrayMethods?: readonly string[];
  /** Option names inside a data argument that make the change atomic: `increment`, `$inc`. */
  readonly atomicFields?: readonly string[];
  /** Those that do not even mind to be done twice: `connect`, `$addToSet`. */
  readonly idempotentFields?: readonly string[];
  /** How a repair is written in this store. */
  readonly repairs?: StoreRepairs;
  /** Methods that run a callback in a transaction, with what protects. */
  readonly transactions?: Readonly<
    Record<
      string,
      { readonly callback: number | "last"; readonly protects: "always" | "serializable" | "never" }
    >
  >;
  /** Databases behind it whose transactions refuse to write what changed since they read it, whatever the options say. */
  readonly isolatingProviders?: readonly string[];
  /** A locking read that finds no row locks nothing: two that find none both go on. */
  readonly locksFoundRowsOnly?: boolean;
  /** Options of a read that lock the row: `lock`, `forUpdate`. */
  readonly rowLocks?: readonly string[];
  /** Where the facts come from. */
  readonly source: string;
}
