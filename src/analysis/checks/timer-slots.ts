import type { TSESTree } from "@typescript-eslint/types";
import type { Finding } from "../finding.ts";
import { includes, meets, type Place } from "../flow/place.ts";
import type { Event, ReadEvent, UsedCheck, WriteEvent } from "../flow/summary.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { contains, dottedName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { describeLateTimer } from "../words/timer-slots.ts";
import { remembered, type Activation } from "./activation.ts";
import { isOwned } from "./comments.ts";
import { canonical } from "./shared-terms.ts";
import { mayOverlap } from "./overlap.ts";
import { asksFirst } from "./timer-callbacks.ts";

/** A timer's callback that waits, and then arms or empties the slot in which its own timer was kept. */
export interface LateTimer {
  readonly timer: Activation;
  /** The slot: `this.timer`. */
  readonly slot: Place;
  /** Where the callback writes it, in the callback's own code. */
  readonly site: Site;
  /** From there down to the write. */
  readonly chain: readonly Site[];
  readonly arms: boolean;
  readonly rival: Activation;
  /** Where the rival stops or replaces the timer. */
  readonly rivalSite: Site;
}

/**
 * `L = setTimeout(f); f: S; W(L)`, while another activation stops or replaces L => the timer that fired cannot
 * be stopped any more, so what the other activation did is undone: the chain goes on, or there are two of
 * them, or the new timer's handle is lost. A test that the slot is filled says nothing about whose timer is
 * in it; a test of anything else (a flag, a comparison) is taken to say whether to go on.
 */
export function findLateTimers(activations: readonly Activation[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const timer of activations) {
    if (!isOneShot(timer.root)) continue;
    for (const slot of slotsOf(timer.root, activations))
      for (const write of timer.writes) {
        if (write.verb !== "assign" || !write.suspended || !meets(write.place, slot)) continue;
        if (write.checks.some((used) => decides(used, slot, timer.root))) continue;
        if (asksFirst(write)) continue;
        const found = rivalOf(timer, write, slot, activations);
        const path = [...write.chain, write.site];
        const site = path.find((step) => isInside(step, timer.root));
        if (!found || !site || isOwned(slot)) continue;
        const late = {
          timer,
          slot,
          site,
          chain: path.slice(path.indexOf(site) + 1),
          arms: isTimerCall(valueOf(write)),
          ...found,
        };
        findings.set(siteId(site), describeLateTimer(late));
      }
  }
  return [...findings.values()];
}

/** An interval's handle stays good: whoever clears it stops the callbacks to come. */
function isOneShot({ trigger, site }: ActivationRoot): boolean {
  return (
    trigger === "timer" &&
    site.node.type === "CallExpression" &&
    dottedName(site.node.callee).endsWith("setTimeout")
  );
}

/** Where the handle of the timer is kept: `this.timer = setTimeout(...)`. */
function slotsOf({ sites }: ActivationRoot, activations: readonly Activation[]): Place[] {
  const slots = new Map<string, Place>();
  for (const activation of activations)
    for (const { place, value } of kept(activation))
      if (sites.some(({ node }) => node === value)) slots.set(place.id, place);
  return [...slots.values()];
}

/** What an activation assigns where, as the handle of a timer is kept: every timer asks all of them. */
const kept = remembered(({ writes }) =>
  writes.flatMap((write) => {
    const value = valueOf(write);
    return value ? [{ place: write.place, value }] : [];
  }),
);

function valueOf({ site }: WriteEvent): Node | null {
  const node = unwrap(site.node);
  return node.type === "AssignmentExpression" ? unwrap(node.right) : null;
}

function isTimerCall(node: Node | null): boolean {
  return (
    node?.type === "CallExpression" && /^set(?:Timeout|Interval)$/.test(dottedName(node.callee))
  );
}

/** A fresh test of anything but the slot's being filled. */
function decides({ check, stale }: UsedCheck, slot: Place, root: ActivationRoot): boolean {
  if (stale) return false;
  const place = canonical(check.read.place, root);
  const isOfSlot = place !== null && (includes(place, slot) || includes(slot, place));
  return !isOfSlot || check.outcome === "other";
}

/** Who stops or replaces the timer while its callback waits. */
function rivalOf(
  timer: Activation,
  late: WriteEvent,
  slot: Place,
  activations: readonly Activation[],
): { readonly rival: Activation; readonly rivalSite: Site } | null {
  for (const rival of activations) {
    if (rival === timer || rival.component !== timer.component) continue;
    if (!mayOverlap(timer.root, rival.root)) continue;
    const event = rival.events.find(
      (candidate) =>
        stops(candidate, slot) ||
        (replaces(candidate, slot, rival.root) && !hasSameClaim(candidate, late)),
    );
    if (event) return { rival, rivalSite: event.site };
  }
  return null;
}

/** `clearTimeout(this.timer)`. */
function stops(event: Event, slot: Place): event is ReadEvent {
  if (event.kind !== "read" || !meets(event.place, slot)) return false;
  const parent = event.site.file.parentOf(event.site.node);
  return parent?.type === "CallExpression" && isClearing(parent);
}

function isClearing(call: TSESTree.CallExpression): boolean {
  return /^clear(?:Timeout|Interval)$/.test(dottedName(call.callee));
}

/** A write that is not kept out by the slot's being filled. */
function replaces(event: Event, slot: Place, root: ActivationRoot): boolean {
  if (event.kind !== "write" || !meets(event.place, slot)) return false;
  if (event.claims.some((claim) => claim.id === event.place.id)) return false;
  return !event.checks.some(({ check, stale }) => {
    const place = canonical(check.read.place, root);
    return !stale && check.outcome === "absent" && place !== null && meets(place, slot);
  });
}

/** `if (isArmed) return; isArmed = true; timer = setTimeout(...)`, in the callback as well: only one of the two arms. */
function hasSameClaim(event: Event, late: WriteEvent): boolean {
  return late.claims.some((claim) => event.claims.some((other) => meets(claim, other)));
}

function isInside({ file, node }: Site, { fn }: ActivationRoot): boolean {
  return file === fn.file && contains(fn.node, node);
}
