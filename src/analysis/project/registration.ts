import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { frameworks } from "../../models/frameworks/index.ts";
import type { DispatcherModel, FrameworkModel, ListenerModel } from "../../models/model.ts";
import { dottedName, memberName, unwrap, type CallLike, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { lastPart } from "../syntax/text.ts";
import { isOfPackages, matchExport, ModelsByModule } from "./match-export.ts";
import type { Installed } from "./installed.ts";
import { moduleRecordOf } from "./module-record.ts";
import type { Project } from "./project.ts";
import { TracedMap, type Forgetful } from "./provenance.ts";
import { CALLED, packageOf, type ExternalShape, type Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** A call (or decorator) that hands functions to a framework. */
export interface Registration {
  readonly model: FrameworkModel;
  readonly dispatcher: DispatcherModel | null;
  readonly listener: ListenerModel;
  /** The dispatcher it is called on, where it is known and not guessed by a name. */
  readonly receiver: ExternalShape | null;
}

/** What registers handlers in a file. */
interface FileRegistrations {
  readonly calls: readonly { readonly call: CallLike; readonly registration: Registration }[];
  readonly decorators: readonly {
    readonly decorator: TSESTree.Decorator;
    readonly registration: Registration;
  }[];
}

const dispatchers = frameworks.flatMap((model) =>
  model.dispatchers.map((dispatcher) => ({ model, dispatcher })),
);

/** Methods that listen to what a factory makes: no other call is looked at for one. */
const madeListeners = new Set(
  dispatchers.flatMap(({ dispatcher }) =>
    dispatcher.factories ? Object.keys(dispatcher.listeners) : [],
  ),
);

/** Methods by whose name a call may register with a dispatcher that is known by its own name. */
const customaryListeners = new Set(
  dispatchers.flatMap(({ dispatcher }) =>
    dispatcher.customaryNames
      ? Object.keys(dispatcher.listeners).map((path) => lastPart(path))
      : [],
  ),
);

/** Says which calls register handlers, by the models. */
export class Registrations implements Forgetful {
  readonly #project: Project;
  readonly #shapes: Shapes;
  readonly #installed: Installed;
  readonly #ofFile: TracedMap<SourceFile, FileRegistrations>;
  readonly #users = new Map<string, boolean>();

  constructor(project: Project, shapes: Shapes, installed: Installed) {
    this.#project = project;
    this.#shapes = shapes;
    this.#installed = installed;
    this.#ofFile = new TracedMap(project.provenance);
  }

  forget(path: string): void {
    this.#ofFile.forget(path);
    this.#users.clear();
  }

  /** The calls and decorators of a file that register handlers. */
  in(file: SourceFile): FileRegistrations {
    return this.#ofFile.answer(file, () => ({
      calls: file.calls.flatMap((call) =>
        this.#of(call, file).map((registration) => ({ call, registration })),
      ),
      decorators: file.decorators.flatMap((decorator) => {
        const registration = this.#ofDecorator(decorator, file);
        return registration ? [{ decorator, registration }] : [];
      }),
    }));
  }

  /** What the call registers with, at most once for each framework. */
  #of(call: CallLike, file: SourceFile): readonly Registration[] {
    const callees = this.#calleesOf(call, file);
    const found = new Map<string, Registration>();
    for (const shape of callees)
      if (shape.kind === "external")
        for (const registration of matches(shape, call))
          if (!found.has(registration.model.id)) found.set(registration.model.id, registration);
    if (found.size > 0) return [...found.values()];
    const guessed = this.#byFactory(call, file) ?? this.#customary(call, file, callees);
    return guessed ? [guessed] : [];
  }

  /** `super(...)` in a constructor constructs the base class. */
  #calleesOf(call: CallLike, file: SourceFile): readonly Shape[] {
    if (call.callee.type !== "Super") return this.#shapes.of(call.callee, file);
    const owner = file.enclosing(call);
    const cls = owner.type === "Program" ? null : file.classOf(owner);
    return this.#shapes.of(cls?.superClass, file);
  }

  /** Decorators are external functions, called or not: `@On("text")`, `@Start()`. */
  #ofDecorator(decorator: TSESTree.Decorator, file: SourceFile): Registration | null {
    const { expression } = decorator;
    const callee = expression.type === "CallExpression" ? expression.callee : expression;
    for (const shape of this.#shapes.of(callee, file)) {
      if (shape.kind !== "external") continue;
      const name = shape.path.filter((part) => part !== "default").join(".");
      for (const model of frameworksOf(shape)) {
        const listener = model.decorators?.[name];
        if (listener) return { model, dispatcher: null, listener, receiver: null };
      }
    }
    return null;
  }

  /** Whether code in the file's component imports the framework, or its package.json depends on it. */
  usesFramework(file: SourceFile, model: FrameworkModel): boolean {
    const component = this.#project.componentOf(file.path);
    const key = `${String(component)}:${model.id}`;
    let uses = this.#users.get(key);
    if (uses === undefined) {
      uses =
        model.packages.some((name) => this.#installed.has(name)) ||
        this.#project.provenance.apart(() =>
          this.#project
            .component()
            .some(
              (path) => this.#project.componentOf(path) === component && this.#imports(path, model),
            ),
        );
      this.#users.set(key, uses);
    }
    return uses;
  }

  #imports(path: string, model: FrameworkModel): boolean {
    const file = this.#project.fileAt(path);
    return (
      file !== null &&
      moduleRecordOf(file).specifiers.some(
        (specifier) =>
          model.packages.includes(specifier) || model.packages.includes(packageOf(specifier)),
      )
    );
  }

  /** `message.createMessageComponentCollector(...).on("collect", fn)`, whatever `message` is. */
  #byFactory(call: CallLike, file: SourceFile): Registration | null {
    const callee = unwrap(call.callee);
    if (call.type !== "CallExpression" || callee.type !== "MemberExpression") return null;
    const listenerName = memberName(callee);
    if (!madeListeners.has(listenerName)) return null;
    for (const { model, dispatcher } of dispatchers) {
      const listener = dispatcher.factories && lookup(dispatcher.listeners, listenerName);
      if (
        listener &&
        this.#isMadeBy(callee.object, dispatcher.factories, file) &&
        this.usesFramework(file, model)
      )
        return { model, dispatcher, listener, receiver: null };
    }
    return null;
  }

  #isMadeBy(object: Node, factories: readonly string[], file: SourceFile): boolean {
    let inner = unwrap(object);
    if (inner.type === "Identifier") {
      const declarator = file.variableOf(inner)?.defs[0]?.node;
      if (declarator?.type !== "VariableDeclarator" || !declarator.init) return false;
      inner = unwrap(declarator.init);
    }
    if (inner.type === "AwaitExpression") inner = unwrap(inner.argument);
    if (inner.type !== "CallExpression") return false;
    const callee = unwrap(inner.callee);
    if (callee.type !== "MemberExpression") return false;
    // `collector.on("collect", a).on("end", b)`
    return factories.includes(memberName(callee)) || this.#isMadeBy(callee.object, factories, file);
  }

  /** `module.exports = (bot) => bot.command(...)`: no type says what `bot` is, but its name and the project do. */
  #customary(call: CallLike, file: SourceFile, callees: readonly Shape[]): Registration | null {
    const callee = unwrap(call.callee);
    if (
      call.type !== "CallExpression" ||
      callee.type !== "MemberExpression" ||
      !customaryListeners.has(memberName(callee)) ||
      callees.some((shape) => shape.kind !== "external" || isKnownPackage(shape))
    )
      return null;
    const name = receiverName(callee);
    for (const { model, dispatcher } of dispatchers)
      for (const customary of dispatcher.customaryNames ?? []) {
        const path = pathBelow(name, customary);
        const listener = path === null ? undefined : lookup(dispatcher.listeners, path);
        if (listener && this.usesFramework(file, model))
          return { model, dispatcher, listener, receiver: null };
      }
    return null;
  }
}

