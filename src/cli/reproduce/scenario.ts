import type { Race } from "../../analysis/checks/races.ts";
import { keysOf, type Place } from "../../analysis/flow/place.ts";
import type { ActivationRoot } from "../../analysis/project/roots.ts";
import type { Hazard } from "../../analysis/flow/summary.ts";
import type { ProjectWorld } from "../../analysis/project/world.ts";
import type { Project } from "../../analysis/project/project.ts";
import { isFunction, unwrap, type Node } from "../../analysis/syntax/ast.ts";
import type { Site } from "../../analysis/syntax/source-file.ts";
import { stubAnswers, type StubAnswers } from "./answers.ts";
import { exclusiveCalls } from "./guard.ts";
import { handlerAccess, instanceName, wordFor, type HandlerAccess } from "./handler.ts";
import { initialKey, keyPaths, splitText } from "./keys.ts";
import { awaitedStubs } from "./labels.ts";
import { partsThatLeadTo, setPart, type Parts } from "./update-parts.ts";

/** A handler of the test, with the updates that it is given as the first and as the second activation. */
export interface Actor extends HandlerAccess {
  /** A word for it: `tip`. */
  readonly word: string;
  /** How the bot's code registers it: `bot.command("tip")`. */
  readonly registration: string;
  readonly updates: readonly [Parts, Parts];
}

/** Everything that a test of one finding says. */
export interface Scenario {
  readonly files: readonly string[];
  readonly actors: readonly Actor[];
  /** Pairs of indices into `actors` that run at once; a single index runs alone. */
  readonly runs: readonly (readonly [number] | readonly [number, number])[];
  /** The variable that has to be as after some sequential order, or null where a test cannot reach it. */
  readonly state: string | null;
  readonly comparesMessages: boolean;
  readonly exclusive: readonly string[];
  readonly answers: StubAnswers;
  /** What a person should look at. */
  readonly gaps: readonly string[];
}

/** Most handlers that a test runs against the one with the finding. */
const MOST_RIVALS = 3;

/** Makes the two activations of a race concrete: who is called with what, and what has to hold in the end. */
export function scenarioOf(race: Race, world: ProjectWorld): Scenario {
  const { project } = world;
  const { hazard, activation } = race;
  const gaps: string[] = [];
  const roots = hazard.parallel ? [activation.root] : rootsOf(race);
  const actors = roots.map((root) => actorOf(root, race));
  const state = showsInState(hazard) ? stateOf(hazard.read.place, project) : null;
  const files = new Set(actors.map(({ file }) => file.path));
  if (state) files.add(state.path);
  const isStore = hazard.read.place.root.kind === "store";
  if (!state && !isStore && !hazard.parallel && showsInState(hazard))
    gaps.push(
      "the state itself is out of a test's reach, so the calls and messages are compared; give `state` a way to it",
    );
  if (state)
    gaps.push(`the state that the activations meet: as after loading; \`given\` may prepare it`);
  for (const { handler, registration } of actors)
    if (handler === null)
      gaps.push(
        `how to call ${registration}: \`handler\` may be a function of the bot that returns it`,
      );
  const answers = stubAnswers(race, world);
  return {
    files: [...files],
    actors,
    runs: hazard.parallel ? [[0]] : actors.map((_actor, index) => [0, index]),
    state: state?.name ?? null,
    comparesMessages: state === null && !isStore && !isLazyValue(hazard),
    exclusive: exclusiveCalls(race, world),
    answers,
    gaps: [...gaps, ...answers.gaps, ...unanswered(race, answers, world)],
  };
}

/** The stubs on the path that nothing is known of. */
function unanswered(
  { activation, hazard }: Race,
  { entries }: StubAnswers,
  world: ProjectWorld,
): string[] {
  const { node, file } = activation.root.fn;
  const inner = hazard.site.file.enclosing(hazard.site.node);
  const labels = new Set([
    ...awaitedStubs(node, file, world),
    ...(isFunction(inner) ? awaitedStubs(inner, hazard.site.file, world) : []),
  ]);
  const left = [...labels].filter((label) => !entries.some(([known]) => label.startsWith(known)));
  return left.length === 0
    ? []
    : [
        `what ${left.join(", ")} answer${left.length === 1 ? "s" : ""}: a stub that reads as 1, is true and has one element`,
      ];
}

