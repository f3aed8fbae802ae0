import type { PoolWait } from "./checks/pool-waits.ts";
import type { Race } from "./checks/races.ts";
import type { Site, SourceFile } from "./syntax/source-file.ts";

export type HazardName =
  | "lost-update"
  | "check-then-act"
  | "store-race"
  | "nested-pool-wait"
  | "lock-order"
  | "inconsistent-lock"
  | "unordered-effects"
  | "blocking-handler"
  | "listener-in-handler"
  | "run-async-result"
  | "unobserved-rejection"
  | "shared-state"
  | "sequential-wait"
  | "unsequenced-session"
  | "unclear-comment";

/** A line of somebody's code, for messages and for tools that read the trace. */
export interface TraceStep {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly activation: "A" | "B";
  readonly step:
    | "read"
    | "check"
    | "suspend"
    | "write"
    | "call"
    | "submit"
    | "wait"
    | "lock"
    | "send"
    | "register"
    | "block";
  readonly text: string;
  /** What a location holds after the step, or by its test. Where the code names no constant, in words. */
  readonly state?: { readonly place: string; readonly value: string };
}

/** A change of the reported file that a person may choose. It changes behaviour, so nobody applies it unasked. */
export interface Repair {
  readonly title: string;
  /** They do not overlap. */
  readonly edits: readonly TextEdit[];
}

/** Replaces what stands between two offsets. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A hazard with its evidence, ready to be reported by a rule or printed by the command line. */
export interface Finding {
  readonly hazard: HazardName;
  readonly path: string;
  /** Offsets of what is underlined. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** A check decided on the write; otherwise the written value derives from the old one. */
  readonly isCheck: boolean;
  /** In the order in which it happens. */
  readonly trace: readonly TraceStep[];
  /** Which handlers the activations of the trace are of. */
  readonly activations?: Readonly<Partial<Record<TraceStep["activation"], string>>>;
  /** `strict` findings are true as well, but need more to be believed. */
  readonly confidence: "recommended" | "strict";
  readonly repairs?: readonly Repair[];
  /** A wait in a pool of unknown size: with a size it may read otherwise, or be none. */
  readonly poolWait?: PoolWait;
  /** Who races with whom, for tools that make the two run. */
  readonly race?: Race;
  /** What is waited for is the next message of the activation's own chat or user. */
  readonly isUserReply?: boolean;
}

/** The stretch of code that a finding is about. */
export function spanOf({ file, node }: Site): Pick<Finding, "path" | "start" | "end"> {
  return { path: file.path, start: node.range[0], end: node.range[1] };
}

export function traceStep(
  file: SourceFile,
  offset: number,
  activation: "A" | "B",
  step: TraceStep["step"],
  text: string,
  state?: TraceStep["state"],
): TraceStep {
  const { line, column } = file.position(offset);
  return { path: file.path, line, column, activation, step, text, ...(state ? { state } : {}) };
}
