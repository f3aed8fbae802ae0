// A program for the explorer: updates for the bot whose tasks wait for tasks of their own pool.
import { CommandHandler, Dispatcher } from "eslint-plugin-run-async/runtime";
import { messageUpdate } from "eslint-plugin-run-async/runtime/testing";

/**
 * @param {Function} parent the handler of the example
 * @param {number} updates how many users send the command at the same time
 * @returns a program for `explore`, which ends when the updates are handled
 */
export const family =
  (parent, updates) =>
  async ({ pool, bot }) => {
    const dispatcher = new Dispatcher({ pool, bot });
    dispatcher.addHandler(new CommandHandler("family", parent));
    for (let chatId = 1; chatId <= updates; chatId++)
      void dispatcher.processUpdate(messageUpdate("/family", { chatId }));
    await dispatcher.onIdle();
  };
