import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Project } from "../../../src/analysis/project/project.ts";
import { findRoots, type ActivationRoot } from "../../../src/analysis/project/roots.ts";
import { reachedFunctions } from "../../../src/analysis/project/reach.ts";
import { Shapes } from "../../../src/analysis/project/shapes.ts";

import { propertyName, type FunctionNode } from "../../../src/analysis/syntax/ast.ts";
import type { SourceFile } from "../../../src/analysis/syntax/source-file.ts";

/** A small bot, by file name. A `package.json` is only needed where versions or loaders matter. */
export type Program = Readonly<Record<string, string>>;

/** The roots of a program, by the name that findings give them. */
export class Roots {
  readonly all: readonly ActivationRoot[];

  constructor(all: readonly ActivationRoot[]) {
    this.all = all;
  }

  /** `concurrency trigger` of the one root with this name. */
  kind(name: string): string {
    const found = this.all.filter((root) => root.name === name);
    if (found.length !== 1)
      throw new Error(
        `${String(found.length)} roots are called ${name}; there are: ${this.names().join(", ")}`,
      );
    return found.map((root) => `${root.concurrency} ${root.trigger}`).join();
  }

  /** Every root, sorted: its concurrency and name. */
  list(): string[] {
    return this.all.map((root) => `${root.concurrency} ${root.name}`).sort();
  }

  names(): string[] {
    return this.all.map((root) => root.name);
  }

  /** First lines of the functions that are roots. */
  functions(): string[] {
    return this.all.map((root) => root.fn.file.textOf(root.fn.node).split("\n", 1)[0] ?? "").sort();
  }

  named(name: string): ActivationRoot {
    const found = this.all.find((root) => root.name === name);
    if (!found) throw new Error(`No root is called ${name}: ${this.names().join(", ")}`);
    return found;
  }
}

/** Finds the roots of a program, through the same passes as the linter, from files on disk. */
export function rootsOf(program: Program | string): Roots {
  return inFolder(program, (project) => new Roots(findRoots(project, new Shapes(project))));
}

/** Names of the named functions and methods that the roots reach, sorted. */
export function reachedIn(program: Program | string): string[] {
  return inFolder(program, (project) => {
    const shapes = new Shapes(project);
    const starts = findRoots(project, shapes).map((root) => root.fn);
    const reached = reachedFunctions(shapes, starts);
    const files = project.component().flatMap((path) => project.fileAt(path) ?? []);
    return files
      .flatMap((file) =>
        file.functions.flatMap((fn) => (reached.has(fn) ? (nameOf(fn, file) ?? []) : [])),
      )
      .sort();
  });
}

function nameOf(fn: FunctionNode, file: SourceFile): string | null {
  if (fn.id) return fn.id.name;
  const parent = file.parentOf(fn);
  return parent && /^(?:MethodDefinition|Property)$/.test(parent.type)
    ? propertyName(parent as Parameters<typeof propertyName>[0])
    : null;
}

function inFolder<T>(program: Program | string, use: (project: Project) => T): T {
  const files = typeof program === "string" ? { "bot.ts": program } : program;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "run-async-roots-")));
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return use(new Project(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
