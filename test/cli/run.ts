import { cpSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommandLine } from "../../src/cli/command-line.ts";

export const PACKAGE = path.resolve(import.meta.dirname, "../..");

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, as in a pipe unless `isTerminal` says otherwise. */
export async function run(
  args: readonly string[],
  {
    cwd = PACKAGE,
    env = {},
    isTerminal = false,
  }: { cwd?: string; env?: Record<string, string>; isTerminal?: boolean } = {},
): Promise<Run> {
  let out = "";
  let err = "";
  const code = await runCommandLine(args, {
    cwd,
    env,
    out: { isTerminal, write: (text) => void (out += text) },
    err: { isTerminal, write: (text) => void (err += text) },
  });
  return { code, out, err };
}

/** A new folder that is a package of its own. */
export function emptyPackage(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "cli-")));
  writeFileSync(path.join(folder, "package.json"), "{}");
  return folder;
}

/** A copy of the examples, in a package of their own. */
export function copyOfExamples(): string {
  const folder = emptyPackage();
  cpSync(path.join(PACKAGE, "examples"), path.join(folder, "examples"), { recursive: true });
  return folder;
}
