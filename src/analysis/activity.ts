import { activate, type Activation } from "./checks/activation.ts";
import { asExplained } from "./checks/comments.ts";
import { Chains } from "./checks/chains.ts";
import { ContextRows } from "./checks/context-rows.ts";
import { asDeployed } from "./project/deployment.ts";
import { modelsOf } from "./own-models.ts";
import type { Project } from "./project/project.ts";
import type { ActivationRoot } from "./project/roots.ts";
import { unreachedRoots } from "./project/unreached.ts";
import { ProjectWorld } from "./project/world.ts";
import type { RunAsyncSettings } from "./settings.ts";

/** What runs in a project, before anybody judges it. */
export interface Activity {
  /** Names resolve across files; summaries are made on demand, bottom-up. */
  readonly world: ProjectWorld;
  /** Every function that a framework, timer, job or pool calls, with how its activations overlap. */
  readonly roots: readonly ActivationRoot[];
  /**
   * What each root does, in terms of state that other activations can name; in the order of `roots`, and behind
   * them what no root reaches, where the settings ask for it.
   */
  readonly activations: readonly Activation[];
}

/** What is to be known of a project, before anything is. */
export function worldOf(project: Project, settings: RunAsyncSettings): ProjectWorld {
  return new ProjectWorld(project, { ...settings, models: modelsOf(settings) });
}

/**
 * Finds what runs in a project, as its settings say that it is deployed.
 *
 * @param world keeps what was found out before and no edit since made doubtful; for the same project and settings
 */
export function activityOf(
  project: Project,
  settings: RunAsyncSettings,
  world: ProjectWorld = worldOf(project, settings),
): Activity {
  const roots = world.roots
    .find()
    .map((root) => asExplained(asDeployed(root, settings, world.facts)));
  const contexts = new ContextRows(world, roots);
  const chains = new Chains(world, roots);
  const assumed = settings.unreached === "concurrent" ? unreachedRoots(world, roots) : [];
  return {
    world,
    roots,
    activations: [...roots, ...assumed].map((root) => activate(world, root, contexts, chains)),
  };
}
