/** A function that keeps the whole process from running anything else until it returns. */
export interface BlockingCall {
  /** `long`: a process, a slow hash, a compression. `brief`: milliseconds on a local disk. */
  readonly duration: "long" | "brief";
  /** The asynchronous function beside it: a member of the same module, or of its `promises`. */
  readonly twin?: string;
}

const LONG: BlockingCall = { duration: "long" };
const BRIEF: BlockingCall = { duration: "brief" };

/** `readFileSync` has the twin `promises.readFile`. */
function files(...names: readonly string[]): Record<string, BlockingCall> {
  return Object.fromEntries(
    names.map((name) => [
      name,
      { duration: "brief", twin: `promises.${name.replace(/Sync$/, "")}` } as const,
    ]),
  );
}

/** `hashSync` has the twin `hash`, which returns a promise when it gets no callback. */
function named(
  duration: BlockingCall["duration"],
  ...names: readonly string[]
): Record<string, BlockingCall> {
  return Object.fromEntries(
    names.map((name) => [name, { duration, twin: name.replace(/Sync$/, "") }]),
  );
}

function all(call: BlockingCall, ...names: readonly string[]): Record<string, BlockingCall> {
  return Object.fromEntries(names.map((name) => [name, call]));
}

/**
 * Blocking functions by module. `default` is the module itself, called. Left out on purpose: `existsSync`,
 * `statSync`, `mkdirSync` and short hashes, which cost microseconds, and synchronous databases, which are
 * synchronous by design.
 */
export const BLOCKING: Readonly<Record<string, Readonly<Record<string, BlockingCall>>>> = {
  child_process: all(LONG, "execSync", "execFileSync", "spawnSync"),
  "cross-spawn": all(LONG, "sync", "spawn.sync"),
  execa: { ...named("long", "execaSync", "execaCommandSync"), "execa.sync": LONG },
  crypto: all(
    LONG,
    "scryptSync",
    "pbkdf2Sync",
    "generateKeyPairSync",
    "generatePrimeSync",
    "checkPrimeSync",
    "argon2Sync",
  ),
  zlib: all(
    LONG,
    "gzipSync",
    "gunzipSync",
    "deflateSync",
    "inflateSync",
    "deflateRawSync",
    "inflateRawSync",
    "unzipSync",
    "brotliCompressSync",
    "brotliDecompressSync",
    "zstdCompressSync",
    "zstdDecompressSync",
  ),
  fs: {
    ...files(
      "readFileSync",
      "writeFileSync",
      "appendFileSync",
      "copyFileSync",
      "readdirSync",
      "rmSync",
      "cpSync",
    ),
    readSync: BRIEF,
    writeSync: BRIEF,
  },
  "fs-extra": named(
    "brief",
    "readFileSync",
    "writeFileSync",
    "readJsonSync",
    "readJSONSync",
    "writeJsonSync",
    "writeJSONSync",
    "outputFileSync",
    "outputJsonSync",
    "copySync",
    "moveSync",
    "removeSync",
    "emptyDirSync",
  ),
  jsonfile: named("brief", "readFileSync", "writeFileSync"),
  bcrypt: named("long", "hashSync", "compareSync", "genSaltSync"),
  bcryptjs: named("long", "hashSync", "compareSync", "genSaltSync"),
  "@node-rs/bcrypt": named("long", "hashSync", "compareSync", "verifySync"),
  "@node-rs/argon2": named("long", "hashSync", "verifySync"),
  "sync-request": all(LONG, "default"),
  "sync-fetch": all(LONG, "default"),
  "readline-sync": all(LONG, "question", "prompt", "keyIn", "keyInYN", "keyInSelect"),
  deasync: all(LONG, "default", "sleep", "loopWhile", "runLoopOnce"),
  global: all(LONG, "Atomics.wait"),
};

/** From how many milliseconds on a pause holds up a dispatcher that handles one update at a time. */
export const LONG_PAUSE = 5_000;
