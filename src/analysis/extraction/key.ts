import { frameworks } from "../../models/frameworks/index.ts";
import { sendOf } from "../checks/sends.ts";
import type { Explanation } from "../explain/explain.ts";
import type { ProjectWorld } from "../project/world.ts";
import { dottedName, unwrap } from "../syntax/ast.ts";
import type { Movable } from "./movable.ts";
import type { Run } from "./generalise.ts";
import type { Parameter } from "./parameters.ts";
import { quoted, type Style } from "./style.ts";

/** What `key` gets, and the parameters that it is computed from, which come first. */
export interface TaskKey {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

interface Part {
  readonly text: string;
  readonly parameter: Parameter | null;
}

/**
 * The key that keeps the tasks in order for whoever reads along: the chat of each message. Where it cannot be
 * told which chat that is, and for logs, all calls have one key, the function's name: they run one after another.
 */
export function keyOf(
  run: Run,
  parameters: readonly Parameter[],
  name: string,
  explanation: Explanation,
  world: ProjectWorld,
  style: Style,
): TaskKey {
  const shown = run.filter(({ isLog }) => !isLog);
  const parts = shown.flatMap(
    (movable) => chatOf(movable, parameters, explanation, world, quoted("", style)) ?? [],
  );
  const constant: TaskKey = { text: quoted(name, style), parameters: [] };
  if (parts.length < shown.length || parts.length === 0) return constant;
  const texts = [...new Set(parts.map(({ text }) => text))];
  const used = [...new Set(parts.flatMap(({ parameter }) => parameter ?? []))];
  const value = texts.length === 1 ? texts.join("") : `[${texts.join(", ")}]`;
  if (used.length === 0) return { text: value, parameters: [] };
  return {
    text: `(${used.map((parameter) => parameter.name).join(", ")}) => ${value}`,
    parameters: used,
  };
}

function chatOf(
  { core: call }: Movable,
  parameters: readonly Parameter[],
  { file, fn, root }: Explanation,
  world: ProjectWorld,
  none: string,
): Part | null {
  const send = sendOf(world, call, file);
  const callee = unwrap(call.callee);
  const target =
    send?.targets[0] ?? (callee.type === "MemberExpression" ? callee.object : undefined);
  if (!target) return null;
  const node = unwrap(target);
  const parameter =
    parameters.find(({ holes }) =>
      holes.some(({ range }) => range[0] === node.range[0] && range[1] === node.range[1]),
    ) ?? null;
  const text = parameter?.name ?? file.textOf(node);
  const isContext =
    node.type === "Identifier" &&
    file.variableOf(node)?.defs[0]?.type === "Parameter" &&
    fn.params.some(({ range }) => file.variableOf(node)?.identifiers[0]?.range[0] === range[0]);
  const chat = isContext && frameworks.find(({ id }) => id === root?.framework)?.chatOf;
  if (chat) return { text: `${text}.${chat} ?? ${none}`, parameter };
  if (/(?:^|\.)(?:channel|user|author|member)$/i.test(dottedName(node)))
    return { text: `${text}.id`, parameter };
  const isArgument = call.arguments.some((argument) => argument === target);
  // A helper says nothing of what it takes for a chat, but by its name.
  const isId = send?.isThroughHelper === true ? /id$/i.test(dottedName(node)) : isArgument;
  if (!isId) return null;
  const isOptional = /\b(?:null|undefined)\b/.test(parameter?.type?.text ?? "");
  return { text: isOptional ? `${text} ?? ${none}` : text, parameter };
}
