// Which function, class, instance or package export an expression may be.
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import type { Shape } from "../../../src/analysis/project/shape.ts";
import { Shapes } from "../../../src/analysis/project/shapes.ts";
import { propertyName } from "../../../src/analysis/syntax/ast.ts";
import { projectOf, type Files } from "../harness.ts";

/** What the initial values of all constants called `asked` may be, sorted. */
function asked(files: Files): string[] {
  const project = projectOf(files);
  const shapes = new Shapes(project);
  return project
    .component()
    .flatMap((path) => {
      const file = project.fileAt(path);
      const variables = file?.scopes.scopes.flatMap((scope) => scope.variables) ?? [];
      return variables.flatMap((variable) =>
        file && variable.name === "asked" ? shapes.ofVariable(variable, file) : [],
      );
    })
    .map(said)
    .sort();
}

function said(shape: Shape): string {
  switch (shape.kind) {
    case "function": {
      const parent = shape.file.parentOf(shape.node);
      const name =
        shape.node.id?.name ??
        (parent?.type === "MethodDefinition" || parent?.type === "Property"
          ? propertyName(parent)
          : shape.file.textOf(shape.node));
      return `function ${String(name)}`;
    }
    case "class":
      return `class ${shape.node.id?.name ?? ""}`;
    case "instance":
      return `${shape.site ? "new" : "a"} ${shape.cls.node.id?.name ?? ""}`;
    case "external":
      return `${shape.isMissing ? "missing " : ""}${basename(shape.module)} ${shape.path.join(".")}`;
    case "namespace":
      return `all of ${basename(shape.path)}`;
    case "object":
    case "array":
      return shape.file.textOf(shape.node);
  }
}

const PROGRAM = `import { Client, Collection } from "discord.js"; import type * as Discord from "discord.js"; import { Bank } from "./missing.js";
function pay() {} function refund() {}
class Shop { static open = pay; static close() {} till = pay; declare cashier: Till; sell() { return this; } get made() { return new Till(); } }
class Till { constructor(readonly shop: Shop, private clerk = pay, ...rest) { this.first = pay; this[name] = refund; } count() {} }
class Kiosk extends Shop { sell() { return super.sell(); } ask() { return super.sell; } } class Booth extends Kiosk { sell() {} } class Tent extends Client { go() { return this.login; } static made = Tent.from; }
class Odd extends make() {} class Loop extends Loop {}
interface Seller { sell(): void } interface Named extends Seller, Discord.Named {} class Clerk implements Seller, Discord.User { sell() {} }
type Either = Shop | Till; type Again = Again; type Both = Client & { shop: Shop }; interface MyClient extends Client {} type Text = string;
const shop = new Shop(); const list = [pay, refund]; const table = { pay, refund, nested: { pay } };
`;

describe("types", () => {
  test.each([
    ["a class", "Shop", ["a Shop"]],
    ["a union", "Shop | null", ["a Shop"]],
    ["a promise of it", "Promise<Shop>", ["a Shop"]],
    ["a promise of nothing", "Promise", []],
    ["an alias", "Either", ["a Shop", "a Till"]],
    ["an alias of itself", "Again", []],
    ["an alias of no class", "Text", []],
    ["a keyword", "string", []],
    ["a class of a package", "Client", ["discord.js Client.()"]],
    ["a class of a package by its namespace", "Discord.Client", ["discord.js Client.()"]],
    ["a class of a module that is not there", "Bank", []],
    ["a namespace that is a class", "Shop.Inner", []],
    ["a type of nobody", "Unknown", []],
    ["a namespace of nobody", "Unknown.Inner.Type", []],
    ["an intersection", "Both", ["discord.js Client.()"]],
    ["an interface, by those who implement it", "Seller", ["a Clerk"]],
    ["an interface that extends another", "Named", []],
    ["an interface that extends a class of a package", "MyClient", ["discord.js Client.()"]],
    ["an imported type", `import("./x.js").Shop`, []],
  ])("%s", (_title, type, expected) => {
    expect(asked(`${PROGRAM}function f(given: ${type}) { const asked = given; }`)).toEqual(
      expected,
    );
    expect(asked(`${PROGRAM}let asked: ${type};`)).toEqual(expected);
  });
});

