import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { emptyPackage, PACKAGE, run, type Run } from "../run.ts";
import type { CompiledRuntime } from "../../runtime/compiled-runtime.ts";

/** A package with the sources of this runtime, as an installation would have it, and with the given files. */
export class ReproduceProject {
  readonly folder = emptyPackage();

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), "utf8");
  }

  reproduce(...args: string[]): Promise<Run> {
    return run(["reproduce", ...args], { cwd: this.folder });
  }

  /** The text of the only test that was written. */
  written(): string {
    const [name = ""] = readdirSync(this.folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.includes(".race.test.") && !file.includes("node_modules"),
    );
    return this.read(name);
  }

  /** Makes the package importable, beside the ones that runners and compilers are. */
  install(runtime: CompiledRuntime): void {
    const modules = path.join(this.folder, "node_modules");
    const own = path.join(modules, "eslint-plugin-run-async");
    mkdirSync(own, { recursive: true });
    for (const name of ["typescript", "vitest", "async-mutex"])
      symlinkSync(path.join(PACKAGE, "node_modules", name), path.join(modules, name));
    symlinkSync(path.join(runtime.directory, "runtime"), path.join(own, "runtime"));
    const exports = {
      "./runtime": "./runtime/index.js",
      "./runtime/testing": "./runtime/testing/index.js",
    };
    writeFileSync(path.join(own, "package.json"), JSON.stringify({ type: "module", exports }));
  }

  /** Runs a program of Node's in the package, without what a test runner around it set. */
  node(...args: string[]): { status: number | null; output: string } {
    const env = { PATH: process.env["PATH"], NO_COLOR: "1" };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: this.folder,
      encoding: "utf8",
      env,
      timeout: 120_000,
    });
    return { status, output: stdout + stderr };
  }
}

/** The program of jest that another test installs, or null. */
export function jestProgram(): string | null {
  const file = path.join(PACKAGE, ".cache/jest/30.2.0/node_modules/jest/bin/jest.js");
  return existsSync(file) ? file : null;
}
