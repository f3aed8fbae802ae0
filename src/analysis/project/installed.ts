import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Project } from "./project.ts";

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** Which packages a project depends on, and in which major version, by its package.json and node_modules. */
export class Installed {
  readonly #project: Project;
  readonly #majors = new Map<string, number | null>();
  #ranges: ReadonlyMap<string, string> | null = null;

  constructor(project: Project) {
    this.#project = project;
  }

  has(name: string): boolean {
    return this.#dependencies().has(name);
  }

  /** The installed major version; where nothing is installed, the one that the range asks for. */
  majorOf(name: string): number | null {
    let major = this.#majors.get(name);
    if (major === undefined) this.#majors.set(name, (major = this.#findMajor(name)));
    return major;
  }

  #findMajor(name: string): number | null {
    const range = this.#dependencies().get(name);
    if (range === undefined) return null;
    for (let folder = this.#project.root; ; folder = dirname(folder)) {
      const installed = manifestAt(join(folder, "node_modules", name));
      if (installed?.version) return firstNumber(installed.version);
      if (folder === dirname(folder)) return firstNumber(range);
    }
  }

  #dependencies(): ReadonlyMap<string, string> {
    if (this.#ranges) return this.#ranges;
    // A project that is analysed one file at a time reads nothing from disk.
    const manifest = this.#project.paths().length > 0 ? manifestAt(this.#project.root) : null;
    return (this.#ranges = new Map(
      Object.entries({
        ...manifest?.peerDependencies,
        ...manifest?.devDependencies,
        ...manifest?.dependencies,
      }),
    ));
  }
}

function manifestAt(folder: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    return null;
  }
}

function firstNumber(version: string): number | null {
  const found = /\d+/.exec(version);
  return found ? Number(found[0]) : null;
}
