import { basename } from "node:path";
import type { ActivationRoot } from "../../analysis/project/roots.ts";
import {
  isFunction,
  memberName,
  propertyName,
  stringValue,
  unwrap,
  type CallLike,
  type ClassNode,
  type FunctionNode,
  type Node,
} from "../../analysis/syntax/ast.ts";
import type { SourceFile } from "../../analysis/syntax/source-file.ts";

/** How a test gets hold of a handler. */
export interface HandlerAccess {
  /** What `assertSerializable` takes: a registration, or the name of a function. Null: a person has to say it. */
  readonly handler: string | null;
  /** The file to load. */
  readonly file: SourceFile;
  /** The function that registers the handler, where loading the file does not, with the names of its parameters. */
  readonly registrar: { readonly name: string; readonly parameters: readonly string[] } | null;
}

export function handlerAccess(root: ActivationRoot): HandlerAccess {
  const { node, file } = root.fn;
  const isWrapped = root.trigger === "task" || (root.fn.wrappers ?? []).length > 0;
  const name = nameOf(node, file, isWrapped);
  if (name !== null) return { handler: name, file, registrar: null };
  const call = root.site.node;
  const unknown = { handler: null, file, registrar: null };
  if (call.type !== "CallExpression" && call.type !== "NewExpression") return unknown;
  const registering = root.site.file;
  const handler = registrationName(call, registering);
  const around = registering.enclosing(call);
  if (around.type === "Program" || isCalledAtStart(around, registering))
    return { handler, file: registering, registrar: null };
  const registrar = nameOf(around, registering, false);
  if (registrar === null) return unknown;
  const parameters = around.params.map((parameter) =>
    parameter.type === "Identifier" ? parameter.name : "options",
  );
  return { handler, file: registering, registrar: { name: registrar, parameters } };
}

/** A name by which the module itself could say the function: `onJoin`, `command.execute`, `default`; else null. */
function nameOf(fn: FunctionNode, file: SourceFile, isWrapped: boolean): string | null {
  if (fn.type === "FunctionDeclaration" && file.enclosing(fn).type === "Program")
    return fn.id?.name ?? "default";
  const steps: string[] = [];
  for (let node: Node = fn; ;) {
    const parent = file.parentOf(node);
    if (!parent) return null;
    switch (parent.type) {
      case "Property":
        steps.unshift(propertyName(parent) ?? "");
        break;
      case "MethodDefinition":
      case "PropertyDefinition": {
        steps.unshift(propertyName(parent) ?? "");
        const cls = file.classOf(fn);
        const instance = cls && instanceName(cls, file);
        return instance === null ? null : [instance, ...steps].join(".");
      }
      case "ObjectExpression":
      case "TSAsExpression":
      case "TSSatisfiesExpression":
        break;
      case "CallExpression":
        if (!isWrapped) return null;
        break;
      case "VariableDeclarator":
        if (parent.id.type !== "Identifier" || file.enclosing(parent).type !== "Program")
          return null;
        return [parent.id.name, ...steps].join(".");
      case "AssignmentExpression": {
        const target = file.textOf(parent.left);
        return /^(?:module\.)?exports\b[\w.]*$/.test(target) ? [target, ...steps].join(".") : null;
      }
      case "ExportDefaultDeclaration":
        return ["default", ...steps].join(".");
      default:
        return null;
    }
    node = parent;
  }
}

/** The variable of the module that holds an instance of the class. */
export function instanceName(cls: ClassNode, file: SourceFile): string | null {
  for (const call of file.calls) {
    const declarator = file.parentOf(call);
    if (
      call.type === "NewExpression" &&
      call.callee.type === "Identifier" &&
      call.callee.name === cls.id?.name &&
      declarator?.type === "VariableDeclarator" &&
      declarator.id.type === "Identifier" &&
      file.enclosing(call).type === "Program"
    )
      return declarator.id.name;
  }
  return null;
}

/** `main()` at the end of a file, or a function that is called where it stands. */
function isCalledAtStart(fn: FunctionNode, file: SourceFile): boolean {
  return file.calls.some((call) => {
    if (call.type !== "CallExpression" || file.enclosing(call).type !== "Program") return false;
    const callee = unwrap(call.callee);
    return (
      callee === fn ||
      (callee.type === "Identifier" &&
        file.variableOf(callee)?.defs.some(({ node }) => holds(node, fn)))
    );
  });
}

function holds(definition: Node, fn: FunctionNode): boolean {
  return definition === fn || (definition.type === "VariableDeclarator" && definition.init === fn);
}

/** `command("start")`, as the testing kit names what is registered; `#2` for the second of the same name. */
function registrationName(call: CallLike, file: SourceFile): string {
  const name = registeredAs(call);
  const before = file.calls.filter(
    (other) =>
      other.range[0] < call.range[0] &&
      file.enclosing(other) === file.enclosing(call) &&
      other.arguments.some(isFunction) &&
      registeredAs(other) === name,
  );
  return before.length === 0 ? name : `${name}#${String(before.length + 1)}`;
}

function registeredAs(call: CallLike): string {
  const callee = unwrap(call.callee);
  const method = callee.type === "Identifier" ? callee.name : memberName(callee);
  const event = eventOf(call.arguments[0]);
  return event === null ? method : `${method}(${event})`;
}

function eventOf(argument: Node | null | undefined): string | null {
  if (!argument) return null;
  const node = unwrap(argument);
  const text = stringValue(node);
  if (text !== null) return JSON.stringify(text);
  if (node.type === "ArrayExpression") return eventOf(node.elements[0]);
  if (node.type === "MemberExpression") return JSON.stringify(propertyName(node));
  return node.type === "Literal" && "regex" in node ? node.raw : null;
}

/** A word for a test's variables and titles: `tip` for `command("tip")`. */
export function wordFor({ handler, file }: HandlerAccess): string {
  const words = /"([^"]*)"/.exec(handler ?? "")?.[1] ?? handler ?? basename(file.path);
  const [first = "handler", ...rest] = words.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const word = first.charAt(0).toLowerCase() + first.slice(1);
  const name = [word, ...rest.map((next) => next.charAt(0).toUpperCase() + next.slice(1))].join("");
  if (/^[a-z]/.test(name) && !RESERVED.has(name) && !(name in globalThis)) return name;
  return `on${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

const RESERVED = new Set([
  "default",
  "delete",
  "new",
  "import",
  "export",
  "test",
  "bot",
  "switch",
  "in",
]);
