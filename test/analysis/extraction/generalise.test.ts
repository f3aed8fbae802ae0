// What similar statements have in common becomes a body, what differs its parameters.
import { describe, expect, test } from "vitest";
import { movedIn } from "./harness.ts";

describe("one function of several statements", () => {
  test("the parts of a template are parameters, words of its text are not taken apart", () => {
    expect(
      movedIn(`
  await ctx.reply(\`Seat \${ctx.match} is "free" or so\`); // <
  total += 1;
  await ctx.reply(\`Seat \${ctx.from.id} is freezing\`); // >
`),
    ).toMatchInlineSnapshot(`
      "const notify = runAsync(
        async function notify(ctx, value, part) {
          await ctx.reply(\`Seat \${value} is \${part}\`);
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        notify(ctx, ctx.match, \`"free" or so\`); // <
        total += 1;
        notify(ctx, ctx.from.id, "freezing"); // >"
    `);
  });

  test("one text after the other, where they have no part in common", () => {
    expect(
      movedIn(`
  await ctx.reply(\`one\`); // <
  total += 1;
  await ctx.reply(\`\${ctx.match}\`); // >
`),
    ).toMatchInlineSnapshot(`
      "const notify = runAsync(
        async function notify(ctx, message) {
          await ctx.reply(message);
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        notify(ctx, \`one\`); // <
        total += 1;
        notify(ctx, \`\${ctx.match}\`); // >"
    `);
  });

  test("sums and arrays are taken apart, entries of objects by their name", () => {
    expect(
      movedIn(`
  await ctx.reply("Total: " + ctx.match, { tags: [ctx.match, "a"], ...look, "#": 1 }); // <
  total += 1;
  await ctx.reply("Total: " + ctx.from.id, { tags: [ctx.from.id, "a"], ...look, "#": 2 }); // >
`),
    ).toMatchInlineSnapshot(`
      "const notify = runAsync(
        async function notify(ctx, value, value2) {
          await ctx.reply("Total: " + value, { tags: [value, "a"], ...look, "#": value2 });
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        notify(ctx, ctx.match, 1); // <
        total += 1;
        notify(ctx, ctx.from.id, 2); // >"
    `);
  });

  test.each([
    ["another operator", "ctx.match + 1", "ctx.match - 1", "value"],
    ["a sum and none", "ctx.match + 1", "ctx.match", "value"],
    ["arrays of another length", "[ctx.match]", "[ctx.match, 1]", "message"],
    ["an empty array", "[]", "[ctx.match]", "message"],
    ["an array and none", "[ctx.match]", "ctx.match", "message"],
    ["objects with another entry", "{ a: ctx.match }", "{ b: ctx.match }", "message"],
    ["objects with one more entry", "{ a: ctx.match }", "{ a: ctx.match, b: 1 }", "message"],
    ["objects with computed entries", "{ [ctx.match]: 1 }", "{ [ctx.match]: 2 }", "message"],
    ["objects with methods", "{ a() {} }", "{ a() { return 1; } }", "message"],
    ["an object and a spread one", "{ a: ctx.match }", "{ ...ctx.match }", "message"],
    ["an object and none", "{ a: ctx.match }", "ctx.match", "message"],
    ["templates of other parts", "`${ctx.match}`", "`${ctx.match} ${ctx.from}`", "message"],
  ])("%s: the caller gives all of it", (_name, one, two) => {
    const text = movedIn(`
  await ctx.reply(${one}); // <
  total += 1;
  await ctx.reply(${two}); // >
`);
    expect(text).toMatch(/async function notify\(ctx, (\w+)\) {\n {4}await ctx\.reply\(\1\);/);
    expect(text).toContain(`  notify(ctx, ${one}); // <`);
    expect(text).toContain(`  notify(ctx, ${two}); // >`);
  });

  test("all arguments at once stay all arguments", () => {
    expect(
      movedIn(`
  await ctx.reply(...ctx.match); // <
  total += 1;
  await ctx.reply(...ctx.words); // >
`),
    ).toMatchInlineSnapshot(`
      "const notify = runAsync(
        async function notify(ctx, value) {
          await ctx.reply(...value);
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        notify(ctx, ctx.match); // <
        total += 1;
        notify(ctx, ctx.words); // >"
    `);
  });

  test("a callback that both have moves as it is, with what it uses", () => {
    expect(
      movedIn(`
  const mail = ctx.match; // <
  ctx.reply("one").catch((error) => console.warn(mail, error));
  total += 1;
  ctx.reply("two").catch((error) => console.warn(mail, error)); // >
`),
    ).toMatchInlineSnapshot(`
      "const notify = runAsync(
        async function notify(ctx, message, mail) {
          await ctx.reply(message).catch((error) => console.warn(mail, error));
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        const mail = ctx.match; // <
        notify(ctx, "one", mail);
        total += 1;
        notify(ctx, "two", mail); // >"
    `);
  });

  test("runs of several statements", () => {
    expect(
      movedIn(`
  console.log("one", ctx.match); // <
  await ctx.reply("one");
  total += 1;
  console.log("two", ctx.match);
  await ctx.reply("two"); // >
`),
    ).toMatchInlineSnapshot(`
      "const logAndNotify = runAsync(
        async function logAndNotify(ctx, entry, match) {
          console.log(entry, match);
          await ctx.reply(entry);
        },
        { key: (ctx) => ctx.chat?.id ?? "" },
      );

        // <
        logAndNotify(ctx, "one", ctx.match);
        total += 1;
        logAndNotify(ctx, "two", ctx.match); // >"
    `);
  });
});

describe("two functions", () => {
  test.each([
    ["another method", 'ctx.reply("one")', 'ctx.replyWithDice("one")'],
    ["one more argument", 'ctx.reply("one")', 'ctx.reply("two", look)'],
    ["a helper and a method", "senders.hello(ctx)", "ctx.reply(look)"],
    ["another helper", "senders.hello(ctx)", "greet(ctx)"],
    ["another speaker", 'ctx.reply("one")', 'ctx.message.reply("two")'],
    ["a call that may be left out", 'ctx.reply("one")', 'ctx?.reply("two")'],
    [
      "another callback",
      'ctx.reply("one").catch(() => fail(1))',
      'ctx.reply("two").catch(() => fail(2))',
    ],
    [
      "one with a callback, one without",
      'ctx.reply("one", () => fail(1))',
      'ctx.reply("two", look)',
    ],
    ["arguments that are spread", "ctx.reply(...ctx.match)", "ctx.reply(ctx.from)"],
    ["another length of a run", 'ctx.reply("one"); await ctx.react("two")', 'ctx.reply("three")'],
  ])("%s", (_name, one, two) => {
    const text = movedIn(`
  await ${one}; // <
  total += 1;
  await ${two}; // >
`);
    expect(text).toMatch(/const notify = /);
    expect(text).toMatch(/const notify2 = /);
  });
});

describe("refused", () => {
  test.each([
    ["a function is called on the spot", "await (() => ctx.reply())()"],
    ["a function of a table", 'await senders["hello"](ctx)'],
    ["a callback looks at what changes", "let n = 1; ctx.reply().then(() => fail(n)); n = 2"],
  ])("%s", (_name, statement) => {
    expect(movedIn(`\n  ${statement}; // <\n`)).toMatch(/reassigned, or code that cannot be given/);
  });
});
