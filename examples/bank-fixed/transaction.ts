import { runAsync, type BotApi, type Context, type Update } from "eslint-plugin-run-async/runtime";
import type { Bank } from "./bank.ts";

/** Only what nobody relies on is asynchronous. The handler itself runs for one update at a time. */
export const createTransaction = (bank: Bank, bot: BotApi) => {
  const logAndNotify = runAsync(
    async function logAndNotify(
      action: string,
      amount: number,
      sourceId: number,
      targetId: number,
      chatId: number,
      message: string,
    ) {
      bank.log(`${action}: ${amount} from ${sourceId} to ${targetId}`);
      await bot.sendMessage(chatId, message);
    },
    // one chat reads its messages in the order in which they were submitted
    { key: (_action, _amount, _sourceId, _targetId, chatId) => chatId },
  );

  return async function transaction(update: Update, context: Context) {
    const chatId = update.message.chat.id;
    const sourceId = update.effectiveUser.id;
    const [amount = 0, targetId = 0] = context.args.map(Number);

    logAndNotify("Beginning", amount, sourceId, targetId, chatId, "Preparing...");
    const source = await bank.readAccount(sourceId);
    const target = await bank.readAccount(targetId);

    source.balance -= amount;
    target.balance += amount;

    logAndNotify("Calculated", amount, sourceId, targetId, chatId, "Transferring money...");
    await bank.writeAccount(source);
    await bank.writeAccount(target);

    logAndNotify("Finished", amount, sourceId, targetId, chatId, "Done!");
  };
};
