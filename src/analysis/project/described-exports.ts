import type { Variable } from "../syntax/scopes.ts";
import { join } from "node:path";
import type { DescribedModule } from "../../models/index.ts";
import { propertyName, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { moduleRecordOf } from "./module-record.ts";
import type { Project } from "./project.ts";
import type { ExternalShape } from "./shape.ts";

const EXTENSION = /\.[cm]?[jt]sx?$/;

/**
 * Exports of the project that a model describes. They have the shape of a package's exports, so that the models
 * are asked about them, and not their source.
 */
export class DescribedExports {
  readonly #project: Project;
  readonly #modules: readonly DescribedModule[];
  #byFile: Map<string, Map<string, string>> | null = null;

  constructor(project: Project, modules: readonly DescribedModule[]) {
    this.#project = project;
    this.#modules = modules;
  }

  /** What the export of a file stands for; null where no model describes it. `path` may be of no file there is. */
  of(path: string, name: string): ExternalShape | null {
    if (this.#modules.length === 0) return null;
    const from = this.#described().get(withoutExtension(path))?.get(name);
    if (from === undefined) return null;
    return { kind: "external", module: from, isMissing: false, path: [name], site: null };
  }

  /** What a variable stands for in the very file that exports it. */
  ofVariable(variable: Variable, file: SourceFile): ExternalShape | null {
    if (this.#modules.length === 0) return null;
    const names = this.#described().get(withoutExtension(file.path));
    if (!names || file.ownerOf(variable).type !== "Program") return null;
    for (const name of names.keys())
      if (localName(file, name) === variable.name) return this.of(file.path, name);
    return null;
  }

  #described(): Map<string, Map<string, string>> {
    if (this.#byFile) return this.#byFile;
    this.#byFile = new Map();
    for (const { from, exports } of this.#modules) {
      const found = this.#project.resolve(join(this.#project.root, "package.json"), from);
      if (found.kind === "package") continue;
      const path = withoutExtension(found.kind === "file" ? found.path : found.id);
      const names = this.#byFile.get(path) ?? new Map<string, string>();
      for (const name of exports) names.set(name, from);
      this.#byFile.set(path, names);
    }
    return this.#byFile;
  }
}

function withoutExtension(path: string): string {
  return path.replace(EXTENSION, "");
}

/** The variable that a file exports under a name. */
function localName(file: SourceFile, name: string): string | null {
  const { exports } = moduleRecordOf(file);
  const binding = exports.get(name);
  if (binding?.kind === "expression") return nameOf(binding.node);
  const whole = exports.get("module.exports");
  if (whole?.kind !== "expression") return null;
  if (name === "default") return nameOf(whole.node);
  if (whole.node.type !== "ObjectExpression") return null;
  for (const property of whole.node.properties)
    if (property.type === "Property" && propertyName(property) === name)
      return nameOf(property.value);
  return null;
}

function nameOf(node: Node): string | null {
  if (node.type === "Identifier") return node.name;
  return "id" in node && node.id?.type === "Identifier" ? node.id.name : null;
}
