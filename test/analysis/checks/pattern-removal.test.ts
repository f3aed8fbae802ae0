import { expect, test } from "vitest";
import { expectLines } from "./expect-lines.ts";
import { findingsOf } from "./reported-lines.ts";

const TELEGRAM = `import TelegramBot from "node-telegram-bot-api";
const bot = new TelegramBot("token", { polling: true });
`;

expectLines(
  "listener-in-handler",
  {
    "each login waits with the same pattern": `${TELEGRAM}
bot.onText(/login/, (msg) => {
  bot.onText(/.+/, (answer) => { // !
    if (answer.chat.id !== msg.chat.id) return;
    bot.removeTextListener(/.+/); // !
    save(answer);
  });
});`,
    "a timer takes off whichever is first": `${TELEGRAM}
bot.onText(/login/, (msg) => {
  bot.onText(/.+/, (answer) => save(msg, answer)); // !
  setTimeout(() => {
    bot.removeTextListener(/.+/); // !
  }, 1000);
});`,
    "the pattern is a constant of the module": `${TELEGRAM}
const ANY = /.+/;
bot.onText(/login/, (msg) => {
  bot.onText(ANY, (answer) => {
    bot.removeTextListener(ANY); // !
    save(msg, answer);
  });
});`,
  },
  {
    "a pattern of this chat only": `${TELEGRAM}
bot.onText(/login/, (msg) => {
  const own = new RegExp(String(msg.chat.id));
  bot.onText(own, (answer) => {
    bot.removeTextListener(own);
    save(msg, answer);
  });
});`,
    "a command that is taken off for good": `${TELEGRAM}
bot.onText(/gift/, (msg) => give(msg));
bot.onText(/stop/, () => { bot.removeTextListener(/gift/); });`,
    "a method of the project with this name": `${TELEGRAM}
class Listeners {
  onText(pattern, fn) { this.last = fn; }
  removeTextListener(pattern) { this.last = null; }
}
const listeners = new Listeners();
bot.onText(/login/, () => {
  listeners.onText(/.+/, () => {});
  listeners.removeTextListener(/.+/);
});`,
  },
);

test("names the registration that the removal hits", () => {
  const removal = findingsOf(
    `${TELEGRAM}
bot.onText(/a/, () => {
  bot.onText(/b/, () => {
    bot.removeTextListener(/b/);
  });
});`,
    "listener-in-handler",
  ).find(({ message }) => message.includes("takes off"));
  expect(removal?.message).toContain("whichever activation added it (line 5)");
  expect(removal?.trace.map(({ activation }) => activation)).toContain("B");
});
