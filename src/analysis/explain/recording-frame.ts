import { Frame } from "../flow/frame.ts";
import type { Event, ReadEvent, WriteEvent } from "../flow/summary.ts";
import type { Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";

/**
 * Keeps every event with the line it comes from. A summary merges what two calls of one function do, because
 * one way there is evidence enough; whoever explains a function line by line needs both.
 */
export class RecordingFrame extends Frame {
  readonly recorded: Event[] = [];
  readonly suspensions: Node[] = [];

  override addEvent(event: Event): string {
    this.recorded.push(event);
    return super.addEvent(event);
  }

  override takeOver(
    event: WriteEvent | ReadEvent,
    isClaim: boolean,
    call: Site,
    chain: readonly Site[],
  ): void {
    this.recorded.push({ ...event, chain });
    super.takeOver(event, isClaim, call, chain);
  }

  override suspend(node: Node): void {
    this.suspensions.push(node);
    super.suspend(node);
  }
}
