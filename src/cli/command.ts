import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Terminal } from "./terminal.ts";

/** 0: nothing found. 1: something found. 2: wrong use, or the command could not do its work. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  /** What `--help` prints, without a line feed at the end. */
  readonly help: string;
  /** @throws CommandError when it is used wrongly or cannot do its work */
  run(args: readonly string[], terminal: Terminal): ExitCode | Promise<ExitCode>;
}

/** An error that a person can do something about: one line that says what is wrong and the way out. */
export class CommandError extends Error {
  override name = "CommandError";
}

/**
 * Reads a command's arguments.
 *
 * @throws CommandError for an unknown option, a missing value or too many operands
 */
export function readArguments<T extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node's message goes on with advice about operands that begin with a dash.
    const [first = error.message] = error.message.split(". ");
    throw new CommandError(`${first.replace(/\.$/, "")}; --help lists the options.`);
  }
}

/** The value of an option that has to be one of some words. */
export function oneOf<T extends string>(name: string, value: string, words: readonly T[]): T {
  const known = words.find((word) => word === value);
  if (known === undefined)
    throw new CommandError(`--${name} is ${words.join(" or ")}, not "${value}".`);
  return known;
}

/** The value of an option that has to be a number above `least`. */
export function numberAbove(name: string, value: string, least: number): number {
  const number = Number(value);
  if (!Number.isFinite(number) || value.trim() === "" || number <= least)
    throw new CommandError(`--${name} is a number above ${least}, not "${value}".`);
  return number;
}
