import { areHoursApart } from "../project/calendar.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { childrenOf, memberName, unwrap, type Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";

/**
 * Whether an activation of `b` may run while one of `a` is suspended (at `pause`, where that is known). Locks
 * are judged apart: this is about what the dispatchers, timers and pools do.
 *
 * - start-up and shut-down code overlaps nothing; the handlers of all signals are one such root
 * - a root overlaps itself when it is concurrent or keyed: timers of a minute or more and those that re-arm
 *   themselves are sequential
 * - two jobs by the calendar do not meet when the hours at which they begin are no neighbours
 * - two handlers of one sequential dispatcher do not overlap; handlers of different dispatchers do
 * - a conversation that waits for the next update lets every other handler run meanwhile, also where the
 *   dispatcher is sequential: the update that began it is done
 */
export function mayOverlap(a: ActivationRoot, b: ActivationRoot, pause?: Site): boolean {
  if (isOnce(a) || isOnce(b) || runAtOtherHours(a, b)) return false;
  if (isConversation(a) && isApart(a) && isApart(b) && a.dispatcher === b.dispatcher)
    return pause === undefined || isWaitForUpdate(a, pause);
  if (a === b) return !isApart(a);
  const isSameQueue =
    a.dispatcher === b.dispatcher && (a.fn.node === b.fn.node || (isUpdate(a) && isUpdate(b)));
  return !(isSameQueue && isApart(a) && isApart(b));
}

/** What goes on after its handler has ended: whatever else runs in the process may run beside it. */
export function mayOverlapDropped(a: ActivationRoot, b: ActivationRoot): boolean {
  if (a === b && !isUpdate(a)) return mayOverlap(a, b);
  return !(isOnce(a) || isOnce(b) || runAtOtherHours(a, b));
}

function runAtOtherHours({ hours: a }: ActivationRoot, { hours: b }: ActivationRoot): boolean {
  return a !== undefined && b?.zone === a.zone && areHoursApart(a.hours, b.hours);
}

function isOnce(root: ActivationRoot): boolean {
  return root.concurrency === "exclusive";
}

function isApart(root: ActivationRoot): boolean {
  return root.concurrency === "sequential";
}

function isUpdate(root: ActivationRoot): boolean {
  return root.trigger === "update" || root.trigger === "event" || isConversation(root);
}

function isConversation(root: ActivationRoot): boolean {
  return root.trigger === "conversation";
}

/**
 * `conversation.wait()` and its kin, or a call that is given the conversation and may wait inside: there the update at
 * hand ends, and with it what stood in front of it.
 */
export function isWaitForUpdate(root: ActivationRoot, pause: Site): boolean {
  if (!isConversation(root)) return false;
  const [first] = root.fn.node.params;
  if (first?.type !== "Identifier") return true;
  const waits = (node: Node): boolean => {
    if (node.type === "CallExpression") {
      const callee = unwrap(node.callee);
      if (
        callee.type === "MemberExpression" &&
        callee.object.type === "Identifier" &&
        callee.object.name === first.name
      )
        return /^wait|^menu$|^skip$/.test(memberName(callee));
      if (node.arguments.some((arg) => arg.type === "Identifier" && arg.name === first.name))
        return true;
      if (/^(?:form|wait)/.test(callee.type === "MemberExpression" ? formOf(callee) : ""))
        return true;
    }
    return childrenOf(node).some(waits);
  };
  return waits(pause.node);
}

/** `form` for `conversation.form.text()`. */
function formOf(callee: Extract<Node, { type: "MemberExpression" }>): string {
  const object = unwrap(callee.object);
  return memberName(object);
}
