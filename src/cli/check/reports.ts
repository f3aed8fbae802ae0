import type { Finding } from "../../analysis/finding.ts";

export interface Position {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
}

/** A finding as every output format prints it. */
export interface Report {
  readonly path: string;
  readonly ruleId: string;
  readonly message: string;
  readonly start: Position;
  readonly end: Position;
  readonly trace: Finding["trace"];
  readonly activations: Finding["activations"];
}
