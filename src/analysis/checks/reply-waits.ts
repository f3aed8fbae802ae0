import { PERSON_WAITS } from "../../models/effects/person-waits.ts";
import type { LockEvent, SubmitEvent } from "../flow/summary.ts";
import type { Finding } from "../finding.ts";
import {
  childrenOf,
  isFunction,
  propertyName,
  unwrap,
  type FunctionNode,
  type Node,
} from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { describeReplyWait } from "../words/reply-waits.ts";
import type { Activation } from "./activation.ts";

/** A wait for a person's next message in code that holds a slot or a lock. */
export interface ReplyWait {
  readonly activation: Activation;
  readonly site: Site;
  readonly name: string;
  /** The pool or lock that is held, as the code calls it. */
  readonly holder: string;
  readonly isLock: boolean;
  /** The framework leaves the function at the wait and calls it anew: what is held never comes back. */
  readonly isInterrupted: boolean;
}

/** `limit(async () => { await conversation.wait() })`, `mutex.runExclusive(() => message.awaitModalSubmit(...))`. */
export function findReplyWaits(activations: readonly Activation[]): Finding[] {
  const found = new Map<string, ReplyWait>();
  for (const activation of activations)
    for (const event of activation.requests)
      for (const section of sectionsOf(event))
        for (const wait of waitsIn(section, conversationOf(activation))) {
          const id = siteId({ file: section.file, node: wait.node });
          if (found.has(id)) continue;
          found.set(id, {
            activation,
            site: { file: section.file, node: wait.node },
            name: wait.name,
            holder: section.holder,
            isLock: section.isLock,
            isInterrupted: wait.isInterrupted,
          });
        }
  return [...found.values()].map(describeReplyWait);
}

interface Section {
  readonly file: Site["file"];
  readonly body: Node;
  readonly holder: string;
  readonly isLock: boolean;
}

/** The functions that run while a submission's slot or a lock is held. */
function sectionsOf(event: LockEvent | SubmitEvent): Section[] {
  const { file, node } = event.site;
  if (event.kind === "submit") {
    if (!event.task || event.task.fn.type === "Program") return [];
    return [
      {
        file: event.task.file,
        body: event.task.fn.body,
        holder: event.pool.name,
        isLock: false,
      },
    ];
  }
  if (node.type !== "CallExpression") return [];
  return node.arguments.flatMap((argument) =>
    isFunction(argument)
      ? [{ file, body: argument.body, holder: event.lock.name, isLock: true }]
      : [],
  );
}

/** The name under which a conversation's function knows the conversation. */
function conversationOf({ root }: Activation): string | null {
  if (root.trigger !== "conversation") return null;
  const [first] = root.fn.node.params;
  return first?.type === "Identifier" ? first.name : null;
}

interface Wait {
  readonly node: Node;
  readonly name: string;
  readonly isInterrupted: boolean;
}

function* waitsIn({ body, file }: Section, conversation: string | null): Iterable<Wait> {
  const visit = function* (node: Node): Iterable<Wait> {
    const wait =
      node.type === "AwaitExpression" ? waitOf(unwrap(node.argument), conversation) : null;
    if (wait && isPartOf(node, body, file)) yield { node, ...wait };
    for (const child of childrenOf(node)) yield* visit(child);
  };
  yield* visit(body);
}

/** Functions inside run while the section does only when they are called at once, as array methods do. */
function isPartOf(node: Node, body: Node, file: Site["file"]): boolean {
  for (
    let fn: FunctionNode | Node = file.enclosing(node);
    isFunction(fn);
    fn = file.enclosing(fn)
  ) {
    if (fn.body === body) return true;
    const call = file.parentOf(fn);
    const callee = call?.type === "CallExpression" ? unwrap(call.callee) : null;
    if (
      callee?.type !== "MemberExpression" ||
      !/^(?:map|forEach)$/.test(propertyName(callee) ?? "")
    )
      return false;
  }
  return true;
}

function waitOf(call: Node, conversation: string | null): Omit<Wait, "node"> | null {
  const callee = call.type === "CallExpression" ? unwrap(call.callee) : null;
  const name = callee?.type === "MemberExpression" ? propertyName(callee) : null;
  if (callee?.type !== "MemberExpression" || name === null) return null;
  let object = unwrap(callee.object);
  const isForm = object.type === "MemberExpression" && propertyName(object) === "form";
  if (isForm && object.type === "MemberExpression") object = unwrap(object.object);
  if (conversation !== null && object.type === "Identifier" && object.name === conversation)
    return isForm || name.startsWith("wait") ? { name, isInterrupted: true } : null;
  return PERSON_WAITS.has(name) ? { name, isInterrupted: false } : null;
}
