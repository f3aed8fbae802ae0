import type { TSESTree } from "@typescript-eslint/types";
import { sceneModels, type SceneModel } from "../../models/frameworks/scenes.ts";
import type { Finding } from "../finding.ts";
import type { EffectEvent, Event, WriteEvent } from "../flow/summary.ts";
import type { ActivationRoot } from "../project/roots.ts";
import type { ProjectWorld } from "../project/world.ts";
import {
  childrenOf,
  dottedName,
  isFunction,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import { describeRepeatedStep } from "../words/scene-steps.ts";
import type { Activation } from "./activation.ts";

/** A step of a dialogue that two updates of one user may both run, with what then happens twice. */
export interface RepeatedStep {
  readonly root: ActivationRoot;
  readonly model: SceneModel;
  /** The first move of the cursor. */
  readonly move: Node;
  /** The first wait, which lets the second update in. */
  readonly pause: Node;
  readonly effect: WriteEvent | EffectEvent;
}

/**
 * Steps of wizards and scenes that do something for good and move the cursor too late: after the first wait,
 * or in a session of which each update has its own copy. A step that never moves the cursor is meant to run
 * for every update.
 */
export function findRepeatedSteps(
  world: ProjectWorld,
  activations: readonly Activation[],
): Finding[] {
  return activations.flatMap((activation) => {
    const step = repeatedStep(world, activation);
    return step ? [describeRepeatedStep(step)] : [];
  });
}

function repeatedStep(world: ProjectWorld, { root, events }: Activation): RepeatedStep | null {
  if (root.concurrency !== "concurrent") return null;
  const model = sceneModels.find(
    (candidate) => candidate.framework === root.framework && isGated(world, root, candidate),
  );
  if (!model) return null;
  const { node, file } = root.fn;
  const effect = events.find((event) => isForGood(event));
  if (effect?.kind !== "write" && effect?.kind !== "effect") return null;
  const site = [...effect.chain, effect.site].find((candidate) => candidate.file === file);
  const [pause] = nodesIn(node, (inner) => inner.type === "AwaitExpression");
  if (!pause || !site) return null;
  // A move in a branch that turns back is none for the path that goes on.
  const moves = nodesIn(node, (inner) => isMove(inner, model)).filter(
    (inner) => inner.range[0] > site.node.range[0] || isUnconditional(root, inner),
  );
  const [move] = moves;
  if (!move || (model.storage === "shared" && move.range[0] < pause.range[0])) return null;
  return { root, model, move, pause, effect };
}

function isUnconditional({ fn }: ActivationRoot, node: Node): boolean {
  for (let inner = fn.file.parentOf(node); inner && inner !== fn.node;) {
    if (/^(?:If|Switch|For|While|Conditional|Logical|Catch)/.test(inner.type)) return false;
    inner = fn.file.parentOf(inner);
  }
  return true;
}

/** A row that is made, a sum that is changed, a message to another chat. */
function isForGood(event: Event): boolean {
  if (event.kind === "effect") return /\b(?:api|telegram)\.send/.test(event.name);
  return event.kind === "write" && isKeptForGood(event);
}

/** A row that is made, a sum that is changed. */
export function isKeptForGood({ place, verb, isIdempotent }: WriteEvent): boolean {
  if (place.root.kind !== "store") return false;
  return (verb === "create" && !isIdempotent) || verb === "update";
}

/** The handler runs only while the cursor stands where it was put. */
function isGated(world: ProjectWorld, root: ActivationRoot, model: SceneModel): boolean {
  const { node, file } = root.site;
  if (node.type === "NewExpression") return isLaterStep(world, root, node, model);
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const object = unwrap(node.callee.object);
  if (hasLink(object, model.gates)) return true;
  return (
    world.shapes
      .of(object, file)
      .some(
        (shape) =>
          shape.kind === "external" && shape.path.some((part) => model.scenes.includes(part)),
      ) &&
    propertyName(node.callee) !== "enter" &&
    propertyName(node.callee) !== "leave"
  );
}

/** `new WizardScene(id, options?, ...steps)`: every step but the first waits for the cursor. */
function isLaterStep(
  world: ProjectWorld,
  root: ActivationRoot,
  node: TSESTree.NewExpression,
  model: SceneModel,
): boolean {
  if (!isMadeBy(dottedName(node.callee), model.wizards)) return false;
  const steps = node.arguments.slice(node.arguments[1]?.type === "ObjectExpression" ? 2 : 1);
  return steps
    .slice(1)
    .some((step) =>
      world.shapes
        .of(step, root.site.file)
        .some((shape) => shape.kind === "function" && shape.node === root.fn.node),
    );
}

function isMadeBy(name: string, classes: readonly string[]): boolean {
  return classes.some((cls) => name === cls || name.endsWith(`.${cls}`));
}

/** `scene.wait("name")` somewhere in the chain of calls. */
function hasLink(node: Node, names: readonly string[]): boolean {
  const inner = unwrap(node);
  if (inner.type === "MemberExpression") return hasLink(inner.object, names);
  if (inner.type !== "CallExpression" || inner.callee.type !== "MemberExpression") return false;
  return names.includes(propertyName(inner.callee) ?? "") || hasLink(inner.callee.object, names);
}

function isMove(call: Node, model: SceneModel): boolean {
  if (call.type !== "CallExpression") return false;
  const name = dottedName(call.callee);
  return model.moves.some((move) => name.endsWith(`.${move}`));
}

/** Matching nodes of a function in source order; what functions inside it do comes at another time. */
function nodesIn(fn: Node, matches: (node: Node) => boolean): Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (node !== fn && isFunction(node)) return;
    if (matches(node)) found.push(node);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(fn);
  return found.sort((a, b) => a.range[0] - b.range[0]);
}
