import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { StoreModel } from "../../models/store-model.ts";
import { childrenOf, type Node } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import type { Project } from "./project.ts";
import { codeSchema } from "./schema-code.ts";
import { prismaSchema, sqlSchema } from "./schema-text.ts";
import type { Shapes } from "./shapes.ts";
import { singular } from "./store-table.ts";

/** The sets of columns of which no two rows have the same values. */
export type UniqueKeys = readonly (readonly string[])[];

/** Tables by their normalised name. */
export type Schema = Map<string, string[][]>;

const MOST_SQL_FILES = 200;
const LARGEST_SQL_FILE = 500_000;

/**
 * Unique keys that the project itself declares: in a Prisma schema, in SQL (files and strings of the source),
 * and in code for Mongoose, TypeORM, Sequelize and Drizzle. Read once an analysis, on the first question.
 */
export class Schemas {
  readonly #shapes: Shapes;
  readonly #project: Project;
  #prisma: { schema: Schema; provider: string } | null | undefined;
  #sqlFiles: readonly string[] | undefined;
  #sql: Schema | undefined;
  #code: Map<string, Schema> | undefined;

  constructor(shapes: Shapes) {
    this.#shapes = shapes;
    this.#project = shapes.project;
  }

  /** The text of an open file changed; what is on disk beside the code did not. */
  forgetCode(): void {
    this.#sql = undefined;
    this.#code = undefined;
  }

  /** Null where the project says nothing about the table. */
  uniqueKeys(model: StoreModel | null, table: string): UniqueKeys | null {
    if (!model) return null;
    const name = table.slice(table.indexOf(".") + 1);
    const own = (model.ownKeys ?? []).map((key) => [key]);
    const declared = this.#schemaOf(model)?.get(name);
    return declared ? [...own, ...declared] : null;
  }

  #schemaOf({ id, schema = "code" }: StoreModel): Schema | undefined {
    if (schema === "prisma") return this.#prismaSchema()?.schema;
    return schema === "sql" ? this.#sqlSchema() : this.#codeSchemas().get(id);
  }

  /** Whether the database that the project's schema names protects what a transaction reads by default. */
  isIsolating(model: StoreModel | null): boolean {
    const providers = model?.isolatingProviders;
    const provider = providers && this.#prismaSchema()?.provider;
    return provider !== undefined && providers?.includes(provider) === true;
  }

  #prismaSchema(): { schema: Schema; provider: string } | null {
    if (this.#prisma === undefined) {
      const files = findFiles(this.#project.root, (name) => name.endsWith(".prisma"));
      const text = files.map(readText).join("\n");
      this.#prisma = text.trim() === "" ? null : prismaSchema(text);
    }
    return this.#prisma;
  }

  #sqlSchema(): Schema {
    this.#sqlFiles ??= findFiles(this.#project.root, (name) => name.endsWith(".sql")).map(readText);
    if (!this.#sql) {
      const schema: Schema = new Map();
      for (const text of this.#sqlFiles) sqlSchema(text, schema);
      this.#project.provenance.apart(() => {
        for (const text of this.#sqlStrings()) sqlSchema(text, schema);
      });
      this.#sql = schema;
    }
    return this.#sql;
  }

  /** `CREATE TABLE` in strings of the source. */
  *#sqlStrings(): Iterable<string> {
    for (const path of this.#project.component()) {
      const file = this.#project.fileAt(path);
      if (!file || !/create\s+(?:table|unique)/i.test(file.text)) continue;
      const pending: Node[] = [file.ast];
      for (let node = pending.pop(); node; node = pending.pop()) {
        if (node.type === "Literal" && typeof node.value === "string") yield node.value;
        else if (node.type === "TemplateLiteral")
          yield node.quasis.map((quasi) => quasi.value.raw).join(" ");
        pending.push(...childrenOf(node));
      }
    }
  }

  #makersOf(node: Node, file: SourceFile): Site[] {
    return this.#shapes.of(node, file).flatMap((shape) => ("site" in shape && shape.site) || []);
  }

  #codeSchemas(): Map<string, Schema> {
    if (!this.#code) {
      const schemas = new Map<string, Schema>();
      this.#project.provenance.apart(() => {
        for (const file of this.#project.files())
          codeSchema(file, schemas, (node, at) => this.#makersOf(node, at));
      });
      this.#code = schemas;
    }
    return this.#code;
  }
}

export function addTable(schema: Schema, table: string, keys: readonly string[][]): void {
  const name = singular(table);
  schema.set(name, [...(schema.get(name) ?? []), ...keys]);
}

function findFiles(root: string, accepts: (name: string) => boolean): string[] {
  const found: string[] = [];
  const folders = [{ path: root, depth: 0 }];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    if (found.length >= MOST_SQL_FILES || !existsSync(folder.path)) continue;
    let entries;
    try {
      entries = readdirSync(folder.path, { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (entry.isDirectory()) {
        if (folder.depth < 5 && !/^(?:node_modules|dist|build|coverage|\..*)$/.test(entry.name))
          folders.push({ path: join(folder.path, entry.name), depth: folder.depth + 1 });
      } else if (accepts(entry.name)) found.push(join(folder.path, entry.name));
    }
  }
  return found.sort();
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").slice(0, LARGEST_SQL_FILE);
  } catch {
    return "";
  }
}
