import type { Concurrency, ListenerModel, Trigger } from "../../models/model.ts";
import {
  dottedName,
  isFunction,
  isTrue,
  propertyName,
  type CallLike,
  type FunctionNode,
} from "../syntax/ast.ts";
import { siteId, type SourceFile } from "../syntax/source-file.ts";
import type { Dispatch, Serializer } from "./dispatch.ts";
import { RUNTIME } from "./facts.ts";
import { eventModules, eventName, fileStem, functionsIn, handlersOf } from "./handlers.ts";
import type { Project } from "./project.ts";
import type { Registration, Registrations } from "./registration.ts";
import { repetitionOf } from "./repetition.ts";
import type { ActivationRoot } from "./roots.ts";
import type { FunctionShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import { optionOf } from "./stores.ts";
import type { OutsideHandler } from "./typed-handlers.ts";

/** Collects the roots of one project: what registrations, decorators, types and tasks make of its functions. */
export class RootFinder {
  readonly #project: Project;
  readonly #shapes: Shapes;
  readonly #dispatch: Dispatch;
  readonly #roots = new Map<string, ActivationRoot>();
  readonly #functions = new Set<FunctionNode>();

  constructor(project: Project, shapes: Shapes, dispatch: Dispatch) {
    this.#project = project;
    this.#shapes = shapes;
    this.#dispatch = dispatch;
  }

  roots(): ActivationRoot[] {
    return [...this.#roots.values()];
  }

  registered(
    file: SourceFile,
    tasks: readonly CallLike[],
    { calls, decorators }: ReturnType<Registrations["in"]>,
  ): void {
    for (const call of tasks) this.#task(call, file);
    for (const { call, registration } of calls) this.#register(registration, call, file);
    for (const { decorator, registration } of decorators) {
      const member = file.parentOf(decorator);
      if (member?.type !== "MethodDefinition" || !isFunction(member.value)) continue;
      const { listener } = registration;
      const name = `@${dottedName(decorator.expression).replace("(...)", "")} ${propertyName(member) ?? ""}`;
      const repetition = repetitionOf(decorator, listener, file, this.#shapes);
      const isTimed = listener.trigger === "timer" || listener.trigger === "job";
      this.#add(
        registration,
        { kind: "function", file, node: member.value },
        {
          isOneShot: listener.once === true,
          site: { file, node: decorator },
          name,
          trigger: listener.trigger,
          ...(isTimed ? timed(repetition) : this.#updates(registration, file)),
          ...(isTimed ? scheduleOf(repetition) : {}),
        },
      );
    }
  }

  unregistered(handlers: readonly OutsideHandler[]): void {
    const unknown = handlers.filter(({ fn }) => !this.#functions.has(fn.node));
    for (const handler of unknown) this.outside(handler);
  }

  #register(registration: Registration, call: CallLike, file: SourceFile): void {
    const { listener } = registration;
    const [first] = call.arguments;
    const written = eventName(first);
    const handlers = handlersOf(call, listener, file, this.#shapes);
    for (const fn of handlers) {
      const isLoaded = fn.file !== file && first !== undefined && written === null;
      const event = written ?? (isLoaded ? fileStem(fn.file.path) : null);
      const modules = eventModules(call, fn.file === file ? fn.node : null, file, this.#shapes);
      const atStart = modules.filter(
        (module) => module.isOnce || listener.startupEvents?.includes(module.event ?? ""),
      );
      const starting = atStart.flatMap((module) => module.functions);
      for (const started of starting)
        this.#handler(registration, started, call, file, "startup", []);
      const isOnlyStart = starting.some((started) => started.node === fn.node);
      // `once(event.name, ...)` beside `on(event.name, ...)` is for the modules that say `once`.
      if (isOnlyStart || (modules.length > 0 && listener.trigger === "startup")) continue;
      this.#handler(registration, fn, call, file, triggerOf(registration, event), starting);
    }
  }

  #handler(
    registration: Registration,
    fn: FunctionShape,
    call: CallLike,
    file: SourceFile,
    trigger: Trigger,
    excludes: readonly FunctionShape[],
  ): void {
    const task = this.#taskOptions(fn, call, file);
    const isTimed = trigger === "timer" || trigger === "job";
    const repetition = isTimed
      ? repetitionOf(call, registration.listener, file, this.#shapes)
      : null;
    const how = repetition
      ? timed(repetition)
      : trigger === "startup" || trigger === "shutdown"
        ? ONCE
        : (task ?? this.#updates(registration, file));
    const site = { file, node: call };
    const serializer =
      task?.serializer ??
      (isForUpdate(trigger) && how.concurrency === "concurrent" && !task
        ? this.#dispatch.serializerFor(registration, site)
        : null);
    this.#add(registration, fn, {
      site,
      name: registrationName(call),
      trigger,
      concurrency: serializer ? "keyed" : how.concurrency,
      reason: how.reason,
      serializer,
      ...(repetition ? scheduleOf(repetition) : {}),
      isOneShot: isOneShot(registration.listener, eventName(call.arguments[0])),
      excludes,
    });
  }

  /** A handler whose registration is not in the project, or is made by a base class. */
  outside({ model, fn, site, name }: OutsideHandler): void {
    const registration: Registration = {
      model,
      dispatcher: model.dispatchers[0] ?? null,
      listener: { handlers: "functions", trigger: "update" },
      receiver: null,
    };
    const how = this.#updates(registration, site.file);
    const serializer =
      how.concurrency === "concurrent" ? this.#dispatch.serializerFor(registration, site) : null;
    this.#add(registration, fn, {
      site,
      name,
      trigger: "update",
      concurrency: serializer ? "keyed" : how.concurrency,
      reason: how.reason,
      serializer,
    });
  }

  #add(
    { model, dispatcher }: Registration,
    fn: FunctionShape,
    found: Pick<ActivationRoot, "site" | "name" | "trigger" | "concurrency" | "reason"> &
      Partial<
        Pick<
          ActivationRoot,
          "serializer" | "period" | "hours" | "isArmedOnce" | "isOneShot" | "excludes"
        >
      >,
  ): void {
    const id = `${siteId(fn)}|${found.trigger}|${model.id}`;
    const known = this.#roots.get(id);
    if (known) {
      const isOneShot = known.isOneShot && found.isOneShot === true;
      // With a second registration it runs at other hours as well, and more often than once.
      const { concurrency, reason } = known.isArmedOnce ? found : known;
      this.#roots.set(id, {
        ...known,
        concurrency,
        reason,
        hours: undefined,
        isArmedOnce: false,
        isOneShot,
        sites: [...known.sites, found.site],
      });
      return;
    }
    const component = this.#project.componentOf(found.site.file.path);
    const isOfBot = dispatcher !== null || found.trigger === "conversation";
    this.#functions.add(fn.node);
    this.#roots.set(id, {
      serializer: null,
      period: null,
      isOneShot: false,
      excludes: [],
      ...found,
      id,
      fn,
      sites: [found.site],
      framework: model.id,
      ...(model.hasOwnMemory ? { hasOwnMemory: true } : {}),
      dispatcher: `${model.id}:${isOfBot ? String(component) : "own"}`,
    });
  }

  #updates(
    registration: Registration,
    file: SourceFile,
  ): { concurrency: Concurrency; reason: string } {
    const { model, listener } = registration;
    const concurrency =
      listener.trigger === "event"
        ? (registration.dispatcher?.concurrency ?? "concurrent")
        : this.#dispatch.concurrencyOf(registration, file);
    const isConversation = listener.trigger === "conversation";
    return {
      concurrency,
      reason: isConversation
        ? "other updates are handled while the conversation waits"
        : concurrency === "concurrent"
          ? (model.reason ?? `${model.id} does not wait for one handler before it calls the next`)
          : `${model.id} awaits one update at a time`,
    };
  }

  /** `runAsync(fn)`, and handlers with `{ runAsync: true }` or `{ sequentialBy }`, run as tasks of the pool. */
  #taskOptions(
    fn: FunctionShape,
    call: CallLike,
    file: SourceFile,
  ): { concurrency: Concurrency; reason: string; serializer: Serializer | null } | null {
    const isTask =
      fn.wrappers?.some(
        ({ callee }) => callee.module === RUNTIME && callee.path.at(-1) === "runAsync",
      ) === true;
    const key = call.arguments
      .map((argument) => optionOf(argument, "sequentialBy"))
      .find((option) => option !== null);
    if (
      !isTask &&
      !key &&
      !call.arguments.some((argument) => isTrue(optionOf(argument, "runAsync")))
    )
      return null;
    const keyFn = key ? functionsIn(key, file, this.#shapes)[0] : undefined;
    return {
      concurrency: "concurrent",
      reason: "runAsync starts one task per update and the pool runs several at once",
      serializer: key && keyFn ? { fn: keyFn, site: { file, node: key } } : null,
    };
  }

  /** Every `runAsync(fn)` makes its function a task, whoever calls it. */
  #task(call: CallLike, file: SourceFile): void {
    for (const fn of functionsIn(call.arguments[0], file, this.#shapes)) {
      const id = `${siteId(fn)}|task|run-async`;
      this.#functions.add(fn.node);
      this.#roots.set(id, {
        id,
        fn,
        site: { file, node: call },
        sites: [{ file, node: call }],
        name: `runAsync(${taskName(call, file)})`,
        trigger: "task",
        framework: "run-async",
        dispatcher: "pool",
        concurrency: "concurrent",
        reason: "runAsync starts one task per call and the pool runs several at once",
        serializer: null,
        period: null,
        isOneShot: false,
        excludes: [],
      });
    }
  }
}

