/** Parts of a context that keep a user's position in a dialogue. */
const DIALOGUES = "scene|wizard|conversation";

/** Moves of that position: what they lead to cannot be taken back. */
export const DIALOGUE_MOVES =
  /(?:^|\.)(?:scene\.(?:enter|leave|reset|reenter)|wizard\.(?:next|back|selectStep)|conversation\.(?:enter|exit))$/;

/** A text without these words moves nobody. */
export const NAMES_DIALOGUES = new RegExp(String.raw`\b(?:${DIALOGUES})\b`);

/** What shows something to the person of an update, as a member of its context: `ctx.api`, `ctx.scene`. */
export const SPEAKERS = new RegExp(String.raw`(?:^|\.)(?:api|telegram|bot|${DIALOGUES})$`);
