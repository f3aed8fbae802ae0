import { basename, extname } from "node:path";
import { frameworks } from "../../models/frameworks/index.ts";
import type { ListenerModel } from "../../models/model.ts";
import {
  propertyName,
  stringValue,
  unwrap,
  type CallLike,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { matchExport } from "./match-export.ts";
import { moduleRecordOf } from "./module-record.ts";
import type { ExternalShape, FunctionShape, Shape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import { optionOf } from "./stores.ts";

/** The functions that a registering call gives as handlers: also in arrays, options and spread lists. */
export function handlersOf(
  call: CallLike,
  listener: Pick<ListenerModel, "handlers" | "handlerOptions">,
  file: SourceFile,
  shapes: Shapes,
): FunctionShape[] {
  const args = argumentsOf(call);
  const found = [
    ...handlerArguments(call, listener).flatMap((argument) => functionsIn(argument, file, shapes)),
    ...args.flatMap((argument) => optionsIn(argument, listener, file, shapes)),
  ];
  return found.filter((fn) => !fn.wrappers?.some((wrapper) => isTakenOver(wrapper.callee)));
}

/** The arguments that are handlers, or lists of them. */
export function handlerArguments(
  call: CallLike,
  { handlers }: Pick<ListenerModel, "handlers">,
): readonly Node[] {
  const args = argumentsOf(call);
  if (handlers === "functions") return args;
  const chosen = handlers === "last" ? args.at(-1) : args[handlers];
  return chosen ? [chosen] : [];
}

function argumentsOf(call: CallLike): readonly Node[] {
  return call.arguments.map((argument) =>
    argument.type === "SpreadElement" ? argument.argument : argument,
  );
}

/** `sequentialize(key)`, `session({ initial })`, `createConversation(fn)`: what they are given is no handler. */
function isTakenOver(callee: ExternalShape): boolean {
  return frameworks.some(
    (model) =>
      [...(model.serializers ?? []), ...(model.sessions ?? [])].some(
        (middleware) => matchExport(callee, [middleware.package], middleware.exports)?.length === 0,
      ) || matchExport(callee, model.packages, Object.keys(model.functions ?? {}))?.length === 0,
  );
}

export function functionsIn(
  node: Node | null | undefined,
  file: SourceFile,
  shapes: Shapes,
  depth = 0,
): FunctionShape[] {
  if (!node || depth > 3) return [];
  return shapes.of(node, file).flatMap((shape): FunctionShape[] => {
    if (shape.kind === "function") return [shape];
    if (shape.kind !== "array") return [];
    return shape.node.elements.flatMap((item) =>
      item === null
        ? []
        : item.type === "SpreadElement"
          ? functionsIn(item.argument, shape.file, shapes, depth + 1)
          : functionsIn(item, shape.file, shapes, depth + 1),
    );
  });
}

function optionsIn(
  node: Node,
  listener: Pick<ListenerModel, "handlerOptions">,
  file: SourceFile,
  shapes: Shapes,
): FunctionShape[] {
  if (!listener.handlerOptions) return [];
  return shapes.of(node, file).flatMap((shape) =>
    shape.kind === "object"
      ? (listener.handlerOptions ?? []).flatMap((name) => {
          const option = optionOf(shape.node, name);
          return option ? functionsIn(option, shape.file, shapes) : [];
        })
      : [],
  );
}

/** The event that a first argument names: `"ready"`, `Events.ClientReady`. */
export function eventName(node: Node | undefined): string | null {
  if (!node) return null;
  const inner = unwrap(node);
  return stringValue(inner) ?? (inner.type === "MemberExpression" ? enumMember(inner) : null);
}

/** `Events.ClientReady`, and not `event.name`: names of enums begin with a capital. */
function enumMember(node: Extract<Node, { type: "MemberExpression" }>): string | null {
  const { object } = node;
  const isEnum = object.type === "Identifier" && /^[A-Z]/.test(object.name);
  return isEnum ? propertyName(node) : null;
}

/** One module of a folder of events, as a loader registers it. */
export interface EventModule {
  readonly event: string | null;
  readonly isOnce: boolean;
  /** The functions of the module that the handler calls. */
  readonly functions: readonly FunctionShape[];
}

/**
 * `client.on(event.name, (...args) => event.execute(...args))` in a loop over modules: which of them are for
 * events of the start-up cannot be seen from the call, but from each module's `name` and `once`.
 */
export function eventModules(
  call: CallLike,
  handler: FunctionNode | null,
  file: SourceFile,
  shapes: Shapes,
): EventModule[] {
  const named = call.arguments[0] && unwrap(call.arguments[0]);
  if (named?.type !== "MemberExpression" || named.object.type !== "Identifier") return [];
  const variable = file.variableOf(named.object);
  const property = propertyName(named);
  if (!variable || property === null || eventName(named) !== null) return [];
  const methods = methodsCalledOn(handler ?? call, variable, file);
  return shapes.of(named.object, file).flatMap((shape): EventModule[] => {
    const event = memberNode(shape, property, shapes);
    const once = memberNode(shape, "once", shapes);
    return [
      {
        event: event && eventName(event),
        isOnce: once?.type === "Literal" && once.value === true,
        functions: methods.flatMap((method) =>
          shapes
            .memberOf(shape, method)
            .flatMap((member) => (member.kind === "function" ? [member] : [])),
        ),
      },
    ];
  });
}

function methodsCalledOn(
  within: Node,
  variable: ReturnType<SourceFile["variableOf"]>,
  file: SourceFile,
): string[] {
  return (variable?.references ?? []).flatMap((reference) => {
    const { identifier } = reference;
    if (identifier.range[0] < within.range[0] || within.range[1] < identifier.range[1]) return [];
    const member = file.parentOf(identifier);
    const name =
      member?.type === "MemberExpression" && member.object === identifier
        ? propertyName(member)
        : null;
    return name === null || name === "name" || name === "once" ? [] : [name];
  });
}

/** The expression that a property or export of the shape holds. */
function memberNode(shape: Shape, name: string, shapes: Shapes): Node | null {
  if (shape.kind === "object") {
    const option = optionOf(shape.node, name);
    return option && constantNode(option, shape.file);
  }
  if (shape.kind === "namespace") {
    const file = shapes.project.fileAt(shape.path);
    const exports = file && moduleRecordOf(file).exports;
    const binding = exports?.get(name);
    if (file && binding?.kind === "expression") return constantNode(binding.node, file);
    const whole = exports?.get("module.exports");
    if (!file || whole?.kind !== "expression") return null;
    return firstOf(shapes.of(whole.node, file), (value) => memberNode(value, name, shapes));
  }
  if (shape.kind !== "instance") return null;
  for (const member of shape.cls.node.body.body)
    if (member.type === "PropertyDefinition" && propertyName(member) === name)
      return member.value && constantNode(member.value, shape.cls.file);
  return null;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function constantNode(node: Node, file: SourceFile): Node {
  const inner = unwrap(node);
  if (inner.type !== "Identifier") return inner;
  const declarator = file.variableOf(inner)?.defs[0]?.node;
  return declarator?.type === "VariableDeclarator" && declarator.init
    ? unwrap(declarator.init)
    : inner;
}

/** `events/ready.js`: old loaders take the event's name from the file's. */
export function fileStem(path: string): string {
  return basename(path, extname(path));
}
