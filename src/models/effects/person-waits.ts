/**
 * Methods whose promise settles when a person answers, or when their time is over (discord.js, and the clients
 * that copy it).
 */
export const PERSON_WAITS: ReadonlySet<string> = new Set([
  "awaitMessages",
  "awaitMessageComponent",
  "awaitModalSubmit",
  "awaitReactions",
]);
