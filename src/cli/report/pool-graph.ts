import type { PoolOverview, PoolTask } from "../../analysis/overview/pools.ts";
import type { ReportData } from "./gather.ts";
import { html, type Html } from "./html.ts";

/** Measures in CSS pixels. */
const BOX = { width: 172, height: 46 };
const GAP = { x: 56, y: 18 };
const TOP = 34;
const EDGE = 12;
const LONGEST_NAME = 20;
/** Free slots that are drawn, at most: a large pool is not all drawn. */
const MOST_FREE = 2;

interface Placed {
  readonly task: PoolTask;
  readonly column: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

/** Chains of waits from left to right, one column for each slot that is held by then. */
export function poolGraph(overview: PoolOverview, index: number, data: ReportData): Html {
  const { pool, tasks } = overview;
  const placed = layOut(tasks);
  const byId = new Map(placed.map((box) => [box.task.id, box]));
  const held = Math.max(...placed.map(({ column }) => column)) + 1;
  // With tasks of other pools in between, a column is no longer a slot of this one.
  const size = tasks.every(({ otherPool }) => otherPool === null) ? pool.size : null;
  const columns = Math.max(held, Math.min(size ?? 0, held + MOST_FREE));
  const rows = Math.max(...placed.map(({ row }) => row)) + 1;
  const width = 2 * EDGE + columns * (BOX.width + GAP.x);
  const height = TOP + rows * (BOX.height + GAP.y) + EDGE;
  const id = `pool-${String(index)}`;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Graph of ${pool.name}">
    <svg
      role="img"
      aria-labelledby="${id}-title"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
    >
      <title id="${id}-title">Tasks of ${pool.name} by the slots held: an arrow is a wait.</title>
      <defs>
        <marker
          id="${id}-arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="7"
          markerHeight="7"
          orient="auto-start-reverse"
        >
          <path class="arrow" d="M0 0 8 4 0 8z" />
        </marker>
      </defs>
      ${size !== null && size <= columns ? limit(size, columns, width, height) : null}
      ${Array.from({ length: columns - held }, (_unused, free) => freeSlot(held + free))}
      ${Array.from({ length: columns }, (_unused, column) => columnHead(column, size))}
      ${placed.flatMap((box) =>
        box.task.waited.flatMap((to) => {
          const target = byId.get(to);
          return target ? [edge(box, target, `${id}-arrow`, height)] : [];
        }),
      )}
      ${placed.map((box) => taskBox(box, size, data))}
    </svg>
  </div>`;
}

/** The longest way from a task that nobody waits for decides the column; a wait that closes a circle counts not. */
function layOut(tasks: readonly PoolTask[]): Placed[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const columns = new Map<string, number>();
  const place = (task: PoolTask, column: number, path: readonly string[]): void => {
    if (path.includes(task.id) || (columns.get(task.id) ?? -1) >= column) return;
    columns.set(task.id, column);
    for (const id of task.waited) {
      const next = byId.get(id);
      if (next) place(next, column + 1, [...path, task.id]);
    }
  };
  const waitedFor = new Set(tasks.flatMap(({ id, waited }) => waited.filter((to) => to !== id)));
  for (const task of tasks) if (!waitedFor.has(task.id)) place(task, 0, []);
  for (const task of tasks) if (!columns.has(task.id)) place(task, 0, []);
  const filled = new Map<number, number>();
  return tasks.map((task) => {
    const column = columns.get(task.id) ?? 0;
    const row = filled.get(column) ?? 0;
    filled.set(column, row + 1);
    return { task, column, row, x: xOf(column), y: TOP + row * (BOX.height + GAP.y) };
  });
}

function xOf(column: number): number {
  return EDGE + column * (BOX.width + GAP.x);
}

/** Where the pool ends, and that what stands beyond has no slot. */
function limit(size: number, columns: number, width: number, height: number): Html {
  const x = xOf(size) - GAP.x / 2;
  const beyond =
    size < columns
      ? html`<rect class="beyond" x="${x}" y="0" width="${width - x}" height="${height}" />`
      : null;
  return html`${beyond}<line class="limit" x1="${x}" y1="0" x2="${x}" y2="${height}" />`;
}

function freeSlot(column: number): Html {
  return html`<rect
    class="free"
    x="${xOf(column)}"
    y="${TOP}"
    width="${BOX.width}"
    height="${BOX.height}"
    rx="6"
  />`;
}

function columnHead(column: number, size: number | null): Html {
  const isFree = size === null || column < size;
  const text = isFree ? `slot ${String(column + 1)}` : "no slot left";
  const of = size !== null && isFree ? ` of ${String(size)}` : "";
  return html`<text class="${isFree ? "head" : "head full"}" x="${xOf(column)}" y="20">
    ${text}${of}
  </text>`;
}

function edge(from: Placed, to: Placed, marker: string, height: number): Html {
  const x1 = from.x + BOX.width;
  const y1 = from.y + BOX.height / 2;
  const y2 = to.y + BOX.height / 2;
  const bend = GAP.x / 2;
  const isBack = to.column <= from.column;
  const middle = from.x + BOX.width / 2;
  const bottom = Math.min(height - 2, from.y + BOX.height + GAP.y - 4);
  // A wait for something on the left, or for itself, goes round below the box.
  const path = isBack
    ? `M${String(middle)} ${String(from.y + BOX.height)} C${String(middle)} ${String(bottom)} ${String(to.x + 24)} ${String(bottom)} ${String(to.x + 24)} ${String(to.y + BOX.height)}`
    : `M${String(x1)} ${String(y1)} C${String(x1 + bend)} ${String(y1)} ${String(to.x - bend)} ${String(y2)} ${String(to.x)} ${String(y2)}`;
  return html`<path
    class="${isBack ? "wait back" : "wait"}"
    d="${path}"
    marker-end="url(#${marker})"
  />`;
}

function taskBox({ task, column, x, y }: Placed, size: number | null, data: ReportData): Html {
  const { name, site, otherPool } = task;
  const isWithout = size !== null && column >= size;
  const kind = isWithout ? "full" : otherPool === null ? "" : "other";
  const below =
    otherPool === null
      ? `${data.relative(site.file.path).split("/").at(-1) ?? ""}:${String(site.file.lineOf(site.node))}`
      : `in ${otherPool}`;
  return html`<g class="task ${kind}">
    <rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6" />
    <text class="name" x="${x + 12}" y="${y + 20}">${cut(name)}</text>
    <text class="at" x="${x + 12}" y="${y + 36}">${cut(below)}</text>
    <title>${name}</title>
  </g>`;
}

function cut(text: string): string {
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME - 1)}…`;
}
