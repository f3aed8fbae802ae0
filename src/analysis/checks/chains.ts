import { frameworks } from "../../models/frameworks/index.ts";
import type { FrameworkModel } from "../../models/model.ts";
import type { Frame } from "../flow/frame.ts";
import { asPassedTo } from "./update-parameters.ts";
import type { Place } from "../flow/place.ts";
import type { Check, Suspension } from "../flow/state.ts";
import type { CallEvent, Event, UsedCheck } from "../flow/summary.ts";
import { ChainOrder } from "../project/chain-order.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { functionsIn } from "../project/handlers.ts";
import type { Shapes } from "../project/shapes.ts";
import type { ProjectWorld } from "../project/world.ts";
import { memberName, stringValue, unwrap, type FunctionNode } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";

interface LinkCheck extends UsedCheck {
  /** It holds on every way to `next()`. */
  readonly isHeld: boolean;
}

/** A middleware that updates pass, and what holds where it calls `next()`. */
interface Link {
  readonly root: ActivationRoot;
  /** Tests of shared memory without which an update does not get further. */
  readonly checks: readonly LinkCheck[];
  /** Where it waits before it passes the update on. */
  readonly pause: Suspension | null;
}

/** A test that a middleware made for the handlers behind it. */
interface PassedCheck extends LinkCheck {
  readonly link: Link;
}

/** More than these stand in front of no handler. */
const MOST_CHECKS = 12;

/**
 * What middlewares tested before they called `next()` holds for the handlers behind them, as old as it is by
 * then: `if (busy.has(id)) return; await next()`, a middleware that waits, a handler that changes `busy`.
 */
export class Chains {
  readonly #world: ProjectWorld;
  readonly #links: readonly Link[];
  #order: ChainOrder | null = null;

  constructor(world: ProjectWorld, roots: readonly ActivationRoot[]) {
    this.#world = world;
    const links = roots.flatMap((root) => linkOf(world, root) ?? []);
    // Without a test that is passed on, nothing of this is asked.
    this.#links = links.some(({ checks }) => checks.length > 0) ? links : [];
  }

  /** What tells these tests from those of another analysis. */
  idsFor(root: ActivationRoot): string[] {
    return this.#passedTo(root).map(
      ({ check, stale }) => `${check.id}:${check.read.id}>${stale ? siteId(stale.site) : ""}`,
    );
  }

  /** The handler's activation begins with what was tested for it. Gives the reads' ids, and whether they are sure. */
  enter(frame: Frame, root: ActivationRoot): ReadonlyMap<string, boolean> {
    const passed = this.#passedTo(root);
    const { project } = this.#world;
    const checks: Check[] = [];
    const sure = new Map<string, boolean>();
    for (const { check, stale, link, isHeld } of passed) {
      project.provenance.note(link.root.fn.file.path);
      if (stale) project.provenance.note(stale.site.file.path);
      const place = asPassedTo(root.fn.node, link.root.fn.node, check.read.place);
      const read = { ...check.read, id: `passed:${check.read.id}`, place };
      frame.state.reads.set(read.id, stale);
      checks.push({ ...check, read });
      sure.set(read.id, isHeld);
    }
    frame.state.checks = checks;
    return sure;
  }

  #passedTo(root: ActivationRoot): readonly PassedCheck[] {
    if (this.#links.length === 0 || !isOfChain(root)) return [];
    const inFront = this.#links.filter(
      (link) => link.root.dispatcher === root.dispatcher && this.#isBefore(link.root, root),
    );
    return inFront
      .flatMap((link) =>
        link.checks.map((used) => ({
          ...used,
          stale: used.stale ?? this.#pauseBehind(link, inFront),
          link,
        })),
      )
      .slice(0, MOST_CHECKS);
  }

  /** Where the update first waits between the middleware and the handler. */
  #pauseBehind(link: Link, inFront: readonly Link[]): Suspension | null {
    const pausing = inFront.filter((other) => other.pause && this.#isBefore(link.root, other.root));
    const first = pausing.find((other) =>
      pausing.every((earlier) => !this.#isBefore(earlier.root, other.root)),
    );
    return first?.pause ?? null;
  }

  #isBefore(first: ActivationRoot, second: ActivationRoot): boolean {
    if (first.fn.node === second.fn.node) return false;
    const { project, shapes } = this.#world;
    // `bot.command("x", guard, handler)`: in the order of the arguments.
    if (second.sites.every((site) => first.sites.some(({ node }) => node === site.node)))
      return second.sites.every(
        (site) => positionIn(site, first, shapes) < positionIn(site, second, shapes),
      );
    if (!isForAll(first)) return false;
    this.#order ??= project.provenance.apart(
      () =>
        new ChainOrder(
          shapes,
          project.files(),
          new Set(frameworks.flatMap(({ chain }) => chain?.use ?? [])),
        ),
    );
    return this.#order.isBefore(first.site, second.site);
  }
}