describe("classes", () => {
  test.each([
    ["a method", "shop.sell", ["function sell"]],
    ["a field", "shop.till", ["function pay"]],
    ["a declared field", "shop.cashier", ["a Till"]],
    ["a getter", "shop.made", ["new Till"]],
    ["a static field", "Shop.open", ["function pay"]],
    ["a static method", "Shop.close", ["function close"]],
    ["a static method of an instance", "shop.close", []],
    ["a parameter property", "new Till(shop).shop", ["new Shop"]],
    ["a parameter property with a default", "new Till(shop).clerk", ["function pay"]],
    ["a field that the constructor sets", "new Till(shop).first", ["function pay"]],
    ["a field of nobody", "new Till(shop).none", []],
    ["an inherited method", "new Kiosk().made", ["new Till"]],
    ["a method of super", "new Kiosk().ask()", ["function sell"]],
    ["this", "new Booth().made", ["new Till"]],
    ["what this is", "shop.sell()", ["a Shop"]],
    ["a member of a class of a package", "new Tent().go()", ["discord.js Client.().login"]],
    ["a static member of a class of a package", "Tent.made", ["discord.js Client.from"]],
    ["a class of which nothing is known", "new Odd().go", ["global make.().().go"]],
    ["a class that extends itself", "new Loop().go", []],
    ["bound", "shop.sell.bind(shop)", ["function sell"]],
    ["call", "shop.sell.call", ["function sell"]],
    ["the length of a method", "shop.sell.length", []],
    ["an instance of a computed class", "new (make())()", ["global make.().()"]],
    ["new of a package", "new Client()", ["discord.js Client.()"]],
    ["new of a function", "new pay()", []],
  ])("%s", (_title, expression, expected) => {
    expect(asked(`${PROGRAM}const asked = ${expression};`)).toEqual(expected);
  });

  test("methods of subclasses, where only the type is known", () => {
    expect(asked(`${PROGRAM}function f(shop: Shop) { const asked = shop.sell; }`)).toEqual([
      "function sell",
      "function sell",
      "function sell",
    ]);
  });

  test.each([
    [
      "a class field's arrow",
      "class A { go() {} field = () => { const asked = this.go; }; }",
      ["function go"],
    ],
    [
      "a field's callback",
      "class A { go() {} x = wrap(() => { const asked = this.go; }); }",
      ["function go"],
    ],
    [
      "a literal's method",
      "const o = { go() {}, run() { const asked = this.go; } };",
      ["function go"],
    ],
    [
      "a field's callback, in a class that a function makes",
      "function make() { return class { go() {} x = wrap(() => { const asked = this.go; }); }; }",
      ["function go"],
    ],
    ["a function of its own", "function f() { const asked = this.go; }", []],
    ["an arrow of the module", "const f = () => { const asked = this.go; };", []],
    ["the module", "const asked = this;", []],
  ])("this in %s", (_title, program, expected) => {
    expect(asked(program)).toEqual(expected);
  });
});

