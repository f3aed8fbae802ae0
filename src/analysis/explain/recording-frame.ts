import { Frame } from "../flow/frame.ts";
import type { Event } from "../flow/summary.ts";
import type { Node } from "../syntax/ast.ts";

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

  override suspend(node: Node): void {
    this.suspensions.push(node);
    super.suspend(node);
  }
}
