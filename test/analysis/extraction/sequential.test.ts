// A handler whose other statements have to run in order is no task any more, wherever it was made one.
import { expect, test } from "vitest";
import { extractedFrom } from "./harness.ts";

const HANDLER = `import { counts } from "./counts.js";
export async function go(update, context) {
  counts.all += 1;
  await context.bot.sendMessage(update.effectiveChat.id, "Counted"); // <
}
`;

/** What becomes of the file that registers the handler. */
const registered = (bot: string, file = "bot.js", handler = HANDLER): string | undefined => {
  const extracted = extractedFrom({
    [file]: bot.replace(/^\n/, ""),
    "go.js": handler,
    "counts.js": "export const counts = { all: 0 };\n",
  });
  return typeof extracted === "string" ? extracted : extracted[file];
};

const RUNTIME = `"eslint-plugin-run-async/runtime"`;

test("the wrapper goes, and its import with it", () => {
  expect(
    registered(`
import { CommandHandler, Updater } from ${RUNTIME};
import { runAsync } from ${RUNTIME};
import { go } from "./go.js";
new Updater("").dispatcher.addHandler(new CommandHandler("go", runAsync(go)));
`),
  ).toMatchInlineSnapshot(`
    "import { CommandHandler, Updater } from "eslint-plugin-run-async/runtime";
    import { go } from "./go.js";
    new Updater("").dispatcher.addHandler(new CommandHandler("go", go));
    "
  `);
});

test("an import on the line of another statement", () => {
  const text = registered(`
import { runAsync } from ${RUNTIME}; import { CommandHandler, Updater } from ${RUNTIME};
import { go } from "./go.js";
new Updater("").dispatcher.addHandler(new CommandHandler("go", runAsync(go)));
`);
  expect(text?.split("\n")[0]).toBe(` import { CommandHandler, Updater } from ${RUNTIME};`);
});

test.each([
  ["{ runAsync, CommandHandler, Updater }", "{ CommandHandler, Updater }"],
  ["{ CommandHandler, runAsync, Updater }", "{ CommandHandler, Updater }"],
  ["{ CommandHandler, Updater, runAsync }", "{ CommandHandler, Updater }"],
])("out of %s", (before, after) => {
  const text = registered(`
import ${before} from ${RUNTIME};
import { go } from "./go.js";
new Updater("").dispatcher.addHandler(new CommandHandler("go", runAsync(go)));
`);
  expect(text?.split("\n")[0]).toBe(`import ${after} from ${RUNTIME};`);
});

test("an import that something else uses stays, as does one of another kind", () => {
  const used = registered(`
import { CommandHandler, Updater, runAsync } from ${RUNTIME};
import { go } from "./go.js";
const { dispatcher } = new Updater("");
dispatcher.addHandler(new CommandHandler("go", runAsync(go)));
dispatcher.addHandler(new CommandHandler("no", runAsync(async () => {})));
`);
  expect(used).toContain("Updater, runAsync }");
  const whole = registered(`
import * as runtime from ${RUNTIME};
import { go } from "./go.js";
const { dispatcher } = new runtime.Updater("");
dispatcher.addHandler(new runtime.CommandHandler("go", runtime.runAsync(go)));
`);
  expect(whole).toContain("import * as runtime from");
  expect(whole).toContain(`CommandHandler("go", go)`);
});

test.each([
  ['"go", go, { runAsync: true }', '"go", go'],
  ['"go", go, { runAsync: true, block: false }', '"go", go, { block: false }'],
  ['"go", go, { block: false, runAsync: true }', '"go", go, { block: false }'],
  ['"go", go, { runAsync: true, ...more, "a b": 1 }', '"go", go, { ...more, "a b": 1 }'],
])("the option of a registration: %s", (before, after) => {
  const text = registered(`
import { CommandHandler, Updater } from ${RUNTIME};
import { go } from "./go.js";
new Updater("").dispatcher.addHandler(new CommandHandler(${before}));
`);
  expect(text).toContain(`new CommandHandler(${after})`);
});

test.each([
  ["with a key of its own", '"go", runAsync(go, { key: () => 1 })'],
  ["that is ordered already", '"go", go, { runAsync: true, sequentialBy: () => 1 }'],
  ["without the option", '"go", go, { block: false }'],
  ["without options", '"go", go'],
])("a handler %s stays as it is", (_name, args) => {
  const text = registered(`
import { CommandHandler, Updater, runAsync } from ${RUNTIME};
import { go } from "./go.js";
new Updater("").dispatcher.addHandler(new CommandHandler(${args}));
`);
  expect(text ?? "nothing").toBe("nothing");
});

test("a handler that need not run in order stays a task", () => {
  const text = registered(
    `
import { CommandHandler, Updater, runAsync } from ${RUNTIME};
import { go } from "./go.js";
new Updater("").dispatcher.addHandler(new CommandHandler("go", runAsync(go)));
`,
    "bot.js",
    HANDLER.replace("counts.all += 1;", "console.log(counts.all);"),
  );
  expect(text).toBe(undefined);
});

test("a handler that the project calls as a task cannot be made one that is none", () => {
  expect(
    extractedFrom({
      "bot.js": `import { CommandHandler, Updater, runAsync } from ${RUNTIME};
let count = 0;
const go = runAsync(async (update, context) => {
  count += 1;
  await context.bot.sendMessage(update.effectiveChat.id, "Counted"); // <
});
const again = (update, context) => go(update, context);
const { dispatcher } = new Updater("");
dispatcher.addHandler(new CommandHandler("go", go));
dispatcher.addHandler(new CommandHandler("again", again));
`,
    }),
  ).toBe("calls the handler as a task, but what it does besides has to run in order");
});

test.each([
  [
    "async (update, context)",
    "async (update: Update, context: Context)",
    ", type Update, type Context",
  ],
  ["async update", "async (update: Update)", ", type Update"],
  ["async (update)", "async (update: Update)", ", type Update"],
  ["async (update: Mine, context)", "async (update: Mine, context: Context)", ", type Context"],
  ["async (update = first, context)", "async (update = first, context: Context)", ", type Context"],
  ["async ({ message }, context)", "async ({ message }, context: Context)", ", type Context"],
])("a parameter whose type the wrapper gave is annotated: %s", (before, after, types) => {
  const extracted = extractedFrom({
    "bot.ts": `import { CommandHandler, Updater, runAsync } from ${RUNTIME};
let count = 0;
new Updater("").dispatcher.addHandler(
  new CommandHandler("go", runAsync(${before} => {
    count += 1;
    await admin.sendMessage(-1, "Counted"); // <
  })),
);
`,
  });
  const text = typeof extracted === "string" ? extracted : extracted["bot.ts"];
  expect(text).toContain(`new CommandHandler("go", ${after} => {\n    count += 1;`);
  expect(text).toContain(`import { CommandHandler, Updater, runAsync${types} } from`);
});
