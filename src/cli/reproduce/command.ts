import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { worldOf } from "../../analysis/activity.ts";
import { ruleFor } from "../check/rules.ts";
import { relativePath } from "../check/formats.ts";
import { CommandError, oneOf, readArguments, type Command, type ExitCode } from "../command.ts";
import { SOURCE_OPTIONS } from "../sources.ts";
import { scenarioOf } from "./scenario.ts";
import { raceAt } from "./target.ts";
import { defaultName, testFile, type Runner } from "./test-file.ts";

const HELP = `Usage: run-async reproduce FILE:LINE [OPTIONS]

Writes a test for the race that is found at FILE:LINE (run-async check prints where). The test calls the handler
twice at once in every order in which its I/O can complete, with everything outside of the project's files replaced
by stubs, and asks that it end as one call after the other does. It fails with the schedule as long as the race is
there, and passes once it is repaired. What could not be inferred is said in the file.

Options:
  --runner vitest|node|jest   the test runner (default vitest)
  --out FILE                  where to write (default: beside FILE); an existing file is never overwritten
  --root DIR                  analyse DIR as one project, whatever package.json files are below it
  --settings FILE.json        settings instead of the project's own
  -h, --help                  this text

TypeScript, and JavaScript with import statements, is compiled by the project's own typescript or esbuild.
Exit codes: 0 written, 2 wrong use or failure.`;

export const reproduce: Command = {
  help: HELP,
  async run(args, terminal): Promise<ExitCode> {
    const { values, positionals } = readArguments(args, {
      runner: { type: "string", default: "vitest" },
      out: { type: "string" },
      ...SOURCE_OPTIONS,
    });
    const [target, second] = positionals;
    if (target === undefined || second !== undefined)
      throw new CommandError("Name the FILE:LINE of one finding.");
    const runner = oneOf("runner", values.runner, ["vitest", "node", "jest"]);
    const { finding, race, line, project, settings } = await raceAt(target, terminal, values);
    const scenario = scenarioOf(race, worldOf(project, settings));
    const name = defaultName(scenario, finding.path, runner, isModulePackage(project.root));
    const path =
      values.out === undefined
        ? join(dirname(finding.path), name)
        : resolve(terminal.cwd, values.out);
    const shown = relativePath(path, terminal.cwd);
    if (existsSync(path))
      throw new CommandError(`${shown} exists; remove it, or name another file with --out.`);
    if (!existsSync(dirname(path)))
      throw new CommandError(
        `${relativePath(dirname(path), terminal.cwd)} does not exist; make the folder first.`,
      );
    const rule = ruleFor(finding, "strict") ?? finding.hazard;
    const title = `${rule}, ${relativePath(finding.path, project.root)}:${String(line)}`;
    writeFileSync(path, testFile(scenario, { runner, path, title, message: finding.message }));
    terminal.out.write(`${shown}\n`);
    terminal.err.write(`Run it: ${COMMANDS[runner]} ${shown}\n`);
    return 0;
  },
};

const COMMANDS: Readonly<Record<Runner, string>> = {
  vitest: "npx vitest run",
  node: "node --test",
  jest: "npx jest",
};

function isModulePackage(root: string): boolean {
  const path = join(root, "package.json");
  if (!existsSync(path)) return false;
  return (JSON.parse(readFileSync(path, "utf8")) as { type?: unknown }).type === "module";
}
