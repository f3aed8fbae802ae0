// The bot that hangs: tasks wait for tasks of their own pool, which has two workers.
import { CommandHandler, Updater } from "eslint-plugin-run-async/runtime";
import { parent } from "./tasks.ts";

const updater = new Updater(process.env["BOT_TOKEN"] ?? "", { workers: 2 });
updater.dispatcher.addHandler(new CommandHandler("family", parent));
await updater.startPolling();
await updater.idle();
