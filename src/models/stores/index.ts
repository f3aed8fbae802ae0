import type { StoreModel } from "../store-model.ts";
import { dynamodb } from "./dynamodb.ts";
import { low, lowdb, lowSync } from "./lowdb.ts";
import { enmap, firestore, keyv, nedb, pouchdb, quickDb, redis } from "./key-value.ts";
import { mongodb, mongoose } from "./mongodb.ts";
import { sequelize, typeorm } from "./orm.ts";
import { prisma } from "./prisma.ts";
import { drizzle, drizzleSync, knex, kysely, supabase } from "./query-builders.ts";
import { remotes } from "./remote.ts";
import {
  betterSqlite3,
  libsql,
  mysql,
  pgPromise,
  postgres,
  postgresTag,
  slonik,
  sqlite3,
} from "./sql.ts";

export const stores: readonly StoreModel[] = [
  mongoose,
  mongodb,
  prisma,
  typeorm,
  sequelize,
  knex,
  kysely,
  drizzleSync,
  drizzle,
  supabase,
  betterSqlite3,
  sqlite3,
  libsql,
  postgres,
  pgPromise,
  postgresTag,
  slonik,
  mysql,
  redis,
  keyv,
  enmap,
  quickDb,
  firestore,
  dynamodb,
  lowdb,
  low,
  lowSync,
  pouchdb,
  nedb,
  ...remotes,
];