const ONCE = { concurrency: "exclusive", reason: "runs once" } as const;

function timed(repetition: ReturnType<typeof repetitionOf>): {
  concurrency: Concurrency;
  reason: string;
} {
  return {
    concurrency: repetition.overlapsItself ? "concurrent" : "sequential",
    reason: repetition.reason,
  };
}

/** When it runs, as far as the code says. */
function scheduleOf({
  period,
  hours,
  isArmedOnce,
}: ReturnType<typeof repetitionOf>): Pick<ActivationRoot, "period" | "hours" | "isArmedOnce"> {
  return { period, ...(hours ? { hours } : {}), ...(isArmedOnce ? { isArmedOnce } : {}) };
}

function triggerOf({ listener }: Registration, event: string | null): Trigger {
  if (event !== null && listener.startupEvents?.includes(event)) return "startup";
  if (event !== null && listener.shutdownEvents?.includes(event)) return "shutdown";
  return listener.trigger;
}

/** A conversation is resumed by a middleware that waits until it waits again: what stands in front holds for it too. */
function isForUpdate(trigger: Trigger): boolean {
  return trigger === "update" || trigger === "conversation";
}

function isOneShot({ once }: ListenerModel, event: string | null): boolean {
  return once === true || (event !== null && once?.includes(event) === true);
}

function registrationName(call: CallLike): string {
  const callee = dottedName(call.callee);
  const event = eventName(call.arguments[0]);
  return event === null ? callee : `${callee}("${event}")`;
}

function taskName(call: CallLike, file: SourceFile): string {
  const parent = file.parentOf(call);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier")
    return parent.id.name;
  const argument = call.arguments[0];
  return argument?.type === "Identifier" ? argument.name : "...";
}