/** Which argument of the registration the handler is. */
function positionIn({ file, node }: Site, { fn }: ActivationRoot, shapes: Shapes): number {
  if (node.type !== "CallExpression") return -1;
  return node.arguments.findIndex((argument) =>
    functionsIn(argument, file, shapes).some((found) => found.node === fn.node),
  );
}

function isOfChain(root: ActivationRoot): boolean {
  return root.trigger === "update" && modelOf(root)?.chain !== undefined;
}

function modelOf({ framework }: ActivationRoot): FrameworkModel | undefined {
  return frameworks.find(({ id }) => id === framework);
}

/** The middleware's part in the chain; null for a handler that ends it. */
function linkOf(world: ProjectWorld, root: ActivationRoot): Link | null {
  const chain = modelOf(root)?.chain;
  if (root.trigger !== "update" || !chain) return null;
  const { node, file } = root.fn;
  if (node.params.length < 2 && chain.nextProperty === undefined) return null;
  const { events } = world.summaryOf(node, file);
  const passes = events.filter(
    (event): event is CallEvent => event.kind === "call" && isNext(event.callee, node, chain),
  );
  const [first, ...others] = passes;
  if (!first) return null;
  const pause = passes.find(({ suspended }) => suspended)?.suspended ?? null;
  return { root, checks: checksOf(first, others, events, root.fn), pause };
}

/** Whether a middleware's own parameter, or the property of it that the framework names, is called. */
function isNext(
  { root, path }: Place,
  middleware: FunctionNode,
  chain: NonNullable<FrameworkModel["chain"]>,
): boolean {
  if (root.kind !== "parameter" || root.fn !== middleware) return false;
  const [step] = path;
  if (!step) return chain.next.includes(root.index);
  return (
    root.index === 0 &&
    path.length === 1 &&
    step.kind === "field" &&
    step.name === chain.nextProperty
  );
}

/** What is tested on every way to `next()`, and what the middleware refuses. */
function checksOf(
  first: CallEvent,
  others: readonly CallEvent[],
  events: readonly Event[],
  fn: Site,
): LinkCheck[] {
  // Under a lock or behind a claim of its own, the middleware keeps the others out until it is done.
  if (first.locks.length > 0) return [];
  const isOpen = ({ check: { read, isExpected } }: UsedCheck): boolean =>
    !isExpected && isOfMemory(read.place) && !first.claims.some(({ id }) => id === read.place.id);
  const isOnAllWays = ({ check }: UsedCheck): boolean =>
    others.every(({ checks }) => checks.some((other) => isSameOutcome(other.check, check)));
  const held = first.checks.filter((used) => isOpen(used) && isOnAllWays(used));
  const tested = new Set(held.map(({ check }) => check.read.place.id));
  const refused = events
    .flatMap((event) => refusalOf(event, fn))
    .filter((used) => isOpen(used) && !tested.has(used.check.read.place.id));
  return [
    ...held.map((used) => ({ ...used, isHeld: true })),
    ...refused.map((used) => ({ ...used, isHeld: false })),
  ];
}

/** `bot.use(middleware)`, and not `app.use("/admin", middleware)`. */
function isForAll(root: ActivationRoot): boolean {
  const { node } = root.site;
  const use = modelOf(root)?.chain?.use;
  if (node.type !== "CallExpression" || memberName(node.callee) !== use) return false;
  const [first] = node.arguments;
  return first !== undefined && stringValue(first) === null && unwrap(first).type !== "Literal";
}

/**
 * `if (inMatch(id)) return ctx.reply("not now")`: what is behind is not meant for such an update, also where
 * some way through the branch leads on.
 */
function refusalOf(event: Event, { node, file }: Site): UsedCheck[] {
  if (event.kind !== "effect" || event.chain.length > 0 || event.site.file !== file) return [];
  if (file.enclosing(event.site.node) !== node) return [];
  const parent = file.parentOf(event.site.node);
  const statement = parent?.type === "AwaitExpression" ? file.parentOf(parent) : parent;
  if (statement?.type !== "ReturnStatement") return [];
  return event.checks.flatMap(({ check, stale }): UsedCheck[] => {
    if (stale || check.outcome === "other") return [];
    const outcome = check.outcome === "present" ? "absent" : "present";
    return [{ check: { ...check, outcome, side: !check.side }, stale: null }];
  });
}

function isSameOutcome(a: Check, b: Check): boolean {
  return a.read.place.id === b.read.place.id && a.outcome === b.outcome;
}

function isOfMemory({ root }: Place): boolean {
  return root.kind === "instance" || (root.kind === "variable" && root.owner.type === "Program");
}