describe("values", () => {
  test.each([
    ["nothing", "undefined", []],
    ["an unknown name", "unknown", ["global unknown"]],
    ["a member of a literal", "table.pay", ["function pay"]],
    ["a member of a member", "table.nested.pay", ["function pay"]],
    ["a member by a computed name", "table[key]", ["function pay", "function refund", "{ pay }"]],
    ["an element of a list", "list[index]", ["function pay", "function refund"]],
    ["a spread list", "[...list][0]", ["function pay", "function refund"]],
    ["a spread literal", "({ ...table, pay: refund }).refund", ["function refund"]],
    ["an assignment", "(kept = pay)", ["function pay"]],
    ["a conditional", "flag ? pay : refund", ["function pay", "function refund"]],
    ["a method that finds", "list.find(Boolean)", ["function pay", "function refund"]],
    ["a method that keeps", "list.filter(Boolean)", ["[pay, refund]"]],
    ["values of a literal", "Object.values(table)", ["{ pay, refund, nested: { pay } }"]],
    ["a method of a list", "list.length", []],
    ["a promise's value", "list.then((x) => x)", ["[pay, refund]"]],
    ["a function of a package", "promisify(pay)", ["function pay"]],
    ["frozen", "Object.freeze(pay)", ["function pay"]],
    ["a typed container", "container.get<Shop>(key)", ["a Shop", "global container.get.()"]],
    ["a spread argument", "wrap(...list)", ["global wrap.()"]],
    ["a number", "1", []],
  ])("%s", (_title, expression, expected) => {
    expect(asked(`${PROGRAM}const asked = ${expression};`)).toEqual(expected);
  });

  test.each([
    ["an object pattern", "const { pay: asked } = table;", ["function pay"]],
    ["a default", "const { none: asked = refund } = table;", ["function refund"]],
    ["a nested pattern", "const { nested: { pay: asked } } = table;", ["function pay"]],
    ["a computed key", "const { [key]: asked } = table;", []],
    ["the rest of an object", "const { pay: p, ...asked } = table;", []],
    ["an array pattern", "const [, asked] = list;", ["function refund"]],
    ["an array pattern of a literal", "const [asked] = table;", []],
    ["the rest of an array", "const [first, ...asked] = list;", []],
    ["a loop", "for (const asked of list) ;", ["function pay", "function refund"]],
    ["a loop over names", "for (const asked in table) ;", []],
    ["set later", "let asked; asked = pay;", ["function pay"]],
    ["set by a pattern", "let asked; [asked] = list;", []],
    ["counted", "let asked = 0; asked += 1;", []],
    ["a callback's parameter", "list.forEach((asked) => {});", ["function pay", "function refund"]],
    ["a callback's second parameter", "list.forEach((x, asked) => {});", []],
    ["a callback of nobody knows what", "list.visit((asked) => {});", []],
    ["a then callback", "table.then((asked) => {});", ["{ pay, refund, nested: { pay } }"]],
    ["a parameter", "function f(asked) {} f(pay); f(...list);", ["function pay"]],
    [
      "a parameter with a default",
      "function f(asked = refund) {} f(pay);",
      ["function pay", "function refund"],
    ],
    ["a rest parameter", "function f(...asked) {} f(pay);", []],
    ["a parameter property", "class A { constructor(private asked: Shop) {} }", ["a Shop"]],
    ["a caught error", "try { pay(); } catch (asked) {}", []],
    ["an enumeration", "enum asked { A }", []],
    [
      "a constructor's parameter",
      "class A { constructor(asked) {} } new A(pay);",
      ["function pay"],
    ],
  ])("%s", (_title, program, expected) => {
    expect(asked(PROGRAM + program)).toEqual(expected);
  });
});

describe("tables", () => {
  test.each([
    ["set", "registry.set('a', pay);", "registry.get('a')", ["function pay"]],
    ["push", "jobs.push(pay);", "jobs.shift()", ["function pay"]],
    ["an index", "jobs[0] = pay;", "jobs[n]", ["function pay"]],
    [
      "a table under another name",
      "client.commands.set('a', pay); const { commands } = client;",
      "commands.get('a')",
      ["function pay"],
    ],
    [
      "a constant for a table",
      "client.commands.set('a', pay); const all = client.commands;",
      "all.get('a')",
      ["function pay"],
    ],
    [
      "data",
      "registry.set('a', 1); registry.set('b', n + 1); registry.set(...pair);",
      "registry.get('a')",
      [],
    ],
    ["a table without a name", "make().set('a', pay);", "make().get('a')", []],
    [
      "a member of somebody else's object",
      "client.pay = pay;",
      "client.pay",
      ["function pay", "global client.pay"],
    ],
    ["a name that a module exports", "exports.pay = pay;", "client.pay", ["global client.pay"]],
    ["a collection", "client.set = pay;", "new Map().set", ["global Map.().set"]],
    ["a number there", "client.pay = 1;", "client.pay", ["global client.pay"]],
    [
      "Object.assign",
      "Object.assign(client, { pay, [key]: refund, ...more, limit: 5 }, other);",
      "client.pay",
      ["function pay", "global client.pay"],
    ],
    [
      "Object.defineProperty",
      `Object.defineProperty(client, "pay", { value: pay });`,
      "client.pay",
      ["function pay", "global client.pay"],
    ],
    [
      "a getter there",
      `Object.defineProperty(client, "pay", { get: pay }); Object.defineProperty(client, name, { value: pay }); Object.defineProperty(client); Object.assign(make(), { pay }); Object.keys(client);`,
      "client.pay",
      ["global client.pay"],
    ],
  ])("%s", (_title, filled, expression, expected) => {
    const found = asked(
      `function pay() {} function refund() {}\n${filled}\nconst asked = ${expression};`,
    );
    expect(found.filter((shape) => !/^global .*(?:get|shift)\.\(\)$/.test(shape))).toEqual(
      expected,
    );
  });
});

