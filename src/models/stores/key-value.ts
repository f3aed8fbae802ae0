import type { StoreModel, StoreOperation } from "../store-model.ts";

const READ: StoreOperation = { kind: "read", key: 0 };
const WRITE: StoreOperation = { kind: "write", key: 0, data: 1 };
const DELETE: StoreOperation = { kind: "delete", key: 0 };
const ATOMIC: StoreOperation = { kind: "atomic", key: 0 };

/** `set(key, value, "NX")` and `set(key, value, { NX: true })` write only where nothing is. */
const SET: StoreOperation = { ...WRITE, conditionalWith: ["NX", "nx", "XX"] };

export const redis: StoreModel = {
  id: "redis",
  packages: ["ioredis", "redis", "@upstash/redis", "@redis/client"],
  exports: ["default", "Redis", "createClient"],
  operations: {
    get: READ,
    mget: READ,
    mGet: READ,
    exists: READ,
    hget: READ,
    hGet: READ,
    hgetall: READ,
    hGetAll: READ,
    hexists: READ,
    hExists: READ,
    smembers: READ,
    sMembers: READ,
    sismember: READ,
    sIsMember: READ,
    lrange: READ,
    lRange: READ,
    llen: READ,
    zscore: READ,
    ttl: READ,
    set: SET,
    setex: { kind: "write", key: 0, data: 2 },
    setEx: { kind: "write", key: 0, data: 2 },
    mset: WRITE,
    hset: { ...WRITE, data: 2 },
    hSet: { ...WRITE, data: 2 },
    hmset: WRITE,
    setnx: ATOMIC,
    setNX: ATOMIC,
    hsetnx: ATOMIC,
    hSetNX: ATOMIC,
    getset: ATOMIC,
    getdel: ATOMIC,
    getDel: ATOMIC,
    incr: ATOMIC,
    incrby: ATOMIC,
    incrBy: ATOMIC,
    incrbyfloat: ATOMIC,
    decr: ATOMIC,
    decrby: ATOMIC,
    decrBy: ATOMIC,
    hincrby: ATOMIC,
    hIncrBy: ATOMIC,
    zincrby: ATOMIC,
    zadd: ATOMIC,
    zAdd: ATOMIC,
    sadd: { kind: "idempotent", key: 0 },
    sAdd: { kind: "idempotent", key: 0 },
    srem: { kind: "idempotent", key: 0 },
    sRem: { kind: "idempotent", key: 0 },
    lpush: ATOMIC,
    rpush: ATOMIC,
    lpop: ATOMIC,
    rpop: ATOMIC,
    expire: { kind: "idempotent", key: 0 },
    eval: { kind: "atomic" },
    evalsha: { kind: "atomic" },
    del: DELETE,
    hdel: DELETE,
    hDel: DELETE,
    unlink: DELETE,
  },
  isOneTable: "package",
  source:
    "redis.io, Transactions: MULTI runs its commands in one step, but a GET before it is no part of it; WATCH makes EXEC fail when the key changed",
};

export const keyv: StoreModel = {
  id: "keyv",
  packages: ["keyv", "@keyvhq/core", "enmap", "level"],
  exports: ["default", "Keyv"],
  operations: { get: READ, has: READ, set: WRITE, put: WRITE, delete: DELETE, del: DELETE },
  isOneTable: "handle",
  source: "Keyv documentation: get and set are separate requests to the adapter",
};

export const quickDb: StoreModel = {
  id: "quick.db",
  packages: ["quick.db", "quickmongo", "pro.db", "croxydb", "wio.db"],
  exports: ["QuickDB", "default"],
  operations: {
    get: READ,
    fetch: READ,
    has: READ,
    set: WRITE,
    // Both read the value, add in the process and write it back, with an await between.
    add: WRITE,
    sub: WRITE,
    subtract: WRITE,
    push: WRITE,
    pull: WRITE,
    delete: DELETE,
  },
  isOneTable: "handle",
  source: "quick.db 9 src/index.ts: add() is get() then set()",
};

export const firestore: StoreModel = {
  id: "firestore",
  packages: ["firebase-admin", "@google-cloud/firestore", "firebase"],
  exports: ["firestore", "Firestore", "getFirestore"],
  operations: {
    get: { kind: "read" },
    getDoc: READ,
    getDocs: READ,
    once: { kind: "read" },
    add: { kind: "create", data: 0 },
    create: { kind: "create", data: 0 },
    set: { kind: "write", data: 0 },
    update: { kind: "write", data: 0 },
    setDoc: WRITE,
    updateDoc: WRITE,
    addDoc: { kind: "create", data: 1 },
    delete: { kind: "delete" },
    remove: { kind: "delete" },
  },
  chain: { filters: ["doc", "where", "ref", "child"] },
  atomicFields: ["increment", "arrayUnion", "arrayRemove"],
  transactions: { runTransaction: { callback: "last", protects: "always" } },
  source: "Firestore documentation, Transactions: a transaction whose reads changed is run again",
};

/** A document carries the revision it was read at, and `put` of an older one fails. */
export const pouchdb: StoreModel = {
  id: "pouchdb",
  packages: ["pouchdb", "pouchdb-node", "pouchdb-browser", "nano"],
  exports: ["default"],
  operations: {
    get: READ,
    allDocs: { kind: "read" },
    find: READ,
    put: { kind: "save", data: 0 },
    post: { kind: "create", data: 0 },
    bulkDocs: { kind: "idempotent" },
    remove: DELETE,
  },
  isOneTable: "handle",
  isVersioned: true,
  ownKeys: ["_id"],
  source: "PouchDB guide, Conflicts: put() with a stale _rev is rejected with 409",
};

export const nedb: StoreModel = {
  id: "nedb",
  packages: ["nedb", "@seald-io/nedb", "nedb-promises"],
  exports: ["default"],
  operations: {
    find: READ,
    findOne: READ,
    findAsync: READ,
    findOneAsync: READ,
    count: READ,
    countAsync: READ,
    insert: { kind: "create", data: 0 },
    insertAsync: { kind: "create", data: 0 },
    update: WRITE,
    updateAsync: WRITE,
    remove: DELETE,
    removeAsync: DELETE,
  },
  isOneTable: "handle",
  ownKeys: ["_id"],
  atomicFields: ["$inc", "$push", "$addToSet", "$pull", "$min", "$max", "$pop", "$unset"],
  source: "NeDB documentation: an executor runs one operation at a time, not a read and its write",
};
