import { dirname } from "node:path";
import { frameworks } from "../../models/frameworks/index.ts";
import type { FrameworkModel } from "../../models/model.ts";
import {
  isFunction,
  propertyName,
  stringValue,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { Site, SourceFile } from "../syntax/source-file.ts";
import { matchExport } from "./match-export.ts";
import { moduleRecordOf } from "./module-record.ts";
import type { Project } from "./project.ts";
import { CALLED, type FunctionShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** A handler that no call in the project registers. */
export interface OutsideHandler {
  readonly model: FrameworkModel;
  readonly fn: FunctionShape;
  readonly site: Site;
  readonly name: string;
}

/** Methods of classes that extend a framework's base class: `class Ban extends Command { chatInputRun() }`. */
export function methodsOfBases(file: SourceFile, shapes: Shapes): OutsideHandler[] {
  return file.classes.flatMap((cls) =>
    shapes.of(cls.superClass, file).flatMap((shape) => {
      if (shape.kind !== "external") return [];
      return frameworks.flatMap((model) =>
        Object.entries(model.bases ?? {}).flatMap(([base, methods]) =>
          matchExport(shape, model.packages, [base])?.length === 0
            ? cls.body.body.flatMap((member): OutsideHandler[] => {
                const name = member.type === "MethodDefinition" ? propertyName(member) : null;
                return member.type === "MethodDefinition" &&
                  name !== null &&
                  isAmong(name, methods) &&
                  isFunction(member.value)
                  ? [
                      {
                        model,
                        fn: { kind: "function", file, node: member.value },
                        site: { file, node: member.value },
                        name: `${cls.id?.name ?? base}.${name}`,
                      },
                    ]
                  : [];
              })
            : [],
        ),
      );
    }),
  );
}

/** Whether a framework calls methods of this name: a listed one, or one that begins as `chatInput*` says. */
function isAmong(name: string, methods: readonly string[]): boolean {
  return methods.some((method) =>
    method.endsWith("*") ? name.startsWith(method.slice(0, -1)) : method === name,
  );
}

/** What a module exports under the name by which a platform calls it, in a project that is made for the platform. */
export function exportedHandlers(
  file: SourceFile,
  shapes: Shapes,
  isUsed: (model: FrameworkModel) => boolean,
): OutsideHandler[] {
  const { exports } = moduleRecordOf(file);
  if (exports.size === 0) return [];
  const path = shapes.project.relative(file.path);
  return calling.flatMap((model) =>
    namesCalled(model, file, path).flatMap((name) => {
      const binding = exports.get(name);
      if (binding?.kind !== "expression" || !isUsed(model)) return [];
      return shapes
        .of(binding.node, file)
        .flatMap((fn): OutsideHandler[] =>
          fn.kind === "function"
            ? [{ model, fn, site: { file, node: binding.node }, name: `${name}()` }]
            : [],
        );
    }),
  );
}

/** The platforms that call a module's exports by their names. */
const calling = frameworks.filter(({ exports = [] }) => exports.length > 0);

/** The exports of a module that the platform calls. */
function namesCalled(model: FrameworkModel, file: SourceFile, path: string): readonly string[] {
  return (model.exports ?? []).flatMap(({ names, from, directive }) => {
    if (directive !== undefined && beginsWith(file, directive))
      return [...moduleRecordOf(file).exports.keys()];
    return from === undefined || from.test(path) ? names : [];
  });
}

function beginsWith(file: SourceFile, directive: string): boolean {
  const [first] = file.ast.body;
  return first?.type === "ExpressionStatement" && stringValue(first.expression) === directive;
}

/**
 * Functions and methods that take a framework's context and that nothing in the project calls: something that
 * cannot be seen does. Such a function is a handler, whatever table, container or loader leads to it.
 */
export function handlersByType(file: SourceFile, shapes: Shapes): OutsideHandler[] {
  return file.functions.flatMap((node): OutsideHandler[] => {
    if (node.params.length === 0 || file.enclosing(node).type !== "Program") return [];
    const name = offeredName(node, file);
    if (name === null) return [];
    const model = contextModel(node, file, shapes);
    if (!model || shapes.callSitesOf(node).length > 0) return [];
    const fn: FunctionShape = { kind: "function", file, node };
    return [{ model, fn, site: { file, node }, name }];
  });
}

/** From how many imported neighbours on a folder's handlers are taken to be imported one by one. */
const FEWEST_IMPORTED = 2;

/**
 * Whether nothing loads the file: nobody imports it, while the handlers beside it are imported one by one. It is
 * a command that was taken off the list. Where its whole folder was, the folders beside that one count. What a
 * loader reads from the disk has no such neighbours.
 */
export function isSwitchedOff(file: SourceFile, project: Project, shapes: Shapes): boolean {
  if (project.importersOf(file.path).size > 0) return false;
  const folder = dirname(file.path);
  const imported = project.component().filter((path) => project.importersOf(path).size > 0);
  const beside = imported.filter((path) => dirname(path) === folder);
  const parent = dirname(folder);
  const neighbours =
    beside.length > 0 ? beside : imported.filter((path) => dirname(dirname(path)) === parent);
  let handlers = 0;
  for (const path of neighbours) {
    const neighbour = project.fileAt(path);
    if (neighbour?.functions.some((node) => contextModel(node, neighbour, shapes))) handlers += 1;
    if (handlers >= FEWEST_IMPORTED) return true;
  }
  return false;
}

function contextModel(node: FunctionNode, file: SourceFile, shapes: Shapes): FrameworkModel | null {
  for (const parameter of node.params.slice(0, 4)) {
    const target = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
    if (!("typeAnnotation" in target) || !target.typeAnnotation) continue;
    for (const shape of shapes.ofType(target.typeAnnotation.typeAnnotation, file)) {
      if (shape.kind !== "external" || shape.path.at(-1) !== CALLED) continue;
      const model = frameworks.find(
        (candidate) =>
          candidate.contextTypes &&
          matchExport(shape, candidate.packages, candidate.contextTypes)?.length === 1,
      );
      if (model) return model;
    }
  }
  return null;
}

/** A name under which others can get at the function: an export, a method, a property; null when there is none. */
export function offeredName(node: FunctionNode, file: SourceFile): string | null {
  const parent: Node | null = file.parentOf(node);
  if (parent?.type === "MethodDefinition" || parent?.type === "PropertyDefinition") {
    const owner = file.classOf(node)?.id?.name;
    const name = propertyName(parent) ?? "[...]";
    return parent.type === "MethodDefinition" && parent.kind === "constructor"
      ? null
      : owner
        ? `${owner}.${name}`
        : name;
  }
  if (parent?.type === "Property") return propertyName(parent);
  if (parent?.type === "AssignmentExpression" || parent?.type === "ExportDefaultDeclaration")
    return "default";
  if (node.type === "FunctionDeclaration") {
    const name = node.id?.name;
    const isOffered = parent?.type === "ExportNamedDeclaration" || isExportedLater(name, file);
    return name !== undefined && isOffered ? name : null;
  }
  if (parent?.type !== "VariableDeclarator" || parent.id.type !== "Identifier") return null;
  const declaration = file.parentOf(parent);
  const statement = declaration && file.parentOf(declaration);
  return statement?.type === "ExportNamedDeclaration" || isExportedLater(parent.id.name, file)
    ? parent.id.name
    : null;
}

/** `export { name }`, `export default name`, `module.exports = { name }`: a use that is no call gives it away. */
function isExportedLater(name: string | undefined, file: SourceFile): boolean {
  const variables = file.scopes.scopes.flatMap(({ block, variables: own }) =>
    block.type === "Program" ? own : [],
  );
  return variables.some(
    (variable) =>
      variable.name === name &&
      variable.references.some((reference) => {
        const parent = file.parentOf(reference.identifier);
        return parent?.type !== "CallExpression" || parent.callee !== reference.identifier;
      }),
  );
}
