import { groupBy } from "../group-by.ts";
import {
  contains,
  isFunction,
  memberName,
  propertyName,
  unwrap,
  type CallLike,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { Variable } from "../syntax/scopes.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { moduleRecordOf } from "./module-record.ts";
import type { Project } from "./project.ts";

const MOST_CALLERS = 24;

/** The function of the project that a plain name calls, here or imported. */
export function calledFunction(
  project: Project,
  callee: Node,
  file: SourceFile,
): { readonly node: FunctionNode; readonly file: SourceFile } | null {
  if (callee.type !== "Identifier") return null;
  const definition = file.variableOf(callee)?.defs[0];
  if (definition?.type !== "ImportBinding") return functionOf(definition?.node, file);
  const binding = moduleRecordOf(file).imports.get(callee.name);
  const resolution = binding && project.resolve(file.path, binding.specifier);
  const target = resolution?.kind === "file" ? project.fileAt(resolution.path) : null;
  const offered = target && binding && moduleRecordOf(target).exports.get(binding.name);
  if (!target || offered?.kind !== "expression") return null;
  if (offered.node.type !== "Identifier") return functionOf(offered.node, target);
  return functionOf(target.variableOf(offered.node)?.defs[0]?.node, target);
}

function functionOf(
  node: Node | undefined,
  file: SourceFile,
): { readonly node: FunctionNode; readonly file: SourceFile } | null {
  const value = node?.type === "VariableDeclarator" ? node.init : node;
  return isFunction(value) ? { node: value, file } : null;
}

/** The calls that name the function: in its own file, and in all others where it is offered to them. */
export function callersOf(
  project: Project,
  fn: FunctionNode,
  file: SourceFile,
): readonly (readonly [SourceFile, CallLike])[] {
  const name = nameOf(fn, file);
  if (name === null) return [];
  const here = callsNamed(name, file).filter((call) => !contains(fn, call));
  const isOffered = isFunction(file.enclosing(fn)) || moduleRecordOf(file).exports.size > 0;
  const callers = here.map((call) => [file, call] as const);
  for (const other of isOffered ? project.files() : []) {
    if (other.path === file.path || callers.length >= MOST_CALLERS) continue;
    const calls = callsNamed(name, other);
    // The answer hangs on the files that call, and not on all that do not.
    if (calls.length > 0) project.provenance.note(other.path);
    callers.push(...calls.map((call) => [other, call] as const));
  }
  return callers.slice(0, MOST_CALLERS);
}

/** Whether code names the function without calling it, so that somebody else may: `bot.command("x", start)`. */
export function isGivenAway(project: Project, fn: FunctionNode, file: SourceFile): boolean {
  const name = nameOf(fn, file);
  if (name === null) return true;
  const isMethod = file.classOf(fn) !== null;
  const own = isMethod ? null : bindingOf(fn, file);
  // Nobody else knows what the module keeps to itself.
  if (own && !isExported(fn, name, file))
    return own.references.some(({ identifier, init }) => !init && !isCalled(identifier, file));
  return project.files().some((other) => names(other, name, isMethod));
}

/** The variable of a function that is declared or kept in a constant. */
function bindingOf(fn: FunctionNode, file: SourceFile): Variable | null {
  const parent = file.parentOf(fn);
  const id = fn.id ?? (parent?.type === "VariableDeclarator" ? parent.id : null);
  return id?.type === "Identifier" ? file.variableOf(id) : null;
}

function isExported(fn: FunctionNode, name: string, file: SourceFile): boolean {
  return [...moduleRecordOf(file).exports.values()].some((offered) => {
    if (offered.kind !== "expression") return false;
    const { node } = offered;
    if (node.type === "Identifier") return node.name === name;
    return isFunction(node) ? node === fn : !node.type.startsWith("Class");
  });
}

function isCalled(identifier: Node, file: SourceFile): boolean {
  const call = file.parentOf(identifier);
  return call?.type === "CallExpression" && call.callee === identifier;
}

/** By what was looked for: each timer asks about functions of the same names, and an edit changes one file. */
const namedWithoutCall = new WeakMap<SourceFile, Map<string, boolean>>();

/** Of a method only `this.start` and the like count; comments and imports name a function as well. */
function names(file: SourceFile, name: string, isMethod: boolean): boolean {
  let known = namedWithoutCall.get(file);
  if (!known) namedWithoutCall.set(file, (known = new Map<string, boolean>()));
  const before = isMethod ? "\\." : "^(?!\\s*(?:import|export|//|/?\\*)).*(?<![.\\w$])";
  // A property has any name that a string can be.
  const written = name.replaceAll(/[^\w]/g, "\\$&");
  const pattern = `${before}${written}(?![\\w$])(?!\\s*[(=:<])`;
  let isNamed = known.get(pattern);
  if (isNamed === undefined) {
    isNamed = file.text.includes(name) && new RegExp(pattern, "m").test(file.text);
    known.set(pattern, isNamed);
  }
  return isNamed;
}

const callsOfFile = new WeakMap<SourceFile, ReadonlyMap<string, readonly CallLike[]>>();

function callsNamed(name: string, file: SourceFile): readonly CallLike[] {
  let byName = callsOfFile.get(file);
  if (!byName) callsOfFile.set(file, (byName = groupBy(file.calls, calledName)));
  return byName.get(name) ?? [];
}

function calledName({ callee }: CallLike): string {
  const inner = unwrap(callee);
  return inner.type === "Identifier" ? inner.name : memberName(inner);
}

/** The name by which others call the function; a constructor has its class's. */
function nameOf(fn: FunctionNode, file: SourceFile): string | null {
  if (fn.id) return fn.id.name;
  const parent = file.parentOf(fn);
  switch (parent?.type) {
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? parent.id.name : null;
    case "MethodDefinition":
      return parent.kind === "constructor"
        ? (file.classOf(fn)?.id?.name ?? null)
        : propertyName(parent);
    case "Property":
    case "PropertyDefinition":
      return propertyName(parent);
    case "AssignmentExpression":
      return memberName(parent.left) || null;
    default:
      return null;
  }
}
