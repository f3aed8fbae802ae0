import type { Concurrency, Trigger } from "../../models/model.ts";
import type { CallLike } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { Dispatch, type Serializer } from "./dispatch.ts";
import { RUNTIME } from "./facts.ts";
import { Installed } from "./installed.ts";
import type { Project } from "./project.ts";
import { TracedMap, type Forgetful } from "./provenance.ts";
import { Registrations } from "./registration.ts";
import type { HoursOfDay } from "./repetition.ts";
import { RootFinder } from "./root-finder.ts";
import type { FunctionShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import {
  exportedHandlers,
  handlersByType,
  isSwitchedOff,
  methodsOfBases,
  type OutsideHandler,
} from "./typed-handlers.ts";
import { handlersOfWrappers } from "./wrapped-handlers.ts";

/** A function that the outside calls. */
export interface ActivationRoot {
  readonly id: string;
  readonly fn: FunctionShape;
  /** The call that registers it, or what shows that something unseen does. */
  readonly site: Site;
  /** Every call that registers the same function, `site` first. */
  readonly sites: readonly Site[];
  /** How a reader knows it: `bot.command("tip")`. */
  readonly name: string;
  readonly trigger: Trigger | "task";
  readonly framework: string;
  /** Handlers of one dispatcher share its concurrency. */
  readonly dispatcher: string;
  readonly concurrency: Concurrency;
  /** Why activations may overlap, in words. */
  readonly reason: string;
  /** The middleware that keeps updates of one key in order. */
  readonly serializer: Serializer | null;
  /** A timer's or job's period in milliseconds, where it is a number in the code. */
  readonly period: number | null;
  /** The hours of the day at which a job by the calendar begins. */
  readonly hours?: HoursOfDay | undefined;
  /** A timer that the start-up code arms, and nobody else. */
  readonly isArmedOnce?: boolean;
  /** Each registration calls it once: a timeout, a `once` listener, the end of a collector. */
  readonly isOneShot: boolean;
  /** Functions that this root's code seems to call, but only for events of the start-up. */
  readonly excludes: readonly FunctionShape[];
  /** Activations that run at once share no memory. */
  readonly hasOwnMemory?: boolean;
  /** Nothing in the project shows that it is called, but the settings ask for it. */
  readonly isAssumed?: boolean;
}

/** Finds the functions that frameworks, timers, jobs and pools call, in a project that is read once. */
export function findRoots(project: Project, shapes: Shapes): ActivationRoot[] {
  return new Roots(project, shapes).find();
}

/** Whether the project shows what calls the handler; otherwise only its type says that it is one. */
export function isRegisteredByCall({ site, fn }: ActivationRoot): boolean {
  return site.node !== fn.node;
}

/**
 * Finds the functions that frameworks, timers, jobs and pools call, and how their activations may overlap.
 * Test files are left out: what they register never runs beside the bot.
 */
export class Roots implements Forgetful {
  readonly #project: Project;
  readonly #shapes: Shapes;
  readonly #registrations: Registrations;
  readonly #dispatch: Dispatch;
  readonly #tasks: TracedMap<SourceFile, readonly CallLike[]>;
  readonly #byBase: TracedMap<SourceFile, readonly OutsideHandler[]>;
  readonly #byExport: TracedMap<SourceFile, readonly OutsideHandler[]>;
  readonly #byType: TracedMap<SourceFile, readonly OutsideHandler[]>;
  readonly #byWrapper: TracedMap<SourceFile, readonly OutsideHandler[]>;

  constructor(project: Project, shapes: Shapes) {
    const installed = new Installed(project);
    this.#project = project;
    this.#shapes = shapes;
    this.#registrations = new Registrations(project, shapes, installed);
    this.#dispatch = new Dispatch(project, shapes, installed);
    this.#tasks = new TracedMap(project.provenance);
    this.#byBase = new TracedMap(project.provenance);
    this.#byExport = new TracedMap(project.provenance);
    this.#byType = new TracedMap(project.provenance);
    this.#byWrapper = new TracedMap(project.provenance);
  }

  forget(path: string): void {
    for (const part of [
      this.#registrations,
      this.#dispatch,
      this.#tasks,
      this.#byBase,
      this.#byExport,
      this.#byType,
      this.#byWrapper,
    ])
      part.forget(path);
  }

  find(): ActivationRoot[] {
    const files = this.#project.files();
    this.#dispatch.read(files);
    const finder = new RootFinder(this.#project, this.#shapes, this.#dispatch);
    // What is registered by a call, a decorator or a base class is known for sure.
    for (const file of files) {
      const tasks = this.#tasks.answer(file, () =>
        file.calls.filter((call) => isRunAsync(call, file, this.#shapes)),
      );
      finder.registered(file, tasks, this.#registrations.in(file));
      for (const handler of this.#byBase.answer(file, () => methodsOfBases(file, this.#shapes)))
        finder.outside(handler);
    }
    for (const file of files)
      for (const handler of this.#byExport.answer(file, () =>
        exportedHandlers(file, this.#shapes, (model) =>
          this.#registrations.usesFramework(file, model),
        ),
      ))
        finder.outside(handler);
    // What only its type shows to be a handler counts where nothing in the project calls it.
    for (const file of files) {
      const handlers = this.#byType.answer(file, () => handlersByType(file, this.#shapes));
      if (handlers.length > 0 && !isSwitchedOff(file, this.#project, this.#shapes))
        finder.unregistered(handlers);
    }
    for (const file of files)
      finder.unregistered(
        this.#byWrapper.answer(file, () => handlersOfWrappers(file, this.#shapes)),
      );
    return finder.roots();
  }
}

function isRunAsync(call: CallLike, file: SourceFile, shapes: Shapes): boolean {
  return (
    call.type === "CallExpression" &&
    shapes
      .of(call.callee, file)
      .some(
        (shape) =>
          shape.kind === "external" && shape.module === RUNTIME && shape.path.at(-1) === "runAsync",
      )
  );
}
