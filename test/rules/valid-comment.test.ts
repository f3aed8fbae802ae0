import { RuleTester } from "eslint";
import { afterAll, describe, it } from "vitest";
import noCheckThenAct from "../../src/rules/no-check-then-act.ts";
import noLostUpdate from "../../src/rules/no-lost-update.ts";
import rule from "../../src/rules/valid-comment.ts";

Object.assign(RuleTester, { afterAll, describe, it });

const tester = new RuleTester({ settings: { "run-async": { root: "/project" } } });

const START = `import { Bot } from "grammy";
import { run } from "@grammyjs/runner";
const bot = new Bot("token");
run(bot);
`;

tester.run("valid-comment", rule, {
  valid: [
    { name: "a state that each update has for itself", code: "let a = 0; // run-async: owned" },
    { name: "a lock", code: "// run-async: guarded-by stockLock\nlet a = 0;" },
    { name: "a reason", code: "// run-async: benign the last one wins\nlet a = 0;" },
    { name: "a handler", code: "// run-async: sequential\nfunction f() {}" },
    { name: "a text that only looks like one", code: 'const text = "// run-async: whatever";' },
  ],
  invalid: [
    {
      name: "an unknown word",
      code: "let a = 0; // run-async: guarded stockLock",
      errors: [{ message: /`run-async: guarded` means nothing. Did you mean `guarded-by`/ }],
    },
    {
      name: "no word",
      code: "let a = 0; // run-async:",
      errors: [{ message: /one of: owned, guarded-by, sequential, benign/ }],
    },
    {
      name: "benign, and nothing that says why",
      code: "let a = 0;\n// run-async: benign\na = 1;",
      errors: [{ message: /needs a reason/, line: 2, column: 1, endColumn: 21 }],
    },
    {
      name: "guarded by nothing",
      code: "let a = 0; // run-async: guarded-by",
      errors: [{ message: /needs the lock behind it/ }],
    },
  ],
});

/** A counter that is read before a wait and written after it, with comments at three places. */
function lost({ atState = "", atWrite = "", atHandler = "" }): string {
  return `${START}
${atState}
let total = 0;
${atHandler}
bot.command("add", async () => {
  const before = total;
  await load();
  ${atWrite}
  total = before + 1;
});`;
}

const errors = [{ message: /`total` was read/, suggestions: 2 }];

tester.run("no-lost-update", noLostUpdate, {
  valid: [
    { name: "owned", code: lost({ atState: "// run-async: owned" }) },
    { name: "guarded by a lock", code: lost({ atState: "// run-async: guarded-by totals" }) },
    { name: "benign, with a reason", code: lost({ atWrite: "// run-async: benign only a hint" }) },
    { name: "a sequential handler", code: lost({ atHandler: "// run-async: sequential" }) },
    {
      name: "a field of a class",
      code: `${START}
class Shop {
  total = 0; // run-async: guarded-by the till
  async add() {
    const before = this.total;
    await load();
    this.total = before + 1;
  }
}
const shop = new Shop();
bot.command("add", () => shop.add());`,
    },
  ],
  invalid: [
    { name: "no comment", code: lost({}), errors },
    { name: "benign without a reason", code: lost({ atWrite: "// run-async: benign" }), errors },
    { name: "guarded by nothing", code: lost({ atState: "// run-async: guarded-by" }), errors },
    { name: "benign at the state", code: lost({ atState: "// run-async: benign a hint" }), errors },
    { name: "owned at the write", code: lost({ atWrite: "// run-async: owned" }), errors },
  ],
});

/** A timer that arms itself again after a wait, when somebody may have stopped it. */
function armedLate({ atSlot = "", atWrite = "" }): string {
  return `${START}
${atSlot}
let timer = setTimeout(tick, 1000);
bot.command("stop", () => clearTimeout(timer));
async function tick() {
  await load();
  ${atWrite}
  timer = setTimeout(tick, 1000);
}`;
}

tester.run("no-check-then-act", noCheckThenAct, {
  valid: [
    {
      name: "a timer's callback, benign with a reason",
      code: armedLate({ atWrite: "// run-async: benign one more tick is free" }),
    },
    {
      name: "a timer's slot that somebody guards",
      code: armedLate({ atSlot: "// run-async: guarded-by the scheduler" }),
    },
    {
      name: "two handlers of which the one lets nobody in beside it",
      code: `${START}
let isOpen = false;
// run-async: sequential
bot.command("open", async () => {
  if (isOpen) return;
  await load();
  isOpen = true;
});`,
    },
  ],
  invalid: [
    {
      name: "a timer's callback, without a comment",
      code: armedLate({}),
      errors: [{ message: /The timer in `timer` has fired by now/ }],
    },
    {
      name: "a timer's callback, benign without a reason",
      code: armedLate({ atWrite: "// run-async: benign" }),
      errors: [{ message: /The timer in `timer` has fired by now/ }],
    },
  ],
});
