import type { ReplyWait } from "../checks/reply-waits.ts";
import { type Finding, spanOf, traceStep } from "../finding.ts";

/** Says what is held while a person thinks, and whether it ever comes back. */
export function describeReplyWait(wait: ReplyWait): Finding {
  const { file, node } = wait.site;
  const root = `\`${wait.activation.root.name}\``;
  const held = wait.isLock ? `\`${wait.holder}\`` : `a slot of \`${wait.holder}\``;
  const message = wait.isInterrupted
    ? `${root} waits here for the next message while it holds ${held}. The conversation leaves its function at \`${wait.name}\` and runs it anew with the answer: what is held is never given back, and each conversation takes another one. Wait first, and hold it only around the work that follows.`
    : `${root} holds ${held} here while a person thinks: with as many such chats as it admits, all others wait for these persons. Wait first, and hold it only around the work that follows.`;
  return {
    hazard: "nested-pool-wait",
    ...spanOf(wait.site),
    message,
    isCheck: false,
    trace: [traceStep(file, node.range[0], "A", "wait", `waits for a person, with ${wait.holder}`)],
    confidence: wait.isInterrupted ? "recommended" : "strict",
    ...(wait.isInterrupted ? {} : { isUserReply: true }),
  };
}