/** A value that some other package made is not the bot, whatever its name. */
function isKnownPackage(shape: ExternalShape): boolean {
  return !shape.isMissing && shape.module !== "global";
}

/** `a.bot.ev.on`, with the calls of a chain left out: `bot.command(...).on` is `bot.on`. */
function receiverName(callee: TSESTree.MemberExpression): string {
  let object = unwrap(callee.object);
  while (object.type === "CallExpression") {
    const inner = unwrap(object.callee);
    if (inner.type !== "MemberExpression") break;
    object = unwrap(inner.object);
  }
  return `${dottedName(object)}.${memberName(callee)}`;
}

/** What follows the last `name` in a dotted path: `on` for `this.bot.on` below `bot`. */
function pathBelow(dotted: string, name: string): string | null {
  if (!dotted.includes(name)) return null;
  const parts = dotted.split(".");
  const index = parts.lastIndexOf(name);
  return index === -1 || index === parts.length - 1 ? null : parts.slice(index + 1).join(".");
}

const byModule = new ModelsByModule(
  frameworks,
  (model, module) => isOfPackages(module, model.packages) || isLike(model, module),
);

function frameworksOf(shape: ExternalShape): readonly FrameworkModel[] {
  const models = byModule.of(shape);
  // The name of a local module that is not there says nothing of what it exports.
  return shape.isMissing
    ? models.filter(({ packages }) => isOfPackages(shape.module, packages))
    : models;
}

function isLike(model: FrameworkModel, module: string): boolean {
  return model.packagePattern?.test(module) === true;
}

function* matches(shape: ExternalShape, call: CallLike): Iterable<Registration> {
  for (const model of frameworksOf(shape)) {
    for (const dispatcher of model.dispatchers) {
      const packages =
        !shape.isMissing && isLike(model, shape.module) ? [shape.module] : model.packages;
      const rest = matchExport(shape, packages, dispatcher.exports);
      if (!rest) continue;
      const listener =
        rest.length === 0
          ? dispatcher.listeners["new"]
          : rest[0] === CALLED && call.type === "CallExpression"
            ? listenerAt(dispatcher, rest.slice(1))
            : undefined;
      if (listener) yield { model, dispatcher, listener, receiver: shape };
    }
    const name = shape.path.filter((part) => part !== "default").join(".");
    const listener = call.type === "CallExpression" ? lookup(model.functions, name) : undefined;
    if (listener) yield { model, dispatcher: null, listener, receiver: null };
  }
}

/** The listener at a path below an instance, through calls that give back something with listeners. */
function listenerAt(
  dispatcher: DispatcherModel,
  path: readonly string[],
): ListenerModel | undefined {
  let rest = path;
  for (;;) {
    const end = rest.indexOf(CALLED);
    const listener = lookup(
      dispatcher.listeners,
      (end === -1 ? rest : rest.slice(0, end)).join("."),
    );
    if (end === -1 || !listener?.chains) return end === -1 ? listener : undefined;
    rest = rest.slice(end + 1);
  }
}
