import type { FunctionNode } from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import type { Project } from "./project.ts";
import { TracedMap, type Forgetful } from "./provenance.ts";
import { constructorOf } from "./class-shapes.ts";
import type { Shapes } from "./shapes.ts";

interface Call {
  readonly fn: FunctionNode;
  readonly site: Site;
}

/** The calls of the whole project that may call a function. */
export class CallSites implements Forgetful {
  readonly #project: Project;
  readonly #resolver: () => Shapes;
  readonly #ofFile: TracedMap<SourceFile, readonly Call[]>;
  #index: ReadonlyMap<FunctionNode, readonly Site[]> | null = null;

  /** `resolver` makes what says which functions a call's callee may be. */
  constructor(project: Project, resolver: () => Shapes) {
    this.#project = project;
    this.#resolver = resolver;
    this.#ofFile = new TracedMap(project.provenance);
  }

  of(fn: FunctionNode): readonly Site[] {
    this.#index ??= this.#project.provenance.apart(() => this.#build());
    return this.#index.get(fn) ?? [];
  }

  forget(path: string): void {
    this.#ofFile.forget(path);
    this.#index = null;
  }

  #build(): Map<FunctionNode, Site[]> {
    const callees = this.#resolver();
    const index = new Map<FunctionNode, Site[]>();
    for (const file of this.#project.files()) {
      for (const { fn, site } of this.#ofFile.answer(file, () => callsIn(file, callees))) {
        const sites = index.get(fn);
        if (sites) sites.push(site);
        else index.set(fn, [site]);
      }
    }
    return index;
  }
}

function callsIn(file: SourceFile, callees: Shapes): Call[] {
  return file.calls.flatMap((node) =>
    callees.of(node.callee, file).flatMap((shape): Call[] => {
      const fn =
        shape.kind === "function"
          ? shape.node
          : node.type === "NewExpression" && shape.kind === "class"
            ? constructorOf(shape)
            : null;
      return fn ? [{ fn, site: { file, node } }] : [];
    }),
  );
}
