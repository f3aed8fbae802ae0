import { CommandError, type Command, type ExitCode } from "./command.ts";
import { version } from "./package.ts";
import type { Terminal } from "./terminal.ts";

interface Entry {
  readonly summary: string;
  /** Loaded when it is asked for: `--help` does not wait for a parser. */
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  check: {
    summary: "find races and deadlocks, without an ESLint config",
    load: async () => (await import("./check/command.ts")).check,
  },
  explain: {
    summary: "which statements of a handler have to run in order, and why",
    load: async () => (await import("./explain/command.ts")).explainCommand,
  },
  extract: {
    summary: "move what only logs or sends out of a handler, into a runAsync function",
    load: async () => (await import("./extract/command.ts")).extractCommand,
  },
  report: {
    summary: "a page to look at: findings as timelines, pools, shared state, handlers",
    load: async () => (await import("./report/command.ts")).report,
  },
  ping: {
    summary: "how far the bot's server is from the Bot API, and how many workers a load needs",
    load: async () => (await import("./ping/command.ts")).ping,
  },
  reproduce: {
    summary: "write a test that fails as long as a race is there",
    load: async () => (await import("./reproduce/command.ts")).reproduce,
  },
};

const HELP = `Usage: run-async COMMAND [ARGUMENTS]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join("\n")}

Options:
  -h, --help   this text; after a command: that command's
  --version    the version

Exit codes: 0 nothing found, 1 something found, 2 wrong use or failure.
Without an installation: npx eslint-plugin-run-async COMMAND`;

/**
 * The whole program but for the process: reads the arguments, runs the command, says what went wrong in one
 * line. RUN_ASYNC_DEBUG=1 in the environment adds the stack of an unexpected error.
 */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    terminal.out.write(`${HELP}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    terminal.out.write(`${version}\n`);
    return 0;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (!entry)
      throw new CommandError(
        `There is no command "${name}"; there are ${Object.keys(COMMANDS).join(", ")}.`,
      );
    const command = await entry.load();
    if (rest.includes("--help") || rest.includes("-h")) {
      terminal.out.write(`${command.help}\n`);
      return 0;
    }
    return await command.run(rest, terminal);
  } catch (error) {
    const prefix = entry ? `run-async ${name}` : "run-async";
    terminal.err.write(`${prefix}: ${messageOf(error)}\n`);
    if (!(error instanceof CommandError)) {
      const stack = error instanceof Error ? error.stack : undefined;
      if (terminal.env["RUN_ASYNC_DEBUG"]) terminal.err.write(`${stack ?? "no stack"}\n`);
    }
    return 2;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const [line = ""] = message.split("\n");
  return `unexpected error: ${line} (RUN_ASYNC_DEBUG=1 shows where)`;
}
