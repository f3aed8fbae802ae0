import { sendOf } from "../checks/sends.ts";
import type { ProjectWorld } from "../project/world.ts";
import { childrenOf, dottedName, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Hole, Run } from "./generalise.ts";

/** A type as it is written, with the names that it needs from other modules. */
export interface TypeText {
  readonly text: string;
  readonly imports: readonly { readonly name: string; readonly from: string }[];
}

/** The type of an expression; null where it is not known, or cannot be written down. */
export type TypeOf = (expression: Node) => TypeText | null;

/** A parameter of the new function. */
export interface Parameter {
  readonly name: string;
  readonly holes: readonly Hole[];
  /** One a run. */
  readonly args: readonly string[];
  /** Null in files without types. */
  readonly type: TypeText | null;
}

const TEXT: TypeText = { text: "string", imports: [] };
/** Methods of the Bot API's clients whose content is a text. */
const TEXT_METHODS =
  /^ctx\.reply$|\.(?:sendMessage|editMessageText|replyWithHTML|replyWithMarkdown(?:V2)?)$/;
/** What a message can be sent to, where the type of the expression is not known. */
const CHAT: TypeText = { text: "number | string", imports: [] };

/**
 * Gives the holes names and types. Holes that get the same from every caller are one parameter.
 *
 * @param typeOf null where the file has no types
 * @returns the expression whose type is needed and not known, where there is one
 */
export function parametersOf(
  run: Run,
  holes: readonly Hole[],
  world: ProjectWorld,
  file: SourceFile,
  typeOf: TypeOf | null,
): Parameter[] | Node {
  const groups = new Map<string, [Hole, ...Hole[]]>();
  for (const hole of holes) {
    const id = hole.args.join("\0");
    const group = groups.get(id);
    if (group) group.push(hole);
    else groups.set(id, [hole]);
  }
  const taken = new Set(namesKept(run, holes, file));
  const parameters: Parameter[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    let type = typeOf && joinTypes(first, typeOf);
    if (type && "type" in type) {
      const expected = expectedType(first, world, file);
      if (!expected) return type;
      type = expected;
    }
    const name = unusedName(nameFor(first, world, file), taken);
    taken.add(name);
    parameters.push({ name, holes: group, args: first.args, type });
  }
  return parameters;
}

/** The type of what all runs give; the first expression of which it is not known. */
function joinTypes(hole: Hole, typeOf: TypeOf): TypeText | Node {
  if (hole.kind === "text") return TEXT;
  const types = new Map<string, TypeText>();
  for (const node of hole.nodes) {
    const type = typeOf(node);
    if (!type) return node;
    types.set(type.text, type);
  }
  return {
    text: [...types.keys()].join(" | "),
    imports: [...types.values()].flatMap(({ imports }) => imports),
  };
}

/** Names that the body goes on using: a parameter of the same name would hide them. */
function namesKept(run: Run, holes: readonly Hole[], file: SourceFile): string[] {
  const names: string[] = [];
  const visit = (node: Node): void => {
    const isGiven = holes.some(
      ({ range, kind }) =>
        kind !== "text" && range[0] <= node.range[0] && node.range[1] <= range[1],
    );
    if (isGiven) return;
    const parent = file.parentOf(node);
    const isProperty =
      (parent?.type === "MemberExpression" && parent.property === node && !parent.computed) ||
      (parent?.type === "Property" && parent.key === node && !parent.computed);
    if (node.type === "Identifier" && !isProperty) names.push(node.name);
    for (const child of childrenOf(node)) visit(child);
  };
  for (const { statement } of run) visit(statement);
  return names;
}

export function unusedName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}${String(count)}`;
    if (!taken.has(candidate)) return candidate;
  }
}

const RESERVED = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield".split(
    " ",
  ),
);

function nameFor(hole: Hole, world: ProjectWorld, file: SourceFile): string {
  const name = ownName(hole) ?? roleName(hole, world, file);
  return RESERVED.has(name) ? `${name}Value` : name;
}

/** `amount` for the variable, `chatId` for `message.chat.id`. */
function ownName({ nodes, kind }: Hole): string | null {
  const names = new Set(nodes.map(nameOf));
  const [name] = names;
  return kind === "text" || names.size !== 1 || name === undefined ? null : name;
}

function nameOf(expression: Node): string | null {
  const node = unwrap(expression);
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return null;
  const last = propertyName(node);
  if (last === null || !/^#?[A-Za-z_$][\w$]*$/.test(last)) return null;
  const camel = last
    .replace(/^[#_]+/, "")
    .replace(/_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  if (camel !== "id") return camel === "" ? null : camel;
  const owner = nameOf(node.object);
  return owner === null ? null : `${owner}Id`;
}

/** What the callee expects there, where the type of the expression is not known. */
function expectedType(hole: Hole, world: ProjectWorld, file: SourceFile): TypeText | null {
  if (isTarget(hole, world, file)) return CHAT;
  const send = sendOf(world, hole.call, file);
  const isText =
    hole.kind === "whole" &&
    hole.call.arguments[hole.argument] === send?.content[0] &&
    TEXT_METHODS.test(dottedName(hole.call.callee));
  return isText ? TEXT : null;
}

/** The chat of `sendMessage(chat, text)`. */
function isTarget({ call, argument }: Hole, world: ProjectWorld, file: SourceFile): boolean {
  const given = call.arguments[argument];
  return given !== undefined && sendOf(world, call, file)?.targets.includes(given) === true;
}

/** What the callee expects there. */
function roleName(hole: Hole, world: ProjectWorld, file: SourceFile): string {
  const send = sendOf(world, hole.call, file);
  if (hole.kind === "receiver") return "receiver";
  if (hole.kind === "text") return send ? "part" : "action";
  const argument = hole.call.arguments[hole.argument];
  if (isTarget(hole, world, file)) return "chatId";
  if (hole.property !== null && /^[A-Za-z_$][\w$]*$/.test(hole.property)) return hole.property;
  if (hole.kind === "part") return "value";
  if (send) return argument === send.content[0] ? "message" : "options";
  return /(?:^|\.)(?:log|debug|info|warn|error|trace)$/.test(dottedName(hole.call.callee))
    ? "entry"
    : "value";
}
