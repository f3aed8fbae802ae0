import { HOLDING, WAITING, type Activity } from "./activity.ts";
import { PoolDeadlockError, type ChainLink, type TaskInfo } from "./errors.ts";
import { isStuck, targetsOf } from "./wait-graph.ts";

/** Follows the waits from `start` until they close, and draws the circle. */
export function drawDeadlock(
  blocked: ReadonlySet<Activity>,
  start: Activity | undefined,
): PoolDeadlockError {
  const links: ChainLink[] = [];
  const seen = new Set<Activity>();
  let at = start ?? [...blocked].at(-1);
  while (at !== undefined && !seen.has(at)) {
    seen.add(at);
    const target = targetsOf(at).find((candidate) => isStuck(candidate, blocked));
    if (target === undefined) break;
    links.push({
      from: at.describe(),
      waitsFor: at.state === HOLDING ? "a slot for" : "the result of",
      to: target.describe(),
    });
    at = target.state === WAITING ? throughTheLine(target, blocked, seen, links) : target;
  }
  const others = [...blocked].filter((activity) => !seen.has(activity));
  return new PoolDeadlockError(message(links, others), links);
}

/** From a waiting task or section to a blocked one that is in its way; prefers unseen ones. */
function throughTheLine(
  target: Activity,
  blocked: ReadonlySet<Activity>,
  seen: Set<Activity>,
  links: ChainLink[],
): Activity | undefined {
  let at = target;
  for (;;) {
    const obstacles = [...at.obstacles()].filter((candidate) => isStuck(candidate, blocked));
    const next = obstacles.find((candidate) => !seen.has(candidate)) ?? obstacles[0];
    if (next === undefined) return undefined;
    const waitsFor = at.place.startsWith("key") ? "a key held by" : "a slot held by";
    links.push({ from: at.describe(), waitsFor, to: next.describe() });
    if (next.state !== WAITING) return next;
    if (seen.has(next)) return undefined;
    seen.add(next);
    at = next;
  }
}

function message(links: readonly ChainLink[], others: readonly Activity[]): string {
  const lines = links.map(
    (link, depth) =>
      `${"  ".repeat(Math.min(depth + 1, 8))}${show(link.from)}\n` +
      `${"  ".repeat(Math.min(depth + 2, 9))}waits for ${link.waitsFor} ${link.to.name}`,
  );
  const last = links.at(-1)?.to;
  const closing = last === undefined ? "" : `\n  and so back to ${show(last)}`;
  const rest =
    others.length === 0
      ? ""
      : `\n  blocked as well: ${others.map((other) => other.label).join(", ")}`;
  return `Deadlock: these tasks wait for each other and none can go on.\n${lines.join("\n")}${closing}${rest}`;
}

export function show(info: TaskInfo): string {
  return `${info.name} [${info.state}, ${info.place}], submitted at ${info.submittedAt}`;
}
