import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import ts from "typescript";

const SOURCES = fileURLToPath(new URL("../../src/runtime/", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The runtime as JavaScript in a directory of its own, for tests that need a fresh process. */
export class CompiledRuntime {
  readonly directory = mkdtempSync(join(tmpdir(), "run-async-"));

  constructor() {
    writeFileSync(join(this.directory, "package.json"), '{ "type": "module" }');
    for (const name of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
      if (name.endsWith(".ts")) this.#compile(name);
    }
  }

  #compile(name: string): void {
    const target = join(this.directory, "runtime", name.replace(/\.ts$/, ".js"));
    mkdirSync(join(target, ".."), { recursive: true });
    writeFileSync(target, transpile(readFileSync(join(SOURCES, name), "utf8")));
  }

  /** URL of a module of the runtime, for import statements. */
  url(module = "index.js"): string {
    return pathToFileURL(join(this.directory, "runtime", module)).href;
  }

  /** Writes a program that may import `"runtime"`, and gives its path. */
  write(name: string, source: string): string {
    const path = join(this.directory, name);
    const imports = source
      .replaceAll('"runtime"', JSON.stringify(this.url()))
      .replaceAll('"runtime/testing"', JSON.stringify(this.url("testing/index.js")));
    writeFileSync(path, imports);
    return path;
  }

  run(
    name: string,
    source: string,
    env: Record<string, string> = {},
    flags: string[] = [],
  ): Finished {
    const path = this.write(name, source);
    const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, path], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"], ...env },
      timeout: 20_000,
    });
    return { code: status, stdout, stderr };
  }

  /** Starts a program; `talk` is given its output as it grows and may send signals. */
  start(
    name: string,
    source: string,
    talk: (output: string, kill: (signal: NodeJS.Signals) => void) => void,
  ): Promise<Finished> {
    const child = spawn(process.execPath, [this.write(name, source)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      talk(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    return new Promise((resolve) => {
      child.on("close", (code) => {
        resolve({ code, stdout, stderr });
      });
    });
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export function transpile(source: string, options: ts.CompilerOptions = {}): string {
  const compilerOptions: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
    ...options,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}
