import { frameworks } from "../../models/frameworks/index.ts";
import { sendOf } from "../checks/sends.ts";
import type { Explanation } from "../explain/explain.ts";
import type { Facts } from "../project/facts.ts";
import { dottedName, unwrap, type Node } from "../syntax/ast.ts";
import type { Movable } from "./movable.ts";
import type { Run } from "./generalise.ts";
import type { Parameter } from "./parameters.ts";

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
  facts: Facts,
): TaskKey {
  const shown = run.filter(({ isLog }) => !isLog);
  const parts = shown.flatMap((movable) => chatOf(movable, parameters, explanation, facts) ?? []);
  const constant: TaskKey = { text: JSON.stringify(name), parameters: [] };
  if (parts.length < shown.length || parts.length === 0) return constant;
  const texts = [...new Set(parts.map(({ text }) => text))];
  const used = [...new Set(parts.flatMap(({ parameter }) => parameter ?? []))];
  const value = texts.length === 1 ? (texts[0] ?? "") : `[${texts.join(", ")}]`;
  if (used.length === 0) return { text: value, parameters: [] };
  return {
    text: `(${used.map((parameter) => parameter.name).join(", ")}) => ${value}`,
    parameters: used,
  };
}

function chatOf(
  { call }: Movable,
  parameters: readonly Parameter[],
  { file, fn, root }: Explanation,
  facts: Facts,
): Part | null {
  const send = sendOf(facts, call, file);
  const target = send?.targets[0];
  const parameterAt = (node: Node): Parameter | null =>
    parameters.find(({ holes }) =>
      holes.some(({ range }) => range[0] === node.range[0] && range[1] === node.range[1]),
    ) ?? null;
  if (target && call.arguments.some((argument) => argument === target)) {
    const parameter = parameterAt(target);
    const isOptional = /\b(?:null|undefined)\b/.test(parameter?.type?.text ?? "");
    return {
      text: `${parameter?.name ?? file.textOf(target)}${isOptional ? ' ?? ""' : ""}`,
      parameter,
    };
  }
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return null;
  const receiver = unwrap(callee.object);
  const parameter = parameterAt(receiver);
  if (!parameter) return null;
  const isContext =
    receiver.type === "Identifier" &&
    file.variableOf(receiver)?.defs[0]?.type === "Parameter" &&
    file.enclosing(receiver) === fn;
  const chat = isContext && frameworks.find(({ id }) => id === root?.framework)?.chatOf;
  if (chat) return { text: `${parameter.name}.${chat} ?? ""`, parameter };
  if (/(?:^|\.)(?:channel|user|author|member)$/i.test(dottedName(receiver)))
    return { text: `${parameter.name}.id`, parameter };
  return null;
}
