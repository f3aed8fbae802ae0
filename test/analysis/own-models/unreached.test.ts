// What a project says of functions that nothing in it calls.
import { describe } from "vitest";
import { BOT } from "../harness.ts";
import { settingsDecide } from "./cases.ts";

describe("unreached functions", () => {
  const files = {
    "bot.ts": `${BOT}import { tip } from "./tips.ts";
bot.command("tip", (ctx) => tip(ctx.from.id));
`,
    "tips.ts": `let total = 0;
let seen = 0;
export async function tip(id: number) {
  await pay(id);
  total += 1;
}
export async function round() {
  const old = total;
  await pay(0);
  total = old + 1;
}
async function inner() {
  const old = seen;
  await pay(0);
  seen = old + 1;
}
export async function outer() {
  await inner();
}
export async function start() {
  const old = seen;
  await pay(0);
  seen = old * 2;
}
await start();
`,
  };
  settingsDecide({
    "run at once where the settings say so, for the strict config": {
      files,
      settings: { unreached: "concurrent" },
      before: [],
      after: ["tips.ts:10 no-lost-update (strict)", "tips.ts:15 no-lost-update (strict)"],
    },
    "are left out as before where they say that": {
      files,
      settings: { unreached: "ignore" },
      before: [],
      after: [],
    },
  });
});
