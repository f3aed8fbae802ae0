/** Dialogues whose steps are gated by a cursor in the session: two updates that come together pass the gate together. */
export interface SceneModel {
  readonly framework: string;
  /** Classes whose constructor takes the steps, after its first argument; the first step is the entry. */
  readonly wizards: readonly string[];
  /** Classes whose listeners run while the scene is entered. */
  readonly scenes: readonly string[];
  /** A listener below this call runs only while the scene waits there: `scene.wait().on(...)`. */
  readonly gates: readonly string[];
  /** Calls on the context that move the cursor. */
  readonly moves: readonly string[];
  /** One session object for each key, or a copy for each update, where no move keeps the next one out. */
  readonly storage: "shared" | "copy";
  readonly source: string;
}

export const sceneModels: readonly SceneModel[] = [
  {
    framework: "telegraf",
    wizards: ["WizardScene"],
    scenes: ["BaseScene"],
    gates: [],
    moves: [
      "wizard.next",
      "wizard.back",
      "wizard.selectStep",
      "scene.leave",
      "scene.enter",
      "scene.reenter",
    ],
    storage: "shared",
    source:
      "Telegraf 4.16.3 src/scenes/wizard/index.ts: the middleware takes the step at ctx.wizard.cursor when the update comes; src/session.ts: updates of one key that overlap share one object",
  },
  {
    framework: "grammy",
    wizards: [],
    scenes: [],
    gates: ["wait"],
    moves: ["scene.exit", "scene.resume", "scene.goto", "scenes.enter", "scenes.move"],
    storage: "copy",
    source:
      "grammy-scenes 10.2.0 src/scenes-manager.ts: the position is read from ctx.session.scenes; exit() and resume() only set a flag that is applied when the handler is done",
  },
];
