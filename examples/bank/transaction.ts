import { runAsync } from "eslint-plugin-run-async/runtime";
import type { Bank } from "./bank.ts";

/** `/transaction <amount> <recipient>`: every statement runs in a task, beside other transactions. */
export const createTransaction = (bank: Bank) =>
  runAsync(async function transaction(update, context) {
    const chatId = update.message.chat.id;
    const sourceId = update.effectiveUser.id;
    const [amount = 0, targetId = 0] = context.args.map(Number);

    await context.bot.sendMessage(chatId, "Preparing...");
    bank.log(`Beginning: ${amount} from ${sourceId} to ${targetId}`);
    const source = await bank.readAccount(sourceId);
    const target = await bank.readAccount(targetId);

    source.balance -= amount;
    target.balance += amount;

    await context.bot.sendMessage(chatId, "Transferring money...");
    bank.log(`Calculated: ${amount} from ${sourceId} to ${targetId}`);
    await bank.writeAccount(source);
    await bank.writeAccount(target);

    await context.bot.sendMessage(chatId, "Done!");
    bank.log(`Finished: ${amount} from ${sourceId} to ${targetId}`);
  });
