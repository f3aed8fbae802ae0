import type { TSESTree } from "@typescript-eslint/types";
import { isFunction, propertyName, type FunctionNode } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Project } from "./project.ts";
import type { ClassShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** A function of a class that a member expression calls without parentheses. */
export interface Accessor {
  readonly node: FunctionNode;
  readonly file: SourceFile;
}

const MOST_BASES = 6;

/** The getters and setters of the project's classes. Most properties have none, which their names tell. */
export class Accessors {
  readonly #project: Project;
  readonly #shapes: Shapes;
  readonly #ofFile = new WeakMap<SourceFile, ReadonlySet<string>>();
  #names: ReadonlySet<string> | null = null;

  constructor(project: Project, shapes: Shapes) {
    this.#project = project;
    this.#shapes = shapes;
  }

  forget(): void {
    this.#names = null;
  }

  /** What reading (`get`) or assigning (`set`) the property calls, own or inherited; null for a field. */
  find(
    kind: "get" | "set",
    { object }: TSESTree.MemberExpression,
    name: string,
    file: SourceFile,
  ): Accessor | null {
    this.#names ??= this.#project.provenance.apart(
      () => new Set(this.#project.component().flatMap((path) => [...this.#namesIn(path)])),
    );
    if (!this.#names.has(`${kind} ${name}`)) return null;
    for (const shape of this.#shapes.of(object, file)) {
      const cls = shape.kind === "instance" ? shape.cls : shape.kind === "class" ? shape : null;
      const found = cls && this.#ofClass(cls, kind, name, shape.kind === "class", 0);
      if (found) return found;
    }
    return null;
  }

  #ofClass(
    cls: Pick<ClassShape, "node" | "file">,
    kind: "get" | "set",
    name: string,
    isStatic: boolean,
    depth: number,
  ): Accessor | null {
    for (const member of cls.node.body.body)
      if (
        member.type === "MethodDefinition" &&
        member.kind === kind &&
        member.static === isStatic &&
        propertyName(member) === name &&
        isFunction(member.value)
      )
        return { node: member.value, file: cls.file };
    if (depth >= MOST_BASES || !cls.node.superClass) return null;
    for (const base of this.#shapes.of(cls.node.superClass, cls.file)) {
      const found =
        base.kind === "class" ? this.#ofClass(base, kind, name, isStatic, depth + 1) : null;
      if (found) return found;
    }
    return null;
  }

  #namesIn(path: string): ReadonlySet<string> {
    const file = this.#project.fileAt(path);
    if (!file) return new Set();
    let names = this.#ofFile.get(file);
    if (!names) {
      const found = file.classes.flatMap((cls) =>
        cls.body.body.flatMap((member) =>
          member.type === "MethodDefinition" && (member.kind === "get" || member.kind === "set")
            ? [`${member.kind} ${propertyName(member) ?? ""}`]
            : [],
        ),
      );
      this.#ofFile.set(file, (names = new Set(found)));
    }
    return names;
  }
}
