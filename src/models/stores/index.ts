import type { StoreModel, StoreOperation } from "../model.ts";

const READ: StoreOperation = { kind: "read", key: 0 };

export const mongoose: StoreModel = {
  id: "mongoose",
  packages: ["mongoose"],
  exports: ["model", "Model", "connection"],
  operations: {
    findOne: READ,
    findById: READ,
    find: READ,
    exists: READ,
    countDocuments: READ,
    distinct: READ,
    create: { kind: "create", data: 0 },
    insertMany: { kind: "create", data: 0 },
    updateOne: { kind: "write", key: 0, data: 1 },
    updateMany: { kind: "write", key: 0, data: 1 },
    replaceOne: { kind: "write", key: 0, data: 1 },
    findOneAndUpdate: { kind: "write", key: 0, data: 1 },
    findByIdAndUpdate: { kind: "write", key: 0, data: 1 },
    deleteOne: { kind: "delete", key: 0 },
    deleteMany: { kind: "delete", key: 0 },
    findOneAndDelete: { kind: "delete", key: 0 },
    findByIdAndDelete: { kind: "delete", key: 0 },
  },
  rowOperations: {
    save: { kind: "write" },
    deleteOne: { kind: "delete" },
    remove: { kind: "delete" },
    updateOne: { kind: "write", data: 0 },
  },
  saveWrites: "changed",
  atomicFields: [
    "$inc",
    "$push",
    "$addToSet",
    "$pull",
    "$min",
    "$max",
    "$mul",
    "$pop",
    "$setOnInsert",
  ],
  source: "mongoose documentation: save() sends changed paths only",
};

export const prisma: StoreModel = {
  id: "prisma",
  packages: ["@prisma/client"],
  exports: ["PrismaClient"],
  operations: {
    findUnique: READ,
    findFirst: READ,
    findMany: READ,
    findUniqueOrThrow: READ,
    findFirstOrThrow: READ,
    count: READ,
    aggregate: READ,
    create: { kind: "create", data: 0 },
    createMany: { kind: "create", data: 0 },
    update: { kind: "write", key: 0, data: 0 },
    updateMany: { kind: "write", key: 0, data: 0 },
    upsert: { kind: "write", key: 0, data: 0 },
    delete: { kind: "delete", key: 0 },
    deleteMany: { kind: "delete", key: 0 },
  },
  atomicFields: ["increment", "decrement", "multiply", "divide", "push"],
  transactions: { $transaction: { callback: 0, protects: "serializable" } },
  source: "Prisma documentation: interactive transactions run at the database's default isolation",
};

export const stores: readonly StoreModel[] = [mongoose, prisma];
