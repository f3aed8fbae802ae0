import { endOfCallee, memberName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type Site, type SourceFile } from "../syntax/source-file.ts";
import type { ExternalShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";

/** From a handler's registration up to the bot: further than this nobody nests routers and set-up functions. */
const MOST_LEVELS = 8;

/** One level of the way: a registration, the call of the function that makes it, or the mount of its router. */
interface Level {
  /** Whose statements are in order: a function or a program. */
  readonly owner: Node;
  readonly at: number;
  /** The bot or router that it is registered with, where the code shows which. */
  readonly receiver: string | null;
  /** A router was mounted on the way: what comes after the mount is not behind the router's own middlewares. */
  readonly isMounted: boolean;
}

interface Mount {
  readonly site: Site;
  readonly receiver: string | null;
}

/**
 * The order in which an update passes middlewares and handlers: the order of their registrations, through the
 * functions that make them (`registerAll(bot)`) and the routers that are mounted (`bot.use(router)`).
 */
export class ChainOrder {
  readonly #shapes: Shapes;
  /** A router's mount; null where it has several. */
  readonly #mounts = new Map<string, Mount | null>();
  readonly #levels = new Map<string, readonly Level[]>();

  /** @param use names of the method that mounts routers */
  constructor(shapes: Shapes, files: readonly SourceFile[], use: ReadonlySet<string>) {
    this.#shapes = shapes;
    for (const file of files)
      for (const node of file.calls)
        if (node.type === "CallExpression" && use.has(memberName(node.callee)))
          for (const argument of node.arguments) this.#readMount({ file, node }, argument);
  }

  #readMount(site: Site, argument: Node): void {
    const router = this.#baseOf({ file: site.file, node: argument });
    if (router === null) return;
    const receiver = this.#baseOf(site);
    this.#mounts.set(router, this.#mounts.has(router) ? null : { site, receiver });
  }

  /** Whether every update that reaches the one registration has passed the other: never guessed. */
  isBefore(first: Site, second: Site): boolean {
    const ways = this.#levelsOf(second);
    for (const level of this.#levelsOf(first)) {
      if (level.isMounted) return false;
      const other = ways.find(
        ({ owner, receiver }) =>
          owner === level.owner &&
          (receiver === null || level.receiver === null || receiver === level.receiver),
      );
      if (other) return level.at < other.at;
    }
    return false;
  }

  #levelsOf(registration: Site): readonly Level[] {
    const id = siteId(registration);
    let levels = this.#levels.get(id);
    if (!levels) this.#levels.set(id, (levels = [...this.#wayUp(registration)]));
    return levels;
  }

  *#wayUp(registration: Site): Iterable<Level> {
    let site = registration;
    let receiver = this.#baseOf(site);
    let isMounted = false;
    for (let level = 0; level < MOST_LEVELS; level += 1) {
      const owner = site.file.enclosing(site.node);
      yield { owner, at: endOfCallee(site.node), receiver, isMounted };
      const mount = receiver === null ? undefined : this.#mounts.get(receiver);
      if (mount === null) return;
      if (mount) {
        ({ site, receiver } = mount);
        isMounted = true;
        continue;
      }
      const [caller, another] = owner.type === "Program" ? [] : this.#shapes.callSitesOf(owner);
      if (!caller || another) return;
      site = caller;
    }
  }

  /** `bot` of `bot.filter(...).command(...)`, `router` of `router.routes()`. */
  #baseOf({ node, file }: Site): string | null {
    let object: Node | null = node;
    while (object?.type === "CallExpression") {
      const callee: Node = unwrap(object.callee);
      object = callee.type === "MemberExpression" ? unwrap(callee.object) : null;
    }
    return object && this.#instance(object, file);
  }

  #instance(node: Node, file: SourceFile): string | null {
    const made = this.#shapes
      .of(node, file)
      .find((shape): shape is ExternalShape => shape.kind === "external" && shape.site !== null);
    return made?.site ? siteId(made.site) : null;
  }
}
