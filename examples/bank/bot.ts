// The bank bot that loses money: two transactions at once read the same balances.
import { CommandHandler, Updater } from "eslint-plugin-run-async/runtime";
import { FileBank } from "./bank.ts";
import { createTransaction } from "./transaction.ts";

const updater = new Updater(process.env["BOT_TOKEN"] ?? "", { workers: 4 });
const transaction = createTransaction(new FileBank("accounts"));
updater.dispatcher.addHandler(new CommandHandler("transaction", transaction));
await updater.startPolling();
await updater.idle();
