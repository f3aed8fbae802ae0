import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** A finding as ESLint's and oxlint's JSON reports both can give it: `file:line rule`. */
export type Finding = string;

/** Files of a sandbox: path to content. Objects are written as JSON. */
export type Files = Record<string, string | object>;

const NPM_INSTALL = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];

// Started through `npm test`, the tests inherit npm's description of this package and vitest's NODE_ENV.
// Neither belongs into the folder of a user.
const userEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(?:npm_(?:package|lifecycle|command|execpath|config_local_prefix)|INIT_CWD$|NODE_ENV$|NODE_OPTIONS$|VITEST)/.test(
          name,
        ),
    ),
  );

/**
 * An empty folder outside of this repository, as a new user's: nothing in it resolves to our node_modules.
 * Use with `using`, or call `remove`.
 */
export class Sandbox implements Disposable {
  readonly folder: string;

  constructor(files: Files = {}) {
    this.folder = mkdtempSync(path.join(tmpdir(), "run-async-"));
    this.write({ "package.json": { private: true, type: "module" }, ...files });
  }

  write(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(this.folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
    }
  }

  copy(from: string, to: string): void {
    cpSync(from, path.join(this.folder, to), { recursive: true });
  }

  /** Runs a program to its end. Never rejects: a non-zero status is an outcome to look at. */
  run(command: string, ...args: string[]): Promise<Outcome> {
    const options = { cwd: this.folder, env: userEnvironment(), maxBuffer: 2 ** 26 };
    return new Promise((resolve) => {
      execFile(command, args, options, (error, stdout, stderr) => {
        const status = typeof error?.code === "number" ? error.code : error ? 1 : 0;
        resolve({ status, stdout, stderr: error && !stderr ? error.message : stderr });
      });
    });
  }

  /** Runs a program that an installed package brings. */
  bin(name: string, ...args: string[]): Promise<Outcome> {
    return this.run(path.join(this.folder, "node_modules/.bin", name), ...args);
  }

  /** `npm install`, which must succeed. Returns what npm printed. */
  async npmInstall(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run("npm", ...NPM_INSTALL, ...args);
    if (status !== 0) throw new Error(`npm install ${args.join(" ")} failed:\n${stderr}${stdout}`);
    return stderr + stdout;
  }

  /** Names of all packages that are installed, nested ones too, each with its version. */
  async installedPackages(): Promise<Map<string, string[]>> {
    const { stdout } = await this.run("npm", "query", "*", "--loglevel=silent");
    const packages = JSON.parse(stdout) as { name: string; version: string; path: string }[];
    const versions = new Map<string, string[]>();
    for (const { name, version, path: folder } of packages) {
      if (folder === this.folder) continue;
      versions.set(name, [...(versions.get(name) ?? []), version]);
    }
    return versions;
  }

  /** Lints with the installed ESLint and the sandbox's own configuration. */
  async eslint(...args: string[]): Promise<Finding[]> {
    const { stdout, stderr, status } = await this.bin("eslint", "--format", "json", ...args);
    if (status > 1 || !stdout) throw new Error(`eslint failed:\n${stderr}${stdout}`);
    return findingsOfEslint(stdout, this.folder);
  }

  /** Lints with the installed oxlint and the sandbox's own configuration. */
  async oxlint(...args: string[]): Promise<Finding[]> {
    const { stdout, stderr } = await this.bin("oxlint", "--format", "json", ...args);
    if (!stdout.startsWith("{")) throw new Error(`oxlint failed:\n${stderr}${stdout}`);
    return findingsOfOxlint(stdout);
  }

  entries(folder = "."): string[] {
    return readdirSync(path.join(this.folder, folder));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

interface EslintResult {
  filePath: string;
  messages: { line?: number; ruleId: string | null; message: string }[];
}

/** Findings of an ESLint JSON report, sorted, with paths relative to `root`. */
export const findingsOfEslint = (report: string, root: string): Finding[] =>
  (JSON.parse(report) as EslintResult[])
    .flatMap(({ filePath, messages }) =>
      messages.map(
        ({ line, ruleId, message }) =>
          `${path.relative(root, filePath)}:${line ?? 0} ${ruleId ?? message}`,
      ),
    )
    .sort();

interface OxlintReport {
  diagnostics: {
    filename: string;
    code?: string;
    message: string;
    labels: { span: { line: number } }[];
  }[];
}

/** Findings of an oxlint JSON report, sorted. It names a rule `plugin(rule)`. */
const findingsOfOxlint = (report: string): Finding[] =>
  (JSON.parse(report) as OxlintReport).diagnostics
    .map(({ filename, code, labels, message }) => {
      const rule = code?.replace(/^(.+)\((.+)\)$/, "$1/$2") ?? message;
      return `${filename}:${labels[0]?.span.line ?? 0} ${rule}`;
    })
    .sort();
