import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ScheduleRun } from "../stage.ts";
import { BotRun } from "./bot-run.ts";
import type { Compile } from "./compile.ts";
import { ProjectModules } from "./modules.ts";
import type { Answers } from "./outside.ts";

export interface IsolateOptions {
  /**
   * What stubs answer, made anew for each schedule: by the name that the code calls (`priceFor`, `prisma.user`), a
   * value, a function of the arguments, an Error that is thrown, or an object with methods. A call without an
   * answer gives a stub, which reads as the number 1.
   */
  answers?: () => Answers;
  /**
   * Runs at the end of loading: calls functions of the bot that register handlers when they are given a bot, as in
   * `(bot) => bot.call("registerCommands", bot.stub("bot"))`.
   */
  register?: (bot: BotRun) => unknown;
  /** Packages that run as they are: locks, queues, pure functions. Default: the usual ones. All others are stubs. */
  real?: readonly string[];
  /** Makes CommonJS of a module. Default: typescript or esbuild, whichever the project has. */
  compile?: Compile;
}

/** A bot that can be started any number of times, each time with its state made anew. */
export interface IsolatedBot {
  /**
   * Loads the files for one schedule, without any I/O.
   *
   * @throws what a file throws while it is loaded; Error when it cannot be compiled
   */
  start(run: ScheduleRun): Promise<BotRun>;
}

/**
 * A bot without its framework, stores and network. The files and the modules of the project that they import run as
 * they are. Packages, builtin modules that do I/O, imported modules that do not exist, timers and `fetch` are stubs;
 * their calls complete when the explorer says so. The clock stands still.
 *
 * @param files where the handlers are registered or defined: paths or file URLs
 */
export function isolate(
  files: string | URL | readonly (string | URL)[],
  { answers, register, real = [], compile }: IsolateOptions = {},
): IsolatedBot {
  const list = Array.isArray(files)
    ? (files as readonly (string | URL)[])
    : [files as string | URL];
  const modules = new ProjectModules(compile, real);
  const paths = list.map((file) =>
    realpathSync(/^file:/.test(String(file)) ? fileURLToPath(file) : String(file)),
  );
  return {
    start: (run) => BotRun.start(run, modules, paths, { answers: answers?.() ?? {}, register }),
  };
}
