import type { TSESTree } from "@typescript-eslint/types";
import { EDITS } from "../../models/effects/sends.ts";
import type { Facts } from "../project/facts.ts";
import { dottedName, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";

/** A call that shows something to a person. */
export interface Send {
  readonly call: TSESTree.CallExpression;
  /** What decides where it goes: the chat's id, or the context that it answers. */
  readonly targets: readonly Node[];
  /** The same text for the same place, as far as the code shows. */
  readonly target: string;
  readonly content: readonly Node[];
}

/** What Bolt gives a listener among its arguments. */
const BARE_SENDS = new Set(["say", "respond"]);

/** Sockets, threads and HTTP responses keep the order in which they are written to. */
const CARRIERS = /^(?:ws|wss|socket|conn|connection|res|response|process|worker|port)$/i;

export function sendOf(facts: Facts, call: Node, file: SourceFile): Send | null {
  if (call.type !== "CallExpression") return null;
  const callee = unwrap(call.callee);
  const args = call.arguments.filter((argument) => argument.type !== "SpreadElement");
  if (
    callee.type === "Identifier" &&
    BARE_SENDS.has(callee.name) &&
    file.variableOf(callee)?.defs[0]?.type === "Parameter"
  )
    return { call, targets: [], target: callee.name, content: args };
  const name = callee.type === "MemberExpression" ? propertyName(callee) : null;
  if (name === null || callee.type !== "MemberExpression") return null;
  if (!facts.isSend(name) && !EDITS.includes(name)) return null;
  if (CARRIERS.test(dottedName(callee.object).split(".").at(-1) ?? "")) return null;
  const [first] = args;
  const isAddressed = /^send.+|^edit(?:MessageText|MessageCaption)$/.test(name) && args.length > 1;
  if (isAddressed && first) {
    const target = `${dottedName(callee.object)}:${file.textOf(first)}`;
    return { call, targets: [first], target, content: args.slice(1) };
  }
  return { call, targets: [callee.object], target: dottedName(callee.object), content: args };
}