describe("modules", () => {
  const files = {
    "lib/shop.js": `export function pay() {} export default class Shop {} export const table = { pay }; export { pay as charge };`,
    "lib/index.js": `export * from "./shop.js"; export { default as Shop } from "./shop.js"; export * as all from "./shop.js"; export * from "./gone.js";`,
    "lib/common.cjs": `function pay() {} module.exports = { pay, inner: { pay } };`,
    "lib/named.cjs": `exports.pay = function pay() {}; module.exports.refund = function refund() {};`,
    "lib/one.cjs": `module.exports = function pay() {};`,
    "lib/circle.js": `export * from "./round.js";`,
    "lib/round.js": `export * from "./circle.js";`,
    "lib/types.ts": `export class Till {} export interface Seller {} export type Any = Till; class Clerk implements Seller {}`,
  };
  test.each([
    ["a named import", `import { pay } from "./lib/shop.js"; const asked = pay;`, ["function pay"]],
    [
      "a renamed export",
      `import { charge } from "./lib/shop.js"; const asked = charge;`,
      ["function pay"],
    ],
    ["a default import", `import Shop from "./lib/shop.js"; const asked = Shop;`, ["class Shop"]],
    ["a star export", `import { pay } from "./lib/index.js"; const asked = pay;`, ["function pay"]],
    [
      "a default under a name",
      `import { Shop } from "./lib/index.js"; const asked = Shop;`,
      ["class Shop"],
    ],
    [
      "a namespace export",
      `import { all } from "./lib/index.js"; const asked = all.pay;`,
      ["function pay"],
    ],
    [
      "a namespace",
      `import * as shop from "./lib/shop.js"; const asked = shop.table.pay;`,
      ["function pay"],
    ],
    [
      "a member by a computed name",
      `import * as shop from "./lib/named.cjs"; const asked = shop[name];`,
      ["function pay", "function refund"],
    ],
    [
      "an export that is not there",
      `import { none } from "./lib/shop.js"; const asked = none;`,
      [],
    ],
    [
      "a module that is not there",
      `import { pay } from "./lib/gone.js"; const asked = pay;`,
      ["missing gone.js pay"],
    ],
    [
      "all of a module that is not there",
      `import * as gone from "./lib/gone.js"; const asked = gone;`,
      ["missing gone.js "],
    ],
    ["star exports in a circle", `import { pay } from "./lib/circle.js"; const asked = pay;`, []],
    [
      "a package",
      `import { Client } from "discord.js"; const asked = Client;`,
      ["discord.js Client"],
    ],
    [
      "a default that is not there",
      `import named from "./lib/named.cjs"; const asked = named;`,
      [],
    ],
    [
      "require",
      `const { pay } = require("./lib/common.cjs"); const asked = pay;`,
      ["function pay"],
    ],
    ["require of a function", `const asked = require("./lib/one.cjs");`, ["function pay"]],
    ["require of exports", `const asked = require("./lib/named.cjs");`, ["all of named.cjs"]],
    ["require of a module", `const asked = require("./lib/shop.js");`, ["all of shop.js"]],
    [
      "a member of require",
      `const asked = require("./lib/common.cjs").inner.pay;`,
      ["function pay"],
    ],
    ["an awaited import", `const asked = (await import("./lib/shop.js")).pay;`, ["function pay"]],
    [
      "a default of CommonJS",
      `import common from "./lib/common.cjs"; const asked = common.pay;`,
      ["function pay"],
    ],
    [
      "exports of the module itself",
      `exports.pay = function pay() {}; const asked = exports;`,
      ["all of bot.js"],
    ],
    [
      "module.exports of the module itself",
      `module.exports.pay = function pay() {}; const asked = module.exports;`,
      ["all of bot.js"],
    ],
  ])("%s", (_title, text, expected) => {
    expect(asked({ ...files, "bot.js": text })).toEqual(expected);
  });

  test.each([
    [
      "an imported class",
      `import { Till } from "./lib/types.js"; function f(asked: Till) {}`,
      ["a Till"],
    ],
    [
      "an imported alias",
      `import type { Any } from "./lib/types.js"; function f(asked: Any) {}`,
      ["a Till"],
    ],
    [
      "an imported interface",
      `import type { Seller as S } from "./lib/types.js"; function f(asked: S) {}`,
      ["a Clerk"],
    ],
    [
      "a type of a module that is not there",
      `import type { Any } from "./lib/gone.js"; function f(asked: Any) {}`,
      [],
    ],
    [
      "a type that is not there",
      `import type { None } from "./lib/types.js"; function f(asked: None) {}`,
      [],
    ],
    [
      "a type of a package",
      `import type { Client } from "discord.js"; function f(asked: Client) {}`,
      ["discord.js Client.()"],
    ],
  ])("%s", (_title, text, expected) => {
    expect(asked({ ...files, "bot.ts": text })).toEqual(expected);
  });
});
