import type { StoreModel, StoreOperation } from "../store-model.ts";

const READ: StoreOperation = { kind: "read", key: 0 };
const CREATE: StoreOperation = { kind: "create", data: 0 };
const ATOMIC: StoreOperation = { kind: "atomic", key: 0 };
const DELETE: StoreOperation = { kind: "delete", key: 0 };
/** Without a callback the code commits by itself. */
const BEGIN: StoreOperation = { kind: "begin", protects: "serializable" };
const END: StoreOperation = { kind: "end" };

export const typeorm: StoreModel = {
  id: "typeorm",
  packages: ["typeorm", "@nestjs/typeorm"],
  exports: ["DataSource", "Repository", "EntityManager", "getRepository"],
  takesEntity: true,
  operations: {
    findOne: READ,
    findOneBy: READ,
    findOneOrFail: READ,
    findOneByOrFail: READ,
    find: READ,
    findBy: READ,
    findAndCount: READ,
    findAndCountBy: READ,
    count: READ,
    countBy: READ,
    exists: READ,
    existsBy: READ,
    exist: READ,
    getOne: { kind: "read" },
    getOneOrFail: { kind: "read" },
    getMany: { kind: "read" },
    getRawOne: { kind: "read" },
    getRawMany: { kind: "read" },
    getCount: { kind: "read" },
    insert: CREATE,
    save: { kind: "save", data: 0 },
    update: { kind: "write", key: 0, data: 1 },
    upsert: { kind: "write", data: 0 },
    increment: ATOMIC,
    decrement: ATOMIC,
    delete: DELETE,
    softDelete: DELETE,
    remove: { kind: "delete", key: 0 },
    startTransaction: BEGIN,
    commitTransaction: END,
    rollbackTransaction: END,
  },
  chain: {
    filters: ["where", "andWhere"],
    data: ["set", "values"],
    locks: ["setLock"],
    conflicts: ["orUpdate", "orIgnore"],
    tables: ["getRepository", "createQueryBuilder"],
  },
  rowOperations: { save: { kind: "save" }, remove: DELETE },
  saveWrites: "all",
  repairs: { condition: { operations: { update: "update" }, filter: { argument: 0 } } },
  transactions: { transaction: { callback: "last", protects: "serializable" } },
  rowLocks: ["lock"],
  source:
    "TypeORM src/persistence/SubjectDatabaseEntityLoader.ts: save() loads the row again and writes every column in which the entity differs from it",
};

export const sequelize: StoreModel = {
  id: "sequelize",
  packages: ["sequelize", "sequelize-typescript"],
  exports: ["Sequelize", "Model"],
  operations: {
    findOne: READ,
    findByPk: READ,
    findAll: READ,
    findAndCountAll: READ,
    count: READ,
    sum: READ,
    max: READ,
    create: CREATE,
    bulkCreate: CREATE,
    findOrCreate: ATOMIC,
    upsert: { kind: "write", data: 0 },
    update: { kind: "write", data: 0, key: 1 },
    increment: { kind: "atomic", key: 1 },
    decrement: { kind: "atomic", key: 1 },
    destroy: DELETE,
    transaction: BEGIN,
    commit: END,
    rollback: END,
  },
  tableArgument: 0,
  rowOperations: {
    save: { kind: "save" },
    update: { kind: "write", data: 0 },
    increment: { kind: "atomic" },
    decrement: { kind: "atomic" },
    destroy: { kind: "delete" },
    reload: { kind: "read" },
  },
  saveWrites: "changed",
  transactions: { transaction: { callback: "last", protects: "serializable" } },
  repairs: {
    condition: {
      operations: { update: "update" },
      filter: { argument: 1, option: "where" },
    },
  },
  rowLocks: ["lock"],
  source:
    "Sequelize 6 lib/model.js: save() writes the changed attributes; increment is SET x = x + n; lock: true is SELECT ... FOR UPDATE",
};
