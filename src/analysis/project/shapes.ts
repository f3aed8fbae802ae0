import type { TSESTree } from "@typescript-eslint/types";
import type { Variable } from "@typescript-eslint/scope-manager";
import {
  childrenOf,
  isClass,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { filesOfFolder } from "./folder-import.ts";
import { moduleRecordOf, requiredModule } from "./module-record.ts";
import type { Project } from "./project.ts";
import {
  CALLED,
  uniqueShapes,
  type ClassShape,
  type ExternalShape,
  type FunctionShape,
  type InstanceShape,
  type Shape,
} from "./shape.ts";
import { Tables } from "./tables.ts";

const MOST_SHAPES = 48;
const DEEPEST = 40;
const DEEPEST_MEMBER = 8;

/** Array and Map methods whose callback's parameter is an element of the receiver. */
const ELEMENT_CALLBACKS = new Set([
  "forEach",
  "map",
  "filter",
  "find",
  "some",
  "every",
  "flatMap",
  "each",
  "reduce",
]);
/** Methods that give an element of the receiver. */
const ELEMENT_GETTERS = new Set(["get", "find", "at", "shift", "pop", "first", "last", "random"]);
/** Methods that give the same elements again. */
const ELEMENT_KEEPERS = new Set([
  "filter",
  "values",
  "slice",
  "concat",
  "sort",
  "reverse",
  "toArray",
  "entries",
  "flat",
]);
/** External functions that give back a function that behaves like their argument. */
const PASS_THROUGH = new Set([
  "promisify",
  "bind",
  "once",
  "debounce",
  "throttle",
  "catchAsync",
  "freeze",
]);

/** What can be asked: the value of an expression, of a variable, or of a literal's property. */
type Question = Node | Variable | { readonly literal: Node; readonly name: string };

/** Resolves expressions to shapes across the files of a project. Results are cached per node. */
export class Shapes {
  readonly project: Project;
  #memo = new Map<Question, readonly Shape[]>();
  /** Answers that a cycle cut short; they hold until the question at the head of the cycle is answered. */
  readonly #partial = new Map<Question, readonly Shape[]>();
  /** The open questions, by their position on the stack. */
  #active = new Map<Question, number>();
  /** The outermost open question that an answer since had to do without. */
  #cutAt = Infinity;
  readonly #memberQuestions = new WeakMap<Node, Map<string, Question>>();
  readonly tables: Tables;
  #callSites: Map<FunctionNode, Site[]> | null = null;
  #isIndexing = false;
  #memberDepth = 0;

  constructor(project: Project) {
    this.project = project;
    this.tables = new Tables(project);
  }

  of(node: Node | null | undefined, file: SourceFile): readonly Shape[] {
    return node ? this.#ask(node, () => this.#evaluate(unwrap(node), file)) : [];
  }

  /**
   * Answers each question once. A question that comes up while it is open itself (a cycle) is answered with
   * nothing; what was concluded from that is kept only until the head of the cycle is answered, as in
   * Tarjan's components, so that the cost stays linear and no partial answer outlives its cycle.
   */
  #ask(question: Question, compute: () => Shape[]): readonly Shape[] {
    const known = this.#memo.get(question) ?? this.#partial.get(question);
    if (known) return known;
    const open = this.#active.get(question);
    const position = this.#active.size;
    if (open !== undefined || position > DEEPEST) {
      this.#cutAt = Math.min(this.#cutAt, open ?? 0);
      return [];
    }
    const outerCut = this.#cutAt;
    this.#cutAt = Infinity;
    this.#active.set(question, position);
    const memo = this.#memo;
    const shapes = uniqueShapes(compute()).slice(0, MOST_SHAPES);
    this.#active.delete(question);
    if (this.#cutAt >= position) {
      // The calls may have been indexed meanwhile: an answer from before knows less.
      if (memo === this.#memo) memo.set(question, shapes);
      if (this.#cutAt < Infinity) this.#partial.clear();
      this.#cutAt = outerCut;
    } else {
      this.#partial.set(question, shapes);
      this.#cutAt = Math.min(this.#cutAt, outerCut);
    }
    return shapes;
  }

  #evaluate(node: Node, file: SourceFile): Shape[] {
    if (isFunction(node)) return [{ kind: "function", file, node }];
    if (isClass(node)) return [{ kind: "class", file, node }];
    const required = requiredModule(node);
    if (required !== null)
      return this.#moduleShapes(
        required,
        file,
        node.type === "ImportExpression" || node.type === "AwaitExpression",
      );
    switch (node.type) {
      case "Identifier":
        return this.#identifier(node, file);
      case "ThisExpression":
        return this.thisShapes(node, file);
      case "Super":
        return this.#superShapes(node, file);
      case "ObjectExpression":
        return [{ kind: "object", file, node }];
      case "ArrayExpression":
        return [{ kind: "array", file, node }];
      case "MemberExpression":
        return this.#member(node, file);
      case "CallExpression":
        return this.#call(node, file);
      case "ImportExpression":
        return this.#folder(node.source, file);
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

  #identifier(node: TSESTree.Identifier, file: SourceFile): Shape[] {
    const variable = file.variableOf(node);
    if (!variable || variable.defs.length === 0) {
      if (node.name === "undefined") return [];
      if (node.name === "exports") return [{ kind: "namespace", path: file.path }];
      return [
        { kind: "external", module: "global", isMissing: false, path: [node.name], site: null },
      ];
    }
    return [...this.ofVariable(variable, file)];
  }

  ofVariable(variable: Variable, file: SourceFile): readonly Shape[] {
    return this.#ask(variable, () =>
      variable.defs.flatMap((definition): Shape[] => this.#definition(definition, variable, file)),
    );
  }

  #definition(definition: Variable["defs"][number], variable: Variable, file: SourceFile): Shape[] {
    const node = definition.node as Node;
    switch (definition.type) {
      case "ImportBinding": {
        const binding = moduleRecordOf(file).imports.get(variable.name);
        return binding ? this.importShapes(file, binding.specifier, binding.name) : [];
      }
      case "FunctionName":
        return isFunction(node) ? [{ kind: "function", file, node }] : [];
      case "ClassName":
        return isClass(node) ? [{ kind: "class", file, node }] : [];
      case "Parameter":
        return this.#parameter(variable, definition.name, node, file);
      case "Variable": {
        const shapes: Shape[] = [];
        if (node.type === "VariableDeclarator") {
          const parent = file.parentOf(node);
          const loop = parent && file.parentOf(parent);
          if (loop?.type === "ForOfStatement" && loop.left === parent)
            shapes.push(
              ...this.#bind(
                node.id,
                variable,
                this.elementsOf(this.of(loop.right, file), loop.right, file),
                file,
              ),
            );
          else shapes.push(...this.#bind(node.id, variable, this.of(node.init, file), file));
          if (shapes.length === 0 && node.id.type === "Identifier")
            shapes.push(...this.ofType(node.id.typeAnnotation?.typeAnnotation, file));
        }
        for (const reference of variable.references) {
          if (reference.init || !reference.writeExpr) continue;
          const parent = file.parentOf(reference.identifier);
          if (parent?.type === "AssignmentExpression" && parent.left === reference.identifier)
            shapes.push(...this.of(reference.writeExpr, file));
        }
        return shapes;
      }
      default:
        return [];
    }
  }

  /** The shapes that a pattern gives the variable when `shapes` is destructured by it. */
  #bind(pattern: Node, variable: Variable, shapes: readonly Shape[], file: SourceFile): Shape[] {
    if (pattern.type === "Identifier")
      return file.variableOf(pattern) === variable ? [...shapes] : [];
    if (pattern.type === "AssignmentPattern")
      return [
        ...this.#bind(pattern.left, variable, shapes, file),
        ...(pattern.left.type === "Identifier" && file.variableOf(pattern.left) === variable
          ? this.of(pattern.right, file)
          : []),
      ];
    if (pattern.type === "ObjectPattern")
      return pattern.properties.flatMap((property) => {
        if (property.type === "RestElement") return [];
        const name = propertyName(property);
        return name === null
          ? []
          : this.#bind(property.value, variable, this.membersOf(shapes, name), file);
      });
    if (pattern.type === "ArrayPattern")
      return pattern.elements.flatMap((element, index) =>
        element
          ? this.#bind(
              element,
              variable,
              shapes.flatMap((shape) =>
                shape.kind === "array" ? this.of(shape.node.elements[index], shape.file) : [],
              ),
              file,
            )
          : [],
      );
    return [];
  }

  #parameter(variable: Variable, name: Node, fn: Node, file: SourceFile): Shape[] {
    if (!isFunction(fn)) return [];
    const index = fn.params.findIndex((parameter) => contains(parameter, name));
    let parameter: Node | undefined = fn.params[index];
    if (!parameter) return [];
    if (parameter.type === "TSParameterProperty") parameter = parameter.parameter;
    const target = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
    const shapes: Shape[] = [];
    if ("typeAnnotation" in target)
      shapes.push(
        ...this.#bind(
          target,
          variable,
          this.ofType(target.typeAnnotation?.typeAnnotation, file),
          file,
        ),
      );
    if (parameter.type === "AssignmentPattern")
      shapes.push(...this.#bind(target, variable, this.of(parameter.right, file), file));
    shapes.push(...this.#bind(target, variable, this.#elementParameter(fn, index, file), file));
    for (const site of this.callSitesOf(fn).slice(0, 24)) {
      const call = site.node as TSESTree.CallExpression;
      const argument = call.arguments[index];
      if (argument && argument.type !== "SpreadElement")
        shapes.push(...this.#bind(target, variable, this.of(argument, site.file), file));
    }
    return shapes;
  }

  /** The parameter of `commands.forEach((command) => ...)` is an element of `commands`. */
  #elementParameter(fn: FunctionNode, index: number, file: SourceFile): readonly Shape[] {
    const call = file.parentOf(fn);
    if (call?.type !== "CallExpression" || index !== 0) return [];
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression") return [];
    const name = propertyName(callee);
    if (name === "then" && call.arguments[0] === fn) return this.of(callee.object, file);
    if (name === null || !ELEMENT_CALLBACKS.has(name)) return [];
    return this.elementsOf(this.of(callee.object, file), callee.object, file);
  }

  /** What the elements of a collection may be, by its literal and by what is put into it anywhere. */
  elementsOf(
    shapes: readonly Shape[],
    expression: Node,
    file: SourceFile,
    seen = new Set<Node>(),
  ): Shape[] {
    const elements: Shape[] = [];
    for (const shape of shapes) {
      if (shape.kind === "array") {
        // `list = [...list, item]` spreads itself.
        if (seen.has(shape.node)) continue;
        seen.add(shape.node);
        for (const element of shape.node.elements) {
          if (element?.type === "SpreadElement") {
            const spread = element.argument;
            elements.push(
              ...this.elementsOf(this.of(spread, shape.file), spread, shape.file, seen),
            );
          } else elements.push(...this.of(element, shape.file));
        }
      } else if (shape.kind === "object")
        for (const property of shape.node.properties) {
          if (property.type === "Property") elements.push(...this.of(property.value, shape.file));
        }
      else if (shape.kind === "namespace") elements.push(...this.#exportsOf(shape.path));
      // `for (const command of container.getAll<Command>(...))`
      else if (shape.kind === "instance" && shape.site === null) elements.push(shape);
    }
    for (const site of this.tables.contentsOf(expression, file))
      elements.push(...this.of(site.node, site.file));
    return uniqueShapes(elements).slice(0, MOST_SHAPES);
  }

  #exportsOf(path: string): Shape[] {
    const file = this.project.fileAt(path);
    if (!file) return [];
    return [...moduleRecordOf(file).exports.keys()].flatMap((name) => this.exported(path, name));
  }

  #member(node: TSESTree.MemberExpression, file: SourceFile): Shape[] {
    const name = propertyName(node);
    const objects = this.of(node.object, file);
    if (name === null) return this.elementsOf(objects, node.object, file);
    if (
      name === "exports" &&
      node.object.type === "Identifier" &&
      node.object.name === "module" &&
      !file.variableOf(node.object)
    )
      return [{ kind: "namespace", path: file.path }];
    const members = this.membersOf(objects, name);
    return members.some(isProjectShape) || objects.some(isProjectShape)
      ? members
      : [...members, ...this.#attached(name)];
  }

  /** `client.pay` where some file says `client.pay = pay` and nothing of the project says what `client` is. */
  #attached(name: string): Shape[] {
    return this.tables
      .assignedTo(name)
      .flatMap((site) => this.of(site.node, site.file))
      .filter((shape) => shape.kind === "function" || shape.kind === "instance");
  }

  membersOf(objects: readonly Shape[], name: string): Shape[] {
    // `state = { ...state, open: true }` spreads itself.
    if (this.#memberDepth > DEEPEST_MEMBER) return [];
    this.#memberDepth += 1;
    const shapes = uniqueShapes(objects.flatMap((object) => this.memberOf(object, name))).slice(
      0,
      MOST_SHAPES,
    );
    this.#memberDepth -= 1;
    return shapes;
  }

  memberOf(object: Shape, name: string): Shape[] {
    switch (object.kind) {
      case "external":
        if (object.isMissing && object.path.length > 6) return [];
        return [{ ...object, path: [...object.path, name] }];
      case "namespace":
        return this.exported(object.path, name);
      case "object":
        return [
          ...this.#ask(this.#memberQuestion(object.node, name), () =>
            propertyOf(this, object, name),
          ),
        ];
      case "instance":
        return [
          ...this.#classMember(object.cls, name, object, false, 0),
          ...(object.site ? [] : this.#overriding(object.cls, name, 0)),
        ];
      case "class":
        return this.#classMember(object, name, undefined, true, 0);
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

  /** The methods of subclasses, for a value of which only the type is known. */
  #overriding(cls: ClassShape, name: string, depth: number): Shape[] {
    const base = cls.node.id?.name;
    if (base === undefined || depth > 3) return [];
    return this.tables.extendersOf(base).flatMap((site): Shape[] => {
      const node = site.node;
      if (!isClass(node) || node === cls.node) return [];
      const sub: ClassShape = { kind: "class", file: site.file, node };
      const isReally = this.of(node.superClass, site.file).some(
        (shape) => shape.kind === "class" && shape.node === cls.node,
      );
      if (!isReally) return [];
      const receiver: InstanceShape = { kind: "instance", cls: sub, site: null };
      const own = node.body.body.some(
        (member) =>
          (member.type === "MethodDefinition" || member.type === "PropertyDefinition") &&
          propertyName(member) === name,
      );
      return [
        ...(own ? this.#classMember(sub, name, receiver, false, 0) : []),
        ...this.#overriding(sub, name, depth + 1),
      ];
    });
  }

  #classMember(
    cls: ClassShape,
    name: string,
    receiver: InstanceShape | undefined,
    isStatic: boolean,
    depth: number,
  ): Shape[] {
    for (const member of cls.node.body.body) {
      if (
        member.type === "MethodDefinition" &&
        member.static === isStatic &&
        propertyName(member) === name &&
        isFunction(member.value)
      ) {
        const fn: FunctionShape = {
          kind: "function",
          file: cls.file,
          node: member.value,
          receiver,
        };
        return member.kind === "get" ? this.returnsOf(fn) : [fn];
      }
      if (
        member.type === "PropertyDefinition" &&
        member.static === isStatic &&
        propertyName(member) === name
      ) {
        const own = this.of(member.value, cls.file).map((shape) =>
          shape.kind === "function" ? { ...shape, receiver } : shape,
        );
        return [
          ...own,
          ...(own.length > 0 ? [] : this.ofType(member.typeAnnotation?.typeAnnotation, cls.file)),
          ...this.#assignedFields(cls, name),
        ];
      }
    }
    const fields = this.#assignedFields(cls, name);
    if (fields.length > 0) return fields;
    if (depth > 6) return [];
    return this.of(cls.node.superClass, cls.file).flatMap((base): Shape[] => {
      if (base.kind === "class")
        return this.#classMember(base, name, receiver, isStatic, depth + 1);
      if (base.kind === "external")
        return [
          {
            ...base,
            path: [...base.path, ...(isStatic ? [] : [CALLED]), name],
            site: receiver?.site ?? { file: cls.file, node: cls.node },
          },
        ];
      return [];
    });
  }

  /** What constructor code and parameter properties put into `this.name`. */
  #assignedFields(cls: ClassShape, name: string): Shape[] {
    const shapes: Shape[] = [];
    for (const member of cls.node.body.body) {
      const fn = "value" in member && isFunction(member.value) ? member.value : null;
      if (!fn) continue;
      if (member.type === "MethodDefinition" && member.kind === "constructor")
        for (const parameter of fn.params) {
          if (parameter.type !== "TSParameterProperty") continue;
          const target =
            parameter.parameter.type === "AssignmentPattern"
              ? parameter.parameter.left
              : parameter.parameter;
          if (!("name" in target) || target.name !== name) continue;
          const variable = cls.file.variableOf(target);
          if (variable) shapes.push(...this.ofVariable(variable, cls.file));
        }
      for (const right of assignmentsToThis(fn, name)) shapes.push(...this.of(right, cls.file));
    }
    return shapes;
  }

  thisShapes(node: Node, file: SourceFile): Shape[] {
    let fn = file.enclosing(node);
    while (fn.type === "ArrowFunctionExpression" && !file.classOf(fn)) {
      const outer = file.enclosing(fn);
      if (outer.type === "Program") return [];
      fn = outer;
    }
    if (fn.type === "Program") {
      const cls = file.classes.find(
        (candidate) => candidate.range[0] <= node.range[0] && node.range[1] <= candidate.range[1],
      );
      return cls ? [{ kind: "instance", cls: { kind: "class", file, node: cls }, site: null }] : [];
    }
    const cls = file.classOf(fn);
    if (cls) return [{ kind: "instance", cls: { kind: "class", file, node: cls }, site: null }];
    const object = file.parentOf(fn);
    const literal = object && file.parentOf(object);
    return object?.type === "Property" && literal?.type === "ObjectExpression"
      ? [{ kind: "object", file, node: literal }]
      : [];
  }

  /** `super.method()`: what the class around extends, as an instance. */
  #superShapes(node: Node, file: SourceFile): Shape[] {
    return this.thisShapes(node, file).flatMap((shape) =>
      shape.kind === "instance"
        ? this.of(shape.cls.node.superClass, shape.cls.file).flatMap((base): Shape[] =>
            base.kind === "class" ? [{ kind: "instance", cls: base, site: shape.site }] : [],
          )
        : [],
    );
  }

  #call(node: TSESTree.CallExpression, file: SourceFile): Shape[] {
    const site = { file, node };
    const callee = unwrap(node.callee);
    const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
    const shapes: Shape[] = [];
    for (const shape of this.of(node.callee, file)) {
      if (shape.kind === "function") {
        if (name === "bind") shapes.push(shape);
        else shapes.push(...this.returnsOf(shape));
      } else if (shape.kind === "external") shapes.push(...this.#externalCall(shape, node, site));
    }
    if (callee.type === "MemberExpression" && name !== null) {
      const receiver = this.of(callee.object, file);
      if (ELEMENT_GETTERS.has(name))
        shapes.push(...this.elementsOf(receiver, callee.object, file).filter(isProjectShape));
      else if (ELEMENT_KEEPERS.has(name))
        shapes.push(
          ...receiver.filter((shape) => shape.kind === "array" || shape.kind === "object"),
        );
      else if (name === "then") shapes.push(...this.of(callee.object, file));
    }
    return shapes;
  }

  #externalCall(shape: ExternalShape, node: TSESTree.CallExpression, site: Site): Shape[] {
    const last = shape.path.at(-1) ?? "";
    if (
      shape.module === "global" &&
      shape.path[0] === "Object" &&
      (last === "values" || last === "entries" || last === "keys")
    )
      return [...this.of(node.arguments[0], site.file)];
    if (shape.module === "global" && shape.path[0] === "require")
      return this.#folder(node.arguments[0], site.file);
    const functions = node.arguments
      .slice(0, 2)
      .flatMap((argument) =>
        argument.type === "SpreadElement"
          ? []
          : this.of(argument, site.file).filter((s) => s.kind === "function"),
      );
    // `container.get<Bank>(TYPES.Bank)`: the only type argument is what a container gives.
    const given = node.typeArguments?.params;
    const typed = given?.length === 1 ? this.ofType(given[0], site.file) : [];
    const result: Shape[] = [called(shape, site), ...typed.filter((s) => s.kind === "instance")];
    if (functions.length > 0) {
      if (PASS_THROUGH.has(last)) return [...functions];
      for (const fn of functions)
        result.push({ ...fn, wrappers: [...(fn.wrappers ?? []), { callee: shape, site }] });
    }
    return result;
  }

  /** What calling the function may return: its return expressions' shapes. */
  returnsOf(fn: FunctionShape): Shape[] {
    if (fn.wrappers && fn.wrappers.length > 0) return [];
    const shapes: Shape[] = [];
    for (const expression of returnExpressions(fn.node))
      shapes.push(...this.of(expression, fn.file));
    if (shapes.length === 0)
      shapes.push(...this.ofType(fn.node.returnType?.typeAnnotation, fn.file));
    return shapes;
  }

  importShapes(file: SourceFile, specifier: string, name: string, depth = 0): Shape[] {
    const resolution = this.project.resolve(file.path, specifier);
    if (resolution.kind === "file")
      return name === "*"
        ? [{ kind: "namespace", path: resolution.path }]
        : this.exported(resolution.path, name, depth);
    const isMissing = resolution.kind === "missing";
    const path = name === "*" || name === "module.exports" ? [] : [name];
    return [
      {
        kind: "external",
        module: isMissing ? resolution.id : resolution.name,
        isMissing,
        path,
        site: null,
      },
    ];
  }

  #moduleShapes(specifier: string, file: SourceFile, isDynamic: boolean): Shape[] {
    const resolution = this.project.resolve(file.path, specifier);
    if (resolution.kind !== "file") return this.importShapes(file, specifier, "*");
    const target = this.project.fileAt(resolution.path);
    if (!isDynamic && target && moduleRecordOf(target).exports.has("module.exports"))
      return this.exported(resolution.path, "module.exports");
    return [{ kind: "namespace", path: resolution.path }];
  }

  /** The variable that an identifier means in the end, through imports, re-exports and constant aliases. */
  variableHome(
    identifier: Node,
    file: SourceFile,
    depth = 0,
  ): { variable: Variable; file: SourceFile } | null {
    const variable = file.variableOf(identifier);
    if (!variable || depth > 10) return variable ? { variable, file } : null;
    const here = { variable, file };
    const definition = variable.defs[0];
    if (definition?.type === "ImportBinding") {
      const binding = moduleRecordOf(file).imports.get(variable.name);
      return (binding && this.#exportHome(file, binding.specifier, binding.name, depth)) ?? here;
    }
    const declarator = definition?.node as Node | undefined;
    if (
      declarator?.type !== "VariableDeclarator" ||
      !declarator.init ||
      file.enclosing(declarator).type !== "Program"
    )
      return here;
    const declaration = file.parentOf(declarator);
    if (declaration?.type !== "VariableDeclaration" || declaration.kind === "let") return here;
    const required = requiredModule(declarator.init);
    if (required === null || declarator.id.type !== "ObjectPattern") return here;
    for (const property of declarator.id.properties)
      if (
        property.type === "Property" &&
        property.value.type === "Identifier" &&
        file.variableOf(property.value) === variable
      ) {
        const name = propertyName(property);
        return (name !== null && this.#exportHome(file, required, name, depth)) || here;
      }
    return here;
  }

  #exportHome(
    file: SourceFile,
    specifier: string,
    name: string,
    depth: number,
  ): { variable: Variable; file: SourceFile } | null {
    const resolution = this.project.resolve(file.path, specifier);
    const target = resolution.kind === "file" ? this.project.fileAt(resolution.path) : null;
    if (!target) return null;
    const record = moduleRecordOf(target);
    const binding = record.exports.get(name);
    if (binding?.kind === "import")
      return this.#exportHome(target, binding.specifier, binding.name, depth + 1);
    if (binding?.kind === "expression")
      return binding.node.type === "Identifier"
        ? this.variableHome(binding.node, target, depth + 1)
        : null;
    const whole = record.exports.get("module.exports");
    if (whole?.kind === "expression" && whole.node.type === "ObjectExpression")
      for (const property of whole.node.properties)
        if (
          property.type === "Property" &&
          propertyName(property) === name &&
          property.value.type === "Identifier"
        )
          return this.variableHome(property.value, target, depth + 1);
    for (const star of record.starExports) {
      const found = depth < 10 ? this.#exportHome(target, star, name, depth + 1) : null;
      if (found) return found;
    }
    return null;
  }

  /** The shapes of an exported name, through re-exports and the CommonJS default. */
  exported(path: string, name: string, depth = 0): Shape[] {
    const file = this.project.fileAt(path);
    if (!file || depth > 12) return [];
    const record = moduleRecordOf(file);
    const binding = record.exports.get(name);
    if (binding?.kind === "expression") return [...this.of(binding.node, file)];
    if (binding) return this.importShapes(file, binding.specifier, binding.name, depth + 1);
    const whole = record.exports.get("module.exports");
    if (whole?.kind === "expression") {
      const shapes = this.of(whole.node, file);
      return name === "default" || name === "module.exports"
        ? [...shapes]
        : this.membersOf(shapes, name);
    }
    if (name === "default" || name === "module.exports")
      return record.exports.size > 0 && name === "module.exports"
        ? [{ kind: "namespace", path }]
        : [];
    for (const star of record.starExports) {
      const resolution = this.project.resolve(path, star);
      const found =
        resolution.kind === "file" ? this.exported(resolution.path, name, depth + 1) : [];
      if (found.length > 0) return found;
    }
    return [];
  }

  /** `require(\`./commands/${name}\`)`: every module of the folder. */
  #folder(specifier: Node | undefined, file: SourceFile): Shape[] {
    if (!specifier) return [];
    return filesOfFolder(this.project, specifier, file).map((path): Shape => ({
      kind: "namespace",
      path,
    }));
  }

  /** What a type annotation says a value is: an instance of a project class or of an external one. */
  ofType(type: Node | undefined, file: SourceFile): Shape[] {
    if (!type) return [];
    if (type.type === "TSUnionType" || type.type === "TSIntersectionType")
      return type.types.flatMap((part) => this.ofType(part, file));
    if (type.type !== "TSTypeReference") return [];
    const name = type.typeName;
    if (name.type === "Identifier") {
      if ((name.name === "Promise" || name.name === "Readonly") && type.typeArguments)
        return this.ofType(type.typeArguments.params[0], file);
      const variable = file.variableOf(name);
      if (!variable) return [];
      const shapes = this.ofVariable(variable, file);
      const instances = shapes.flatMap((shape): Shape[] => {
        if (shape.kind === "class") return [{ kind: "instance", cls: shape, site: null }];
        if (shape.kind === "external" && !shape.isMissing)
          return [{ ...shape, path: [...shape.path, CALLED] }];
        return [];
      });
      return instances.length > 0 ? instances : this.#aliasedType(variable, file);
    }
    const root = name.type === "TSQualifiedName" ? leftmost(name) : null;
    const variable = root && file.variableOf(root);
    if (!variable || name.type !== "TSQualifiedName") return [];
    return this.ofVariable(variable, file).flatMap((shape): Shape[] =>
      shape.kind === "external"
        ? [{ ...shape, path: [...shape.path, name.right.name, CALLED] }]
        : [],
    );
  }

  /** `type MyContext = Context & SessionFlavor`, `interface X` with classes that implement it. */
  #aliasedType(variable: Variable, file: SourceFile): Shape[] {
    const binding = moduleRecordOf(file).imports.get(variable.name);
    let home = file;
    let node: Node | undefined = variable.defs[0]?.node;
    if (binding) {
      const resolution = this.project.resolve(file.path, binding.specifier);
      const target = resolution.kind === "file" ? this.project.fileAt(resolution.path) : null;
      if (!target) return [];
      home = target;
      node = target.ast.body
        .map((statement) =>
          statement.type === "ExportNamedDeclaration" ? statement.declaration : statement,
        )
        .find(
          (statement) =>
            statement &&
            "id" in statement &&
            statement.id?.type === "Identifier" &&
            statement.id.name === (binding.name === "*" ? variable.name : binding.name),
        ) as Node | undefined;
    }
    if (!node || this.#active.has(node)) return [];
    this.#active.set(node, this.#active.size);
    let shapes: Shape[] = [];
    if (node.type === "TSTypeAliasDeclaration") shapes = this.ofType(node.typeAnnotation, home);
    else if (node.type === "TSInterfaceDeclaration") {
      shapes = node.extends.flatMap((base) => {
        const name =
          base.expression.type === "Identifier" ? home.variableOf(base.expression) : null;
        return name
          ? this.ofVariable(name, home).flatMap((shape): Shape[] =>
              shape.kind === "external" && !shape.isMissing
                ? [{ ...shape, path: [...shape.path, CALLED] }]
                : [],
            )
          : [];
      });
      shapes.push(
        ...this.tables.implementersOf(node.id.name).map((site): Shape => ({
          kind: "instance",
          cls: { kind: "class", file: site.file, node: site.node as never },
          site: null,
        })),
      );
    }
    this.#active.delete(node);
    return shapes;
  }

  /** The calls that may call `fn`, in the whole project. */
  callSitesOf(fn: FunctionNode): readonly Site[] {
    if (!this.#callSites) {
      if (this.#isIndexing) return [];
      this.#indexCalls();
    }
    return this.#callSites?.get(fn) ?? [];
  }

  #indexCalls(): void {
    this.#isIndexing = true;
    // Asked in the middle of other questions, but independent of them.
    const outer = { active: this.#active, cutAt: this.#cutAt };
    this.#active = new Map();
    const index = new Map<FunctionNode, Site[]>();
    for (const path of this.project.component()) {
      const file = this.project.fileAt(path);
      if (!file) continue;
      for (const node of file.calls) {
        if (node.arguments.length === 0) continue;
        for (const shape of this.of(node.callee, file)) {
          const fn =
            shape.kind === "function"
              ? shape.node
              : node.type === "NewExpression" && shape.kind === "class"
                ? constructorOf(shape)
                : null;
          if (!fn) continue;
          const sites = index.get(fn);
          if (sites) sites.push({ file, node });
          else index.set(fn, [{ file, node }]);
        }
      }
    }
    this.#callSites = index;
    this.#isIndexing = false;
    // What was resolved without knowing the callers may gain from knowing them.
    this.#memo = new Map();
    this.#partial.clear();
    this.#active = outer.active;
    this.#cutAt = outer.cutAt;
  }
}

