import { lookup } from "../../models/lookup.ts";
import { frameworks } from "../../models/frameworks/index.ts";
import type { Concurrency, FrameworkModel } from "../../models/model.ts";
import { contains, endOfCallee, type CallLike } from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import { isOfPackages, matchExport, ModelsByModule } from "./match-export.ts";
import type { Installed } from "./installed.ts";
import type { Project } from "./project.ts";
import type { Registration } from "./registration.ts";
import { TracedMap, type Forgetful } from "./provenance.ts";
import { CALLED, type ExternalShape, type FunctionShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** A middleware that keeps updates of one key in order, where it is put in front. */
export interface Serializer {
  readonly fn: FunctionShape;
  readonly site: Site;
}

interface Start {
  readonly framework: string;
  readonly site: string | null;
  readonly concurrency: Concurrency;
  readonly path: string;
}

interface PlacedSerializer extends Serializer {
  readonly framework: string;
  /** The `use(...)` that puts it in the chain. */
  readonly use: Site;
  readonly receiver: string | null;
  /** A serializer on a composer says nothing about the handlers beside the composer. */
  readonly isLocal: boolean;
}

/** What one file says about how bots are started. */
interface FileDispatch {
  readonly starts: Start[];
  readonly serializers: PlacedSerializer[];
}

/** The frameworks that say how a bot is started, by the module of its class or of the function that starts it. */
const starting = new ModelsByModule(
  frameworks,
  ({ packages, starters = [] }, module) =>
    isOfPackages(module, packages) ||
    starters.some((starter) => isOfPackages(module, [starter.package])),
);

/** How each bot is started, and what stands in front of its handlers. */
export class Dispatch implements Forgetful {
  readonly #project: Project;
  readonly #shapes: Shapes;
  readonly #installed: Installed;
  readonly #ofFile: TracedMap<SourceFile, FileDispatch>;
  #starts: readonly Start[] = [];
  #serializers: readonly PlacedSerializer[] = [];

  constructor(project: Project, shapes: Shapes, installed: Installed) {
    this.#project = project;
    this.#shapes = shapes;
    this.#installed = installed;
    this.#ofFile = new TracedMap(project.provenance);
  }

  forget(path: string): void {
    this.#ofFile.forget(path);
  }

  /** Reads how the bots of these files are started; what is asked afterwards is answered from them. */
  read(files: readonly SourceFile[]): void {
    const all = files.map((file) =>
      this.#ofFile.answer(file, () => {
        const found: FileDispatch = { starts: [], serializers: [] };
        for (const call of file.calls)
          if (call.type === "CallExpression") this.#readCall(call, file, found);
        return found;
      }),
    );
    this.#starts = all.flatMap(({ starts }) => starts);
    this.#serializers = all.flatMap(({ serializers }) => serializers);
  }

  /** `bot.start()`, `run(bot)`, `webhookCallback(bot)`, `bot.use(sequentialize(...))`. */
  #readCall(call: CallLike, file: SourceFile, found: FileDispatch): void {
    for (const shape of this.#shapes.of(call.callee, file)) {
      if (shape.kind !== "external") continue;
      for (const model of starting.of(shape)) {
        for (const dispatcher of model.dispatchers) {
          const rest = matchExport(shape, model.packages, dispatcher.exports);
          if (rest?.length !== 2 || rest[0] !== CALLED) continue;
          const concurrency = lookup(dispatcher.starts, rest[1]);
          const site = shape.site ? siteId(shape.site) : null;
          if (concurrency)
            found.starts.push({ framework: model.id, site, concurrency, path: file.path });
          if (rest[1] === "use") this.#use(model, shape, { file, node: call }, found);
        }
        for (const starter of model.starters ?? []) {
          if (matchExport(shape, [starter.package], starter.exports)?.length !== 0) continue;
          const argument = call.arguments[starter.argument];
          const target = this.#shapes
            .of(argument, file)
            .find((candidate) => candidate.kind === "external");
          found.starts.push({
            framework: model.id,
            site: target?.kind === "external" && target.site ? siteId(target.site) : null,
            concurrency: starter.concurrency,
            path: file.path,
          });
        }
      }
    }
  }

  #use(
    model: FrameworkModel,
    receiver: ExternalShape,
    use: Site & { readonly node: CallLike },
    found: FileDispatch,
  ): void {
    for (const argument of use.node.arguments)
      for (const shape of this.#shapes.of(argument, use.file)) {
        if (shape.kind !== "external" || !shape.site) continue;
        const made = shape.site;
        for (const serializer of model.serializers ?? []) {
          const rest = matchExport(shape, [serializer.package], serializer.exports);
          if (rest?.length !== 1 || made.node.type !== "CallExpression") continue;
          const fn = this.#shapes
            .of(made.node.arguments[serializer.key], made.file)
            .find((candidate) => candidate.kind === "function");
          if (fn?.kind === "function")
            found.serializers.push({
              framework: model.id,
              fn,
              site: made,
              use,
              receiver: receiver.site ? siteId(receiver.site) : null,
              isLocal: receiver.path.includes("Composer"),
            });
        }
      }
  }

  /** How the updates of the registration's dispatcher are started. */
  concurrencyOf({ model, dispatcher, receiver }: Registration, file: SourceFile): Concurrency {
    const site = receiver?.site ? siteId(receiver.site) : null;
    const component = this.#project.componentOf(file.path);
    const starts = this.#starts.filter(
      (start) =>
        start.framework === model.id && this.#project.componentOf(start.path) === component,
    );
    const own = starts.filter((start) => start.site !== null && start.site === site);
    const found = own.length > 0 ? own : starts;
    if (found.some((start) => start.concurrency === "concurrent")) return "concurrent";
    if (found[0]) return found[0].concurrency;
    const major = dispatcher?.since ? this.#installed.majorOf(model.packages[0] ?? "") : null;
    const since = dispatcher?.since?.findLast((change) => major !== null && change.major <= major);
    return since?.concurrency ?? dispatcher?.concurrency ?? model.concurrency ?? "concurrent";
  }

  /** The serializer that an update passes before it reaches a handler registered at `site`. */
  serializerFor({ model, receiver }: Registration, site: Site): Serializer | null {
    const component = this.#project.componentOf(site.file.path);
    const own = receiver?.site ? siteId(receiver.site) : null;
    return (
      this.#serializers.find(
        (candidate) =>
          candidate.framework === model.id &&
          this.#project.componentOf(candidate.use.file.path) === component &&
          (!candidate.isLocal || candidate.receiver === own) &&
          !this.#isBehind(site, candidate.use),
      ) ?? null
    );
  }

  /**
   * Whether the handler comes before the serializer in the order of the middlewares: registered on an earlier
   * line of the same function, or in a module whose function or composer an earlier line puts in the chain.
   */
  #isBehind(handler: Site, use: Site): boolean {
    const owner = use.file.enclosing(use.node);
    if (handler.file === use.file && handler.file.enclosing(handler.node) === owner)
      return handler.node.range[1] < endOfCallee(use.node);
    return use.file.calls.some(
      (call) =>
        call.range[1] < endOfCallee(use.node) &&
        use.file.enclosing(call) === owner &&
        [call.callee, ...call.arguments].some((part) =>
          this.#shapes.of(part, use.file).some((shape) => isFrom(shape, handler)),
        ),
    );
  }
}

function isFrom(shape: ReturnType<Shapes["of"]>[number], handler: Site): boolean {
  if (shape.kind === "function")
    return shape.file === handler.file && contains(shape.node, handler.node);
  return shape.kind === "external" && shape.site?.file === handler.file && shape.path.length > 1;
}
