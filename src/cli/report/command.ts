import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { relativePath } from "../check/formats.ts";
import { CommandError, oneOf, readArguments, type Command, type ExitCode } from "../command.ts";
import { Progress } from "../progress.ts";
import { SOURCE_OPTIONS, sourcesOf } from "../sources.ts";
import { gather } from "./gather.ts";
import { counted } from "./html.ts";
import { page } from "./page.ts";

const HELP = `Usage: run-async report [PATHS] --out DIR [OPTIONS]

Writes DIR/index.html, a page to look at in a browser: every finding with a timeline of its two activations,
the pools' call chains against their size, shared state with who reads and writes it, and all handlers with
their concurrency. The page is one file and loads nothing from the network. PATHS are files or folders;
default: the working directory.

Options:
  --out DIR                    where the page goes (default run-async-report)
  --config recommended|strict  findings that need no belief, or all true ones (default recommended)
  --root DIR                   analyse DIR as one project, whatever package.json files are below it
  --settings FILE.json         settings["run-async"] of this file instead of the project's own
  -h, --help                   this text

Exit codes: 0 nothing found, 1 something found, 2 wrong use or failure.`;

export const report: Command = {
  help: HELP,
  async run(args, terminal): Promise<ExitCode> {
    const { values, positionals } = readArguments(args, {
      out: { type: "string", default: "run-async-report" },
      config: { type: "string", default: "recommended" },
      ...SOURCE_OPTIONS,
    });
    const config = oneOf("config", values.config, ["recommended", "strict"]);
    const operands = positionals.length === 0 ? ["."] : positionals;
    const sources = await sourcesOf(operands, terminal, values);
    if (sources.length === 0)
      throw new CommandError("There is no JavaScript or TypeScript file here; name a folder.");
    const progress = new Progress(terminal.err);
    const [only, second] = sources;
    const folder = only && !second ? only.project.root : realpathSync(terminal.cwd);
    const data = gather(sources, config, folder, progress);
    progress.end();
    const file = join(resolve(terminal.cwd, values.out), "index.html");
    write(file, page(data, new Date()));
    terminal.out.write(
      `${counted(data.findings.length, "finding")}: ${relativePath(file, terminal.cwd)}\n`,
    );
    return data.findings.length === 0 ? 0 : 1;
  },
};

/** @throws CommandError where the page cannot be written */
function write(file: string, text: string): void {
  try {
    mkdirSync(resolve(file, ".."), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new CommandError(`${file} cannot be written (${code}); --out names another folder.`);
  }
}
