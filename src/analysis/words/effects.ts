import type { Disorder } from "../checks/effects.ts";
import { type Finding, spanOf, traceStep } from "../finding.ts";
import { chainInWords, lineFrom } from "./chain.ts";

export type DisorderKind =
  | "parallel"
  | "together"
  | "unawaited"
  | "unawaited-early"
  | "late-progress"
  | "delays"
  | "last-index"
  | "snapshot"
  | "unkeyed-stream"
  | "unkeyed-calls";

/** Where two engineers would agree without knowing more of the bot. */
const CERTAIN: ReadonlySet<DisorderKind> = new Set([
  "parallel",
  "together",
  "unawaited",
  "last-index",
]);

/** Says which two effects may change places, who sees it, and what keeps them in order. */
export function describeDisorder(disorder: Disorder): Finding {
  const { kind, site, other } = disorder;
  const { file, node } = site;
  return {
    hazard: "unordered-effects",
    ...spanOf(site),
    message: `${happens(disorder)} ${wayOut(kind)}`,
    isCheck: false,
    trace: [
      traceStep(file, node.range[0], "A", "send", "started"),
      ...(other
        ? [traceStep(other.file, other.node.range[0], "A", "send", "may arrive first")]
        : []),
    ],
    activations: { A: disorder.reached.root.name },
    confidence: CERTAIN.has(kind) ? "recommended" : "strict",
  };
}

function happens({ kind, site, reached, other }: Disorder): string {
  const root = `\`${reached.root.name}\`${chainInWords(reached)}`;
  const where = other ? lineFrom(site)(other) : "";
  switch (kind) {
    case "parallel":
      return `${root} starts all these sends to one chat at once: they arrive in any order.`;
    case "unawaited":
    case "unawaited-early":
      return `${root} does not wait for this send, and the next one to the same chat (${where}) starts meanwhile: the second may arrive first.`;
    case "together":
      return `${root} starts this send and the one of ${where} to the same chat at once: either may arrive first.`;
    case "late-progress":
      return `${root} does not wait for this edit, and makes the final one (${where}) when the work is done: an edit that is still under way then lands after it and shows the progress for good.`;
    case "delays":
      return `${root} orders its sends by their delays, but a delay orders only the starts: a slow first send arrives after the second.`;
    case "last-index":
      return `This runs when the callback with the last index gets here, which need not be the last to end: the callbacks overlap, and results of slower ones are missing.`;
    case "snapshot":
      return `Each ${root} starts a write of its own snapshot: two of them can be under way at once, and when the older one lands last, the file lacks what came after it.`;
    case "unkeyed-stream":
      return `Each message is a task of its own (${root}), and a short later one gets here before a long earlier one of the same chat.`;
    case "unkeyed-calls":
      return `This task and the one of ${where} run side by side, so their messages are in order only most of the time.`;
  }
}

function wayOut(kind: DisorderKind): string {
  switch (kind) {
    case "parallel":
      return "Await them one after the other: `for (const part of parts) await ...`.";
    case "unawaited":
    case "unawaited-early":
      return "Await it.";
    case "together":
      return "Await the first, then the second.";
    case "late-progress":
      return "Keep the promise of the last edit and await it before the final one.";
    case "delays":
      return "Await the first send, then the pause, then the second send.";
    case "last-index":
      return "Count what is left in each callback, or act after `await Promise.all(...)`.";
    case "snapshot":
      return "Chain the writes (`tail = tail.then(() => writeFile(...))`) and take the snapshot when the write begins, or write under one lock.";
    default:
      return "Give the function a key, `runAsync(fn, { key })`: calls of one chat then run in the order of the calls.";
  }
}
