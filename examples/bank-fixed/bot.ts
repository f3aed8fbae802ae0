// The bank bot repaired: balances change in a sequential handler, and only messages are asynchronous.
import { CommandHandler, Updater } from "eslint-plugin-run-async/runtime";
import { FileBank } from "./bank.ts";
import { createTransaction } from "./transaction.ts";

const updater = new Updater(process.env["BOT_TOKEN"] ?? "", { workers: 4 });
const transaction = createTransaction(new FileBank("accounts"), updater.bot);
updater.dispatcher.addHandler(new CommandHandler("transaction", transaction));
await updater.startPolling();
await updater.idle();
