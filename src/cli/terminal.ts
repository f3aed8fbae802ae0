import { styleText } from "node:util";

/** What a command may know of the world around it; tests give their own. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: Output;
  readonly err: Output;
}

export interface Output {
  /** A person sees it and not a file or pipe: colour and progress make sense. */
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** The process's own streams. A reader that stops early (`| head`) ends the output and is no error. */
export function processTerminal(): Terminal {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    cwd: process.cwd(),
    env: process.env,
    out: outputTo(process.stdout),
    err: outputTo(process.stderr),
  };
}

function outputTo(stream: NodeJS.WriteStream): Output {
  return {
    isTerminal: stream.isTTY,
    write: (text) => {
      stream.write(text);
    },
  };
}

export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/**
 * Colours text for an output that shows colour: a terminal, unless NO_COLOR is set (https://no-color.org), or
 * anything where FORCE_COLOR is.
 */
export function painter(output: Output, { env }: Terminal): Paint {
  const isForced = (env["FORCE_COLOR"] ?? "") !== "" && env["FORCE_COLOR"] !== "0";
  const isRefused = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  if (!isForced && (isRefused || !output.isTerminal)) return (_format, text) => text;
  // The decision is made above: styleText's own looks at the process's streams. Node 20 has no such option.
  return (format, text) => styleText(format, text, { validateStream: false });
}
