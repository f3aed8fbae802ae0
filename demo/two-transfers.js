// A program for the explorer: Alice sends 10 to Bob while Bob sends 100 to Alice.
import { CommandHandler, Dispatcher } from "eslint-plugin-run-async/runtime";
import { messageUpdate } from "eslint-plugin-run-async/runtime/testing";
import { AsyncLocalStorage } from "node:async_hooks";

export const ALICE = 1;
export const BOB = 2;
const NAMES = new Map([
  [ALICE, "Alice"],
  [BOB, "Bob"],
]);

/** Whose transfer the running code belongs to: only for the labels of the trace. */
const sender = new AsyncLocalStorage();

/** The bank of the examples with accounts in memory, and every access a step of the explorer. */
class ExploredBank {
  balances = new Map([
    [ALICE, 0],
    [BOB, 0],
  ]);
  #io;

  constructor(io) {
    this.#io = io;
  }

  readAccount(id) {
    return this.#step(`reads ${NAMES.get(id)}`, () => ({ id, balance: this.balances.get(id) }));
  }

  writeAccount({ id, balance }) {
    return this.#step(`writes ${NAMES.get(id)} = ${balance}`, () => {
      this.balances.set(id, balance);
    });
  }

  log() {}

  #step(label, effect) {
    return this.#io(`${sender.getStore()}: ${label}`, effect);
  }
}

/**
 * @param {(bank: ExploredBank, bot: object) => Function} createTransaction of an example
 * @returns {(run: import("eslint-plugin-run-async/runtime/testing").ScheduleRun) => Promise<object>} a
 *   program that returns the balances, and the messages in the order in which each chat received them
 */
export const twoTransfers =
  (createTransaction) =>
  async ({ io, pool }) => {
    const bank = new ExploredBank(io);
    const messages = { Alice: [], Bob: [] };
    const bot = {
      sendMessage: (chatId, text) =>
        io(`${NAMES.get(chatId)}: is told "${text}"`, () => {
          messages[NAMES.get(chatId)].push(text);
        }),
    };
    const transaction = createTransaction(bank, bot);
    const dispatcher = new Dispatcher({ pool, bot });
    const handler = (update, context) =>
      sender.run(NAMES.get(update.effectiveUser.id), () => transaction(update, context));
    dispatcher.addHandler(new CommandHandler("transaction", handler));

    void dispatcher.processUpdate(messageUpdate(`/transaction 10 ${BOB}`, { chatId: ALICE }));
    void dispatcher.processUpdate(messageUpdate(`/transaction 100 ${ALICE}`, { chatId: BOB }));
    await dispatcher.onIdle();
    return { alice: bank.balances.get(ALICE), bob: bank.balances.get(BOB), messages };
  };