/** The handler with the finding first, then those that write in between, each once. */
function rootsOf({ activation, rivals }: Race): ActivationRoot[] {
  const roots = [activation.root];
  for (const { activation: rival } of rivals) {
    const known = roots.find(({ fn }) => fn.node === rival.root.fn.node);
    if (!known && roots.length < MOST_RIVALS) roots.push(rival.root);
  }
  return roots;
}

function actorOf(root: ActivationRoot, race: Race): Actor {
  const access = handlerAccess(root);
  return {
    ...access,
    word: wordFor(access),
    registration: root.name,
    updates: [partsOf(root, race, 1), partsOf(root, race, 2)],
  };
}

/** The two updates share what the state hangs on; they differ in what only a lock hangs on, so that it does not part them. */
function partsOf(root: ActivationRoot, race: Race, number: 1 | 2): Parts {
  const { hazard, activation, rivals } = race;
  const parts: Parts = new Map();
  const isHazards = root.fn.node === activation.root.fn.node;
  const rival = rivals.find(({ activation: one }) => one.root.fn.node === root.fn.node);
  const place = isHazards ? hazard.read.place : rival?.write?.place;
  const shared = place ? keyPaths(keysOf(place)) : [];
  for (const path of shared) setPart(parts, path, initialKey(hazard.read.place) ?? "1");
  const locks = isHazards ? hazard.protection : (rival?.write?.locks ?? []);
  for (const path of keyPaths(locks.flatMap(({ lock }) => lock.keys)))
    setPart(parts, path, String(number));
  const targets = isHazards
    ? [hazard.site, hazard.read.site, ...hazard.callers]
    : rivalSites(rival?.write);
  const { node, file } = root.fn;
  const inside = targets.filter((site) => site.file === file && isWithin(site.node, node));
  const lead = partsThatLeadTo(
    inside.map((site) => site.node),
    node,
    file,
  );
  merge(parts, lead);
  if (hazard.parallel) splitText(parts, root);
  return parts;
}

function rivalSites(write: { site: Site; chain: readonly Site[] } | null | undefined): Site[] {
  return write ? [write.site, ...write.chain] : [];
}

function merge(parts: Parts, more: Parts, path: readonly string[] = []): void {
  for (const [name, value] of more)
    if (typeof value === "string") setPart(parts, [...path, name], value);
    else merge(parts, value, [...path, name]);
}

function isWithin(node: Node, outer: Node): boolean {
  return outer.range[0] <= node.range[0] && node.range[1] <= outer.range[1];
}

/** What an activation kept of its own update, and what it fetched once, shows in the calls and not in the end. */
function showsInState(hazard: Hazard): boolean {
  return !(hazard.kind === "overwritten" && hazard.verb !== "delete") && !isLazyValue(hazard);
}

/** `client ??= await connect()`: a repair may keep the promise, in another variable. */
function isLazyValue({ kind, outcome, site }: Hazard): boolean {
  const { node } = site;
  const right = node.type === "AssignmentExpression" ? unwrap(node.right) : null;
  return kind === "check-then-act" && outcome === "absent" && right?.type === "AwaitExpression";
}

/** The module's variable that holds the state, and its file. */
function stateOf(place: Place, project: Project): { name: string; path: string } | null {
  const { root } = place;
  if (root.kind === "variable")
    return isFunction(root.owner) ? null : { name: root.variable.name, path: root.file.path };
  if (root.kind !== "instance") return null;
  for (const path of project.component()) {
    const file = project.fileAt(path);
    const name = file && instanceName(root.cls, file);
    if (name) return { name, path };
  }
  return null;
}
