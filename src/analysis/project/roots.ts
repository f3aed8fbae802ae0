import type { TSESTree } from "@typescript-eslint/types";
import { frameworks } from "../../models/frameworks/index.ts";
import type {
  Concurrency,
  DispatcherModel,
  FrameworkModel,
  ListenerModel,
} from "../../models/model.ts";
import { dottedName, propertyName, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import { matchExport, RUNTIME } from "./facts.ts";
import { moduleRecordOf } from "./module-record.ts";
import { isTestPath, type Project } from "./project.ts";
import { CALLED, packageOf, type ExternalShape, type FunctionShape, type Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import { optionOf } from "./stores.ts";

/** A function that the outside calls. */
export interface ActivationRoot {
  readonly id: string;
  readonly fn: FunctionShape;
  /** The call that registers it. */
  readonly site: Site;
  /** How a reader knows it: `bot.command("tip")`. */
  readonly name: string;
  readonly trigger: ListenerModel["trigger"] | "task";
  readonly framework: string;
  /** Handlers of one dispatcher share its concurrency. */
  readonly dispatcher: string;
  readonly concurrency: Concurrency;
  /** Why activations may overlap, in words. */
  readonly reason: string;
  /** The middleware that keeps updates of one key in order. */
  readonly serializer: { readonly fn: FunctionShape; readonly site: Site } | null;
  /** A timer's or job's period in milliseconds, where it is a number in the code. */
  readonly period: number | null;
}

/** Finds the functions that frameworks, timers, jobs and pools call, and how their activations may overlap. */
export function findRoots(project: Project, shapes: Shapes): ActivationRoot[] {
  const finder = new RootFinder(project, shapes);
  return finder.find();
}

interface Registration {
  readonly model: FrameworkModel;
  readonly dispatcher: DispatcherModel | null;
  readonly listener: ListenerModel;
  readonly receiver: ExternalShape | null;
}

const SELF_OVERLAP_LIMIT = 60_000;

class RootFinder {
  readonly #project: Project;
  readonly #shapes: Shapes;
  readonly #roots = new Map<string, ActivationRoot>();
  readonly #starts: {
    framework: string;
    site: string | null;
    concurrency: Concurrency;
    file: string;
  }[] = [];
  readonly #serializers: { framework: string; fn: FunctionShape; site: Site }[] = [];
  readonly #components = new Map<string, number>();

  constructor(project: Project, shapes: Shapes) {
    this.#project = project;
    this.#shapes = shapes;
  }

  find(): ActivationRoot[] {
    const files = this.#project
      .component()
      .filter((path) => !isTestPath(this.#project.relative(path)))
      .flatMap((path) => this.#project.fileAt(path) ?? []);
    this.#connect(files);
    for (const file of files) for (const call of file.calls) this.#start(call, file);
    for (const file of files) for (const call of file.calls) this.#registration(call, file);
    return [...this.#roots.values()];
  }

  /** Numbers the files by import-connected component: facts of one bot say nothing about another beside it. */
  #connect(files: readonly SourceFile[]): void {
    let next = 0;
    for (const file of files) {
      if (this.#components.has(file.path)) continue;
      const pending = [file.path];
      this.#components.set(file.path, next);
      for (let path = pending.pop(); path !== undefined; path = pending.pop())
        for (const neighbour of [
          ...this.#project.importsOf(path),
          ...this.#project.importersOf(path),
        ])
          if (!this.#components.has(neighbour)) {
            this.#components.set(neighbour, next);
            pending.push(neighbour);
          }
      next += 1;
    }
  }

  /** `bot.start()`, `run(bot)`, `webhookCallback(bot)`, `bot.use(sequentialize(...))`. */
  #start(call: TSESTree.CallExpression | TSESTree.NewExpression, file: SourceFile): void {
    if (call.type === "NewExpression") return;
    for (const shape of this.#shapes.of(call.callee, file)) {
      if (shape.kind !== "external") continue;
      for (const model of frameworks) {
        for (const dispatcher of model.dispatchers) {
          const rest = matchExport(shape, model.packages, dispatcher.exports);
          const concurrency =
            rest?.length === 2 && rest[0] === CALLED
              ? dispatcher.starts?.[rest[1] ?? ""]
              : undefined;
          if (concurrency)
            this.#starts.push({
              framework: model.id,
              site: shape.site ? siteId(shape.site) : null,
              concurrency,
              file: file.path,
            });
        }
        for (const starter of model.starters ?? []) {
          if (matchExport(shape, [starter.package], starter.exports)?.length !== 0) continue;
          const argument = call.arguments[starter.argument];
          const target = argument
            ? this.#shapes.of(argument, file).find((candidate) => candidate.kind === "external")
            : undefined;
          this.#starts.push({
            framework: model.id,
            site: target?.kind === "external" && target.site ? siteId(target.site) : null,
            concurrency: starter.concurrency,
            file: file.path,
          });
        }
        for (const serializer of model.serializers ?? []) {
          if (matchExport(shape, [serializer.package], serializer.exports)?.length !== 0) continue;
          const key = call.arguments[serializer.key];
          const fn = key
            ? this.#shapes.of(key, file).find((candidate) => candidate.kind === "function")
            : undefined;
          if (fn?.kind === "function")
            this.#serializers.push({ framework: model.id, fn, site: { file, node: call } });
        }
      }
    }
  }

  #registration(call: TSESTree.CallExpression | TSESTree.NewExpression, file: SourceFile): void {
    const callees = this.#shapes.of(call.callee, file);
    const seen = new Set<string>();
    for (const shape of callees) {
      if (shape.kind !== "external") continue;
      if (
        shape.module === RUNTIME &&
        shape.path.at(-1) === "runAsync" &&
        call.type === "CallExpression"
      )
        this.#task(call, file);
      for (const registration of this.#match(shape, call)) {
        if (seen.has(registration.model.id)) continue;
        seen.add(registration.model.id);
        this.#register(registration, call, file);
      }
    }
    if (seen.size === 0)
      for (const registration of this.#customary(call, file, callees))
        this.#register(registration, call, file);
  }

  *#match(
    shape: ExternalShape,
    call: TSESTree.CallExpression | TSESTree.NewExpression,
  ): Iterable<Registration> {
    for (const model of frameworks) {
      for (const dispatcher of model.dispatchers) {
        const rest = matchExport(shape, model.packages, dispatcher.exports);
        if (!rest) continue;
        const constructed =
          call.type === "NewExpression" && rest.length === 0
            ? dispatcher.listeners["new"]
            : undefined;
        const method = rest[0] === CALLED ? dispatcher.listeners[rest.at(-1) ?? ""] : undefined;
        const listener =
          constructed ?? (rest.length >= 2 && call.type === "CallExpression" ? method : undefined);
        if (listener) yield { model, dispatcher, listener, receiver: shape };
      }
      const [name, ...deeper] = shape.path.filter((part) => part !== "default");
      const listener =
        name !== undefined &&
        deeper.length === 0 &&
        model.packages.some((id) => id === shape.module || id === packageOf(shape.module))
          ? model.functions?.[name]
          : undefined;
      if (listener) yield { model, dispatcher: null, listener, receiver: null };
    }
  }

  /** `module.exports = (bot) => bot.command(...)`: no type says what `bot` is, but its name and the project do. */
  *#customary(
    call: TSESTree.CallExpression | TSESTree.NewExpression,
    file: SourceFile,
    callees: readonly Shape[],
  ): Iterable<Registration> {
    const callee = unwrap(call.callee);
    if (
      call.type !== "CallExpression" ||
      callee.type !== "MemberExpression" ||
      callees.some((shape) => shape.kind !== "external")
    )
      return;
    const method = propertyName(callee) ?? "";
    const name = dottedName(callee.object).split(".").at(-1) ?? "";
    for (const model of frameworks) {
      if (!this.#usesFramework(file, model)) continue;
      for (const dispatcher of model.dispatchers) {
        const listener = dispatcher.listeners[method];
        if (listener && dispatcher.customaryNames?.includes(name)) {
          yield { model, dispatcher, listener, receiver: null };
          return;
        }
      }
    }
  }

  readonly #users = new Map<string, boolean>();

  #usesFramework(file: SourceFile, model: FrameworkModel): boolean {
    const component = this.#components.get(file.path) ?? -1;
    const key = `${String(component)}:${model.id}`;
    let uses = this.#users.get(key);
    if (uses === undefined) {
      uses = [...this.#components].some(([path, number]) => {
        const other = number === component ? this.#project.fileAt(path) : null;
        return other
          ? moduleRecordOf(other).specifiers.some(
              (specifier) =>
                model.packages.includes(specifier) || model.packages.includes(packageOf(specifier)),
            )
          : false;
      });
      this.#users.set(key, uses);
    }
    return uses;
  }

  #register(
    registration: Registration,
    call: TSESTree.CallExpression | TSESTree.NewExpression,
    file: SourceFile,
  ): void {
    const { listener, model } = registration;
    const event = eventName(call.arguments[0]);
    const trigger =
      event !== null && listener.startupEvents?.includes(event) ? "startup" : listener.trigger;
    for (const argument of handlerArguments(call, listener))
      for (const fn of this.#functionsOf(argument, file))
        this.#add(registration, fn, call, file, trigger, model);
  }

  #functionsOf(argument: Node, file: SourceFile): FunctionShape[] {
    return this.#shapes.of(argument, file).flatMap((shape): FunctionShape[] => {
      if (shape.kind === "function") return [shape];
      if (shape.kind === "array")
        return shape.node.elements.flatMap((item) =>
          item
            ? this.#functionsOf(item.type === "SpreadElement" ? item.argument : item, shape.file)
            : [],
        );
      return [];
    });
  }

  #add(
    registration: Registration,
    fn: FunctionShape,
    call: TSESTree.CallExpression | TSESTree.NewExpression,
    file: SourceFile,
    trigger: ListenerModel["trigger"],
    model: FrameworkModel,
  ): void {
    const site = { file, node: call };
    const runAsync = fn.wrappers?.find(
      (wrapper) => wrapper.callee.module === RUNTIME && wrapper.callee.path.at(-1) === "runAsync",
    );
    const hasOption = call.arguments.some((argument) => isTrueOption(argument, "runAsync"));
    const period = listenerPeriod(call, registration.listener);
    const { concurrency, reason } =
      (runAsync ?? hasOption)
        ? {
            concurrency: "concurrent" as const,
            reason: "runAsync starts one task per update and the pool runs several at once",
          }
        : this.#concurrency(registration, trigger, file, call, period);
    const serializer =
      trigger === "update"
        ? (this.#serializers.find(
            (candidate) =>
              candidate.framework === model.id &&
              this.#components.get(candidate.site.file.path) === this.#components.get(file.path),
          ) ?? null)
        : null;
    const id = `${siteId(fn)}|${trigger}|${model.id}`;
    if (this.#roots.has(id)) return;
    this.#roots.set(id, {
      id,
      fn,
      site,
      name: registrationName(call),
      trigger,
      framework: model.id,
      dispatcher: this.#dispatcherOf(registration, file),
      concurrency,
      reason,
      serializer,
      period,
    });
  }

  /** Every `runAsync(fn)` makes its function a task, whoever calls it. */
  #task(call: TSESTree.CallExpression, file: SourceFile): void {
    const argument = call.arguments[0];
    if (!argument) return;
    for (const fn of this.#functionsOf(argument, file)) {
      const id = `${siteId(fn)}|task|run-async`;
      this.#roots.set(id, {
        id,
        fn,
        site: { file, node: call },
        name: `runAsync(${taskName(call, file)})`,
        trigger: "task",
        framework: "run-async",
        dispatcher: "pool",
        concurrency: "concurrent",
        reason: "runAsync starts one task per call and the pool runs several at once",
        serializer: null,
        period: null,
      });
    }
  }

  #dispatcherOf(registration: Registration, file: SourceFile): string {
    if (registration.dispatcher === null) return `${registration.model.id}:own`;
    return `${registration.model.id}:${String(this.#components.get(file.path) ?? 0)}`;
  }

  #concurrency(
    registration: Registration,
    trigger: ListenerModel["trigger"],
    file: SourceFile,
    call: TSESTree.CallExpression | TSESTree.NewExpression,
    period: number | null,
  ): { concurrency: Concurrency; reason: string } {
    if (trigger === "startup" || trigger === "shutdown")
      return { concurrency: "exclusive", reason: "runs once" };
    if (trigger === "timer" || trigger === "job") {
      const isInterval = /setInterval|schedule|Repeating/.test(dottedName(call.callee));
      const overlapsItself =
        (isInterval && trigger === "timer" && (period ?? 0) < SELF_OVERLAP_LIMIT) ||
        (!isInterval && file.enclosing(call).type !== "Program" && !this.#rearmsItself(call, file));
      return overlapsItself
        ? {
            concurrency: "concurrent",
            reason: isInterval
              ? `the next run starts after ${String(period ?? 0)} ms, whether this one has ended or not`
              : "each call starts a timer of its own",
          }
        : { concurrency: "sequential", reason: "a timer runs beside the handlers" };
    }
    const model = registration.model;
    const site = registration.receiver?.site ? siteId(registration.receiver.site) : null;
    const component = this.#components.get(file.path);
    const starts = this.#starts.filter((start) => start.framework === model.id);
    const own = starts.filter((start) => start.site !== null && start.site === site);
    const near =
      own.length > 0
        ? own
        : starts.filter((start) => this.#components.get(start.file) === component);
    const found = near.length > 0 ? near : [];
    const concurrency = found.some((start) => start.concurrency === "concurrent")
      ? "concurrent"
      : (found[0]?.concurrency ?? registration.dispatcher?.concurrency ?? "concurrent");
    return {
      concurrency,
      reason:
        concurrency === "concurrent"
          ? (REASONS[model.id] ??
            `${model.id} does not wait for one handler before it calls the next`)
          : `${model.id} awaits one update at a time`,
    };
  }

  /** `setTimeout(loop, ms)` at the end of `loop` itself: the next run starts when this one is done. */
  #rearmsItself(call: TSESTree.CallExpression | TSESTree.NewExpression, file: SourceFile): boolean {
    const outer = file.enclosing(call);
    const argument = call.arguments[0];
    return (
      argument !== undefined &&
      this.#shapes
        .of(argument, file)
        .some((shape) => shape.kind === "function" && shape.node === outer)
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  grammy: "the runner (or webhook) starts updates without waiting for the one before",
  telegraf: "Telegraf runs the updates of one batch at the same time",
  "discord.js": "discord.js does not wait for one listener before it emits the next event",
  "node-telegram-bot-api":
    "node-telegram-bot-api emits every update at once and waits for no listener",
  "slack-bolt": "Bolt handles every event as it arrives",
};

function handlerArguments(
  call: TSESTree.CallExpression | TSESTree.NewExpression,
  listener: ListenerModel,
): Node[] {
  const nodes = call.arguments.map((argument) =>
    argument.type === "SpreadElement" ? argument.argument : argument,
  );
  if (listener.handlers === "functions") return nodes;
  const one = listener.handlers === "last" ? nodes.at(-1) : nodes[listener.handlers];
  return one ? [one] : [];
}

function eventName(node: Node | undefined): string | null {
  if (!node) return null;
  return stringValue(node) ?? (node.type === "MemberExpression" ? propertyName(node) : null);
}

function listenerPeriod(
  call: TSESTree.CallExpression | TSESTree.NewExpression,
  listener: ListenerModel,
): number | null {
  const node = listener.period === undefined ? undefined : call.arguments[listener.period];
  const value = node ? numberIn(unwrap(node)) : null;
  return value;
}

function numberIn(node: Node): number | null {
  if (node.type === "Literal") return typeof node.value === "number" ? node.value : null;
  if (node.type === "BinaryExpression" && node.operator === "*") {
    const left = numberIn(unwrap(node.left));
    const right = numberIn(unwrap(node.right));
    return left === null || right === null ? null : left * right;
  }
  return null;
}

function isTrueOption(argument: Node, name: string): boolean {
  const option = optionOf(argument, name);
  return option?.type === "Literal" && option.value === true;
}

function registrationName(call: TSESTree.CallExpression | TSESTree.NewExpression): string {
  const callee = dottedName(call.callee);
  const event = eventName(call.arguments[0]);
  return event === null ? callee : `${callee}("${event}")`;
}

function taskName(call: TSESTree.CallExpression, file: SourceFile): string {
  const parent = file.parentOf(call);
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier")
    return parent.id.name;
  const argument = call.arguments[0];
  return argument?.type === "Identifier" ? argument.name : "...";
}
