import { CommandError, oneOf, readArguments, type Command } from "../command.ts";
import { Progress } from "../progress.ts";
import { SOURCE_OPTIONS, sourcesOf } from "../sources.ts";
import { painter } from "../terminal.ts";
import { reportsOf } from "./findings.ts";
import { formatJson, formatStylish } from "./formats.ts";
import { formatSarif } from "./sarif.ts";

const HELP = `Usage: run-async check [PATHS] [OPTIONS]

Finds races and deadlocks without an ESLint config: what the rules of the chosen config report, in any
repository of JavaScript or TypeScript. PATHS are files or folders; default: the working directory. Files are
read in the context of the nearest folder with a package.json. eslint-disable comments count, and so do the
settings of the plugin in an eslint.config file that loads, else under "run-async" in package.json.

Options:
  --config recommended|strict     findings that need no belief, or all true ones (default recommended)
  --format stylish|json|sarif     as ESLint prints, as ESLint's JSON with traces, SARIF 2.1.0 (default stylish)
  --json                          the same as --format json
  --root DIR                      analyse DIR as one project, whatever package.json files are below it
  --settings FILE.json            settings["run-async"] of this file instead of the project's own
  -h, --help                      this text

Exit codes: 0 nothing found, 1 something found, 2 wrong use or failure.`;

export const check: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, {
      config: { type: "string", default: "recommended" },
      format: { type: "string" },
      json: { type: "boolean", default: false },
      ...SOURCE_OPTIONS,
    });
    const config = oneOf("config", values.config, ["recommended", "strict"]);
    const format = values.json
      ? "json"
      : oneOf("format", values.format ?? "stylish", ["stylish", "json", "sarif"]);
    const sources = await sourcesOf(
      positionals.length === 0 ? ["."] : positionals,
      terminal,
      values,
    );
    if (sources.length === 0)
      throw new CommandError("There is no JavaScript or TypeScript file here; name a folder.");
    const progress = new Progress(terminal.err);
    const reports = reportsOf(sources, config, progress);
    progress.end();
    const { cwd } = terminal;
    const fileCount = sources.reduce((sum, { paths }) => sum + paths.length, 0);
    const paint = painter(terminal.out, terminal);
    terminal.out.write(
      format === "json"
        ? formatJson(reports)
        : format === "sarif"
          ? formatSarif(reports, cwd)
          : formatStylish(reports, { cwd, paint, fileCount }),
    );
    return reports.length === 0 ? 0 : 1;
  },
};
