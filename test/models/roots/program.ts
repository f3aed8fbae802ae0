import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Project } from "../../../src/analysis/project/project.ts";
import { findRoots, type ActivationRoot } from "../../../src/analysis/project/roots.ts";
import { Shapes } from "../../../src/analysis/project/shapes.ts";

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
  const files = typeof program === "string" ? { "bot.ts": program } : program;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "run-async-roots-")));
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const project = new Project(folder);
    return new Roots(findRoots(project, new Shapes(project)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
