import { placeOf, type Place } from "../flow/place.ts";
import type { Frame } from "../flow/frame.ts";
import { UNKNOWN, type Read, type Value } from "../flow/value.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { ProjectWorld } from "../project/world.ts";
import type { FunctionNode } from "../syntax/ast.ts";
import { siteId, type Site } from "../syntax/source-file.ts";
import { asPassedTo } from "./update-parameters.ts";

/** A row that a middleware read from a store and put on the context, for the handlers behind it. */
interface ContextRow {
  readonly field: string;
  readonly read: Read;
  readonly site: Site;
  readonly middleware: FunctionNode;
}

/**
 * Rows on the context: `ctx.user = await users.findOne(...); await next()`. What a handler finds there is as
 * old as the middleware, so it is stale before the handler's first line.
 */
export class ContextRows {
  readonly #world: ProjectWorld;
  readonly #rows = new Map<string, ContextRow[]>();

  constructor(world: ProjectWorld, roots: readonly ActivationRoot[]) {
    this.#world = world;
    for (const root of roots) {
      if (root.trigger !== "update" || !passesOn(root.fn.node)) continue;
      const key = this.#botOf(root);
      const rows = [...(this.#rows.get(key) ?? []), ...this.#rowsOf(root)];
      if (rows.length > 0) this.#rows.set(key, rows);
    }
  }

  #botOf(root: ActivationRoot): string {
    const { project } = this.#world;
    return `${root.framework}:${String(project.componentOf(root.fn.file.path))}`;
  }

  #rowsOf(root: ActivationRoot): ContextRow[] {
    const { node, file } = root.fn;
    return this.#world.summaryOf(node, file).events.flatMap((event): ContextRow[] => {
      if (event.kind !== "write" || event.place.root.kind !== "parameter") return [];
      const [step, ...deeper] = event.place.path;
      if (event.place.root.index !== 0 || step?.kind !== "field" || deeper.length > 0) return [];
      const row = event.reads.find(({ read }) => isRow(read.place));
      return row ? [{ field: step.name, read: row.read, site: event.site, middleware: node }] : [];
    });
  }

  /** What tells the rows that a handler finds from those of another analysis. */
  idsFor(root: ActivationRoot): string[] {
    return this.#rowsFor(root).map(({ field, site }) => `${field}@${siteId(site)}`);
  }

  #rowsFor(root: ActivationRoot): ContextRow[] {
    const rows = root.trigger === "update" ? this.#rows.get(this.#botOf(root)) : undefined;
    return rows?.filter((row) => row.middleware !== root.fn.node) ?? [];
  }

  /** The context that a handler gets: an object of its own that holds rows as old as their middleware. */
  contextOf(frame: Frame, root: ActivationRoot, context: Value): Value {
    const others = this.#rowsFor(root);
    if (others.length === 0) return context;
    const fields = new Map<string, Value>();
    for (const row of others) {
      this.#world.project.provenance.note(row.site.file.path);
      const read = { ...row.read, place: asPassedTo(root.fn.node, row.middleware, row.read.place) };
      const id = `context:${row.field}`;
      frame.state.reads.set(read.id, { site: row.site });
      frame.state.contents.set(id, { origin: read, reads: [], fields: new Map() });
      fields.set(row.field, { reads: [read], places: [placeOf({ kind: "local", id })], key: null });
    }
    frame.state.contents.set("context", { origin: null, reads: [], fields });
    return { ...UNKNOWN, places: [placeOf({ kind: "local", id: "context" })], key: context.key };
  }
}

/** A middleware takes `next` as well. */
function passesOn(fn: FunctionNode): boolean {
  return fn.params.length >= 2;
}

function isRow(place: Place): boolean {
  return place.root.kind === "store" && place.root.model !== null && place.path.length === 1;
}
