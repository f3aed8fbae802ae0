import type { TSESTree } from "@typescript-eslint/types";
import type { Variable } from "../syntax/scopes.ts";
import { MODELS, type Models } from "../../models/index.ts";
import {
  isClass,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { CallSites } from "./call-sites.ts";
import { called, callShapes } from "./call-shapes.ts";
import { classMember, overriding, superShapes, thisShapes } from "./class-shapes.ts";
import { DescribedExports } from "./described-exports.ts";
import { elementsOf } from "./element-shapes.ts";
import { requiredModule } from "./module-record.ts";
import {
  exported,
  folderShapes,
  moduleShapes,
  variableHome,
  type VariableHome,
} from "./module-shapes.ts";
import type { Project } from "./project.ts";
import type { Forgetful } from "./provenance.ts";
import { Questions, type Question } from "./questions.ts";
import { CALLED, isProjectShape, uniqueShapes, type Shape } from "./shape.ts";
import { Tables } from "./tables.ts";
import { typeShapes } from "./type-shapes.ts";
import { definitionShapes } from "./variable-shapes.ts";

const DEEPEST_MEMBER = 8;

/** Resolves expressions to shapes across the files of a project. Results are cached per node. */
export class Shapes implements Forgetful {
  readonly project: Project;
  readonly models: Models;
  readonly described: DescribedExports;
  readonly tables: Tables;
  readonly #questions: Questions;
  readonly #memberQuestions = new WeakMap<Node, Map<string, Question>>();
  readonly #callSites: CallSites | null;
  #memberDepth = 0;

  /** `knowsCallers`: whether a parameter has the shapes of what the project's calls pass for it. */
  constructor(project: Project, { knowsCallers = true, models = MODELS } = {}) {
    this.project = project;
    this.models = models;
    this.described = new DescribedExports(project, models.described);
    this.tables = new Tables(project);
    this.#questions = new Questions(project.provenance);
    // What is called is resolved without knowing who calls whom: the index of calls would wait for itself.
    this.#callSites = knowsCallers
      ? new CallSites(project, () => new Shapes(project, { knowsCallers: false, models }))
      : null;
  }

  forget(path: string): void {
    this.#questions.forget(path);
    this.#callSites?.forget(path);
    this.tables.refresh();
  }

  of(node: Node | null | undefined, file: SourceFile): readonly Shape[] {
    if (!node) return [];
    const inner = unwrap(node);
    switch (inner.type) {
      case "Identifier":
        // What a name means is remembered for its variable, once for all its uses.
        return this.#identifier(inner, file);
      case "Literal":
      case "TemplateLiteral":
      case "UnaryExpression":
      case "BinaryExpression":
        return [];
      default:
        return this.#questions.known(inner) ?? this.#ofExpression(inner, file);
    }
  }

  #ofExpression(node: Node, file: SourceFile): readonly Shape[] {
    return this.#questions.find(node, file.path, () => this.#evaluate(node, file));
  }

  /**
   * What a caller passes, or what somebody puts into a table. An answer hangs on the file that gives it only
   * where something of the project comes of it: else every answer would hang on all callers.
   */
  given(node: Node, file: SourceFile): readonly Shape[] {
    const { provenance } = this.project;
    const { answer, files } = provenance.apart(() => provenance.trace(() => this.of(node, file)));
    const isOfProject = answer.some((shape) => shape.kind !== "external" || shape.site !== null);
    if (isOfProject) provenance.add(files);
    return answer;
  }

  #evaluate(node: Node, file: SourceFile): Shape[] {
    if (isFunction(node)) return [{ kind: "function", file, node }];
    if (isClass(node)) return [{ kind: "class", file, node }];
    const required = requiredModule(node);
    if (required !== null)
      return moduleShapes(
        this,
        required,
        file,
        node.type === "ImportExpression" || node.type === "AwaitExpression",
      );
    switch (node.type) {
      case "ThisExpression":
        return thisShapes(this, node, file);
      case "Super":
        return superShapes(this, node, file);
      case "ObjectExpression":
        return [{ kind: "object", file, node }];
      case "ArrayExpression":
        return [{ kind: "array", file, node }];
      case "MemberExpression":
        return this.#member(node, file);
      case "CallExpression":
        return callShapes(this, node, file);
      case "ImportExpression":
        return folderShapes(this, node.source, file, true);
      case "NewExpression":
        return this.of(node.callee, file).flatMap((shape): Shape[] => {
          if (shape.kind === "class")
            return [{ kind: "instance", cls: shape, site: { file, node } }];
          if (shape.kind === "external") return [called(shape, { file, node })];
          return [];
        });
      case "AwaitExpression":
        return [...this.of(node.argument, file)];
      case "AssignmentExpression":
        return [...this.of(node.right, file)];
      case "LogicalExpression":
        return [...this.of(node.left, file), ...this.of(node.right, file)];
      case "ConditionalExpression":
        return [...this.of(node.consequent, file), ...this.of(node.alternate, file)];
      case "SequenceExpression":
        return [...this.of(node.expressions.at(-1), file)];
      default:
        return [];
    }
  }

  #identifier(node: TSESTree.Identifier, file: SourceFile): readonly Shape[] {
    const variable = file.variableOf(node);
    if (!variable || variable.defs.length === 0) {
      if (node.name === "undefined") return [];
      if (node.name === "exports") return [{ kind: "namespace", path: file.path }];
      return [
        { kind: "external", module: "global", isMissing: false, path: [node.name], site: null },
      ];
    }
    return this.ofVariable(variable, file);
  }

  ofVariable(variable: Variable, file: SourceFile): readonly Shape[] {
    return this.#questions.known(variable) ?? this.#ofDefinitions(variable, file);
  }

  #ofDefinitions(variable: Variable, file: SourceFile): readonly Shape[] {
    return this.#questions.find(variable, file.path, () => {
      const described = this.described.ofVariable(variable, file);
      if (described) return [described];
      return variable.defs.flatMap((definition): Shape[] =>
        definitionShapes(this, definition, variable, file),
      );
    });
  }

  #member(node: TSESTree.MemberExpression, file: SourceFile): Shape[] {
    const name = propertyName(node);
    const objects = this.of(node.object, file);
    if (name === null) return elementsOf(this, objects, node.object, file);
    if (
      name === "exports" &&
      node.object.type === "Identifier" &&
      node.object.name === "module" &&
      !file.variableOf(node.object)
    )
      return [{ kind: "namespace", path: file.path }];
    const members = this.membersOf(objects, name);
    const isKnown = (object: Shape): boolean =>
      isProjectShape(object) || isExport(object) || isBuiltIn(object);
    return members.some(isProjectShape) || objects.some(isKnown)
      ? members
      : [...members, ...this.#attached(name)];
  }

  /** `client.pay` where some file says `client.pay = pay` and nothing of the project says what `client` is. */
  #attached(name: string): Shape[] {
    return this.tables
      .assignedTo(name)
      .flatMap((site) => this.given(site.node, site.file))
      .filter(({ kind }) => kind === "function" || kind === "instance" || kind === "object");
  }

  membersOf(objects: readonly Shape[], name: string): Shape[] {
    // `state = { ...state, open: true }` spreads itself.
    if (this.#memberDepth > DEEPEST_MEMBER) return [];
    this.#memberDepth += 1;
    const shapes = uniqueShapes(objects.flatMap((object) => this.memberOf(object, name)));
    this.#memberDepth -= 1;
    return shapes;
  }

  memberOf(object: Shape, name: string): Shape[] {
    switch (object.kind) {
      case "external":
        if (object.isMissing && object.path.length > 6) return [];
        return [{ ...object, path: [...object.path, name] }];
      case "namespace":
        return exported(this, object.path, name);
      case "object":
        return [
          ...this.#questions.ask(this.#memberQuestion(object.node, name), object.file.path, () =>
            propertyOf(this, object, name),
          ),
        ];
      case "instance":
        return [
          ...classMember(this, object.cls, name, object, false, 0),
          ...(object.site ? [] : overriding(this, object.cls, name, 0)),
        ];
      case "class":
        return classMember(this, object, name, undefined, true, 0);
      case "function":
        if (name === "bind" || name === "call" || name === "apply") return [object];
        return [];
      case "array":
        return [];
    }
  }

  /** The identity of "what is property `name` of this literal". */
  #memberQuestion(literal: Node, name: string): Question {
    let byName = this.#memberQuestions.get(literal);
    if (!byName) this.#memberQuestions.set(literal, (byName = new Map<string, Question>()));
    let question = byName.get(name);
    if (!question) byName.set(name, (question = { literal, name }));
    return question;
  }

  /** The calls that may call `fn`, in the whole project. */
  callSitesOf(fn: FunctionNode): readonly Site[] {
    return this.#callSites?.of(fn) ?? [];
  }

  /** What a type annotation says a value is. */
  ofType(type: Node | undefined, file: SourceFile): Shape[] {
    return typeShapes(this, type, file);
  }

  /** Answers for a type declaration, which may name itself. */
  guard(declaration: Node, compute: () => Shape[]): Shape[] {
    return this.#questions.guard(declaration, compute);
  }

  /** The variable that an identifier means in the end, through imports, re-exports and constant aliases. */
  variableHome(identifier: Node, file: SourceFile): VariableHome | null {
    return variableHome(this, identifier, file);
  }
}

/** `new Map()` has the methods of the language. */
function isBuiltIn(shape: Shape): boolean {
  return (
    shape.kind === "external" &&
    shape.module === "global" &&
    shape.path.length === 2 &&
    shape.path[1] === CALLED
  );
}

/** What a package exports is its own; what it makes (`new Client()`) people hang their things on. */
function isExport(shape: Shape): boolean {
  return (
    shape.kind === "external" &&
    !shape.isMissing &&
    shape.module !== "global" &&
    !shape.path.includes(CALLED)
  );
}

function propertyOf(
  shapes: Shapes,
  { node, file }: Extract<Shape, { kind: "object" }>,
  name: string,
): Shape[] {
  return node.properties.flatMap((property): readonly Shape[] => {
    if (property.type === "SpreadElement")
      return shapes.membersOf(shapes.of(property.argument, file), name);
    return propertyName(property) === name ? shapes.of(property.value, file) : [];
  });
}
