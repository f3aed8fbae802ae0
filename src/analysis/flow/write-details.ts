import type { Site } from "../syntax/source-file.ts";
import type { ColumnKey } from "./row-keys.ts";
import type { Place } from "./place.ts";
import type { UsedCheck, UsedRead, WriteVerb } from "./summary.ts";
import type { Constant } from "./value.ts";

export interface WriteDetails {
  readonly verb: WriteVerb;
  readonly reads: readonly UsedRead[];
  readonly constant?: Constant | undefined;
  /** The parameter that is written as it was given: what callers pass may be a constant. */
  readonly given?: Place | undefined;
  readonly isIdempotent?: boolean;
  /** The opposite of what was read. */
  readonly isFlipped?: boolean | undefined;
  /** The written expression, in source text. */
  readonly valueText?: string | undefined;
  /** The value is data of the update at hand. */
  readonly isUpdateData?: boolean;
  /** Where to report: the write, or the call that leads to it. */
  readonly site: Site;
  /** From `site` down to the write. */
  readonly chain: readonly Site[];
  readonly isDetached?: boolean;
  readonly isClaim?: boolean;
  readonly freesClaim?: boolean;
  readonly fillsGap?: boolean;
  readonly fillsMissing?: boolean;
  /** What a new row has in its columns: `{ orderId: order.id, kind: "weekly" }`. */
  readonly rowKeys?: readonly ColumnKey[];
  /** A create whose failure nobody hears of. */
  readonly failsSilently?: boolean;
  /** The whole row goes back as it was read, but for these columns. */
  readonly carries?: readonly string[];
  /** The write happens in a callee, which found its own races: what of the callee's the caller still has to judge. */
  readonly fromCallee?: {
    readonly reads: readonly UsedRead[];
    readonly checks: readonly UsedCheck[];
    /** It empties the place. */
    readonly empties: boolean;
    /** Its tests that are this function's as well. */
    readonly ownChecks: readonly UsedCheck[];
    readonly recheckedPlaces: ReadonlySet<string>;
    /** The helpers whose answers it tested in the segment of its write. */
    readonly askedHelpers: ReadonlySet<string>;
    readonly ownTests: readonly UsedCheck[];
    readonly claims: readonly Place[];
    /** Those that the callee makes before it waits for anything: a test in the segment of the call is under them. */
    readonly claimsAtOnce: readonly Place[];
    /** Rows that it wrote before its first wait. */
    readonly writtenAtOnce: readonly Place[];
  };
}