function called(shape: ExternalShape, site: Site): ExternalShape {
  return { ...shape, path: [...shape.path, CALLED], site };
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

function isProjectShape(shape: Shape): boolean {
  return shape.kind !== "external";
}

export function constructorOf(cls: ClassShape): FunctionNode | null {
  for (const member of cls.node.body.body)
    if (
      member.type === "MethodDefinition" &&
      member.kind === "constructor" &&
      isFunction(member.value)
    )
      return member.value;
  return null;
}

function leftmost(name: TSESTree.TSQualifiedName): TSESTree.Identifier | null {
  let left: TSESTree.EntityName = name;
  while (left.type === "TSQualifiedName") left = left.left;
  return left.type === "Identifier" ? left : null;
}

function contains(outer: Node, inner: Node): boolean {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}

const returnsMemo = new WeakMap<FunctionNode, Node[]>();

/** The expressions a function may return, nested functions left out. */
export function returnExpressions(fn: FunctionNode): readonly Node[] {
  const known = returnsMemo.get(fn);
  if (known) return known;
  const found: Node[] = [];
  returnsMemo.set(fn, found);
  if (fn.body.type !== "BlockStatement") found.push(fn.body);
  else {
    const visit = (node: Node): void => {
      if (node.type === "ReturnStatement" && node.argument) found.push(node.argument);
      for (const child of childrenOf(node)) if (!isFunction(child) && !isClass(child)) visit(child);
    };
    visit(fn.body);
  }
  return found;
}

const thisAssignments = new WeakMap<FunctionNode, Map<string, Node[]>>();

function assignmentsToThis(fn: FunctionNode, name: string): readonly Node[] {
  let index = thisAssignments.get(fn);
  if (!index) {
    const found = (index = new Map<string, Node[]>());
    thisAssignments.set(fn, found);
    const visit = (node: Node): void => {
      if (
        node.type === "AssignmentExpression" &&
        node.left.type === "MemberExpression" &&
        node.left.object.type === "ThisExpression"
      ) {
        const key = propertyName(node.left);
        if (key !== null) found.set(key, [...(found.get(key) ?? []), node.right]);
      }
      for (const child of childrenOf(node)) visit(child);
    };
    visit(fn.body);
  }
  return index.get(name) ?? [];
}
