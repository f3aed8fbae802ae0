import { runAsync } from "eslint-plugin-run-async/runtime";

export const grandchild = runAsync(async function grandchild(update, context) {
  await context.bot.sendMessage(update.message.chat.id, "Hello from the grandchild");
});

export const child = runAsync(async function child(update, context) {
  await context.bot.sendMessage(update.message.chat.id, "Hello from a child");
  await grandchild(update, context).result;
});

/** Holds a worker while it waits for two children, each of which wants one and waits for another. */
export const parent = runAsync(async function parent(update, context) {
  const first = child(update, context);
  const second = child(update, context);
  await Promise.all([first.result, second.result]);
});
