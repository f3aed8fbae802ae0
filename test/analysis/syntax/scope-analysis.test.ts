import { analyze } from "@typescript-eslint/scope-manager";
import type { Variable as PeerVariable } from "@typescript-eslint/scope-manager";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseFile } from "../../../src/analysis/project/parser.ts";
import type { Node } from "../../../src/analysis/syntax/ast.ts";
import type { SourceFile } from "../../../src/analysis/syntax/source-file.ts";

/** What both analyses say of a variable, in terms of offsets in the text. */
interface Described {
  readonly name: string;
  readonly declaredAt: readonly number[];
  readonly owner: number;
  readonly definitions: readonly string[];
  readonly references: readonly string[];
}

interface Describable {
  readonly name: string;
  readonly identifiers: readonly object[];
  readonly scope: { readonly variableScope: { readonly block: object } };
  readonly defs: readonly { type: string; node: object }[];
  readonly references: readonly {
    readonly identifier: object;
    readonly writeExpr?: object | null;
    readonly init?: boolean | null;
    isWrite(): boolean;
  }[];
}

const at = (node: object): number => (node as Node).range[0];

const described = (variable: Describable): Described => ({
  name: variable.name,
  declaredAt: variable.identifiers.map(at),
  owner: at(variable.scope.variableScope.block),
  definitions: variable.defs.map(({ type, node }) => `${type}@${String(at(node))}`),
  references: variable.references.map((reference) =>
    [
      at(reference.identifier),
      reference.isWrite() ? "write" : "read",
      reference.init === true ? "first" : "",
      reference.writeExpr ? at(reference.writeExpr) : "",
    ].join(" "),
  ),
});

/** By the offsets of all identifiers that declare or use a variable. */
const ours = (file: SourceFile): Map<number, Described> =>
  new Map(
    [...file.scopes.variables].map(([identifier, variable]) => [
      at(identifier),
      described(variable),
    ]),
  );

const peers = (file: SourceFile): Map<number, Described> => {
  const isModule = file.ast.body.some(({ type }) => /^(?:Import|Export)/.test(type));
  const { scopes } = analyze(file.ast, {
    sourceType: isModule ? "module" : "script",
    globalReturn: !isModule,
    lib: [],
    jsxPragma: null,
  });
  const variables = new Map<object, PeerVariable>();
  for (const scope of scopes) {
    for (const variable of scope.variables)
      for (const identifier of variable.identifiers) variables.set(identifier, variable);
    for (const { identifier, resolved } of scope.references)
      if (resolved && (resolved.defs.length > 0 || resolved.name === "arguments"))
        variables.set(identifier, resolved);
  }
  return new Map(
    [...variables].map(([identifier, variable]) => [at(identifier), described(variable)]),
  );
};

const parsed = (text: string, name = "file.tsx"): SourceFile => {
  const file = parseFile(name, text);
  if (!file) throw new Error("does not parse");
  return file;
};

const CASES: Readonly<Record<string, string>> = {
  "a var belongs to its function, wherever it stands": `
    function f() { use(x); if (a) { for (var x of list) { var y = x; } } return y; }`,
  "a let belongs to its block": `
    let x = 1; { let x = 2; use(x); } for (let x = 0; x < 3; x++) use(x); use(x);`,
  "a block without declarations": `let x = 1; { x = 2; { use(x); } } x += 1;`,
  "a use before the declaration": `use(later); const f = () => later; let later = 1;`,
  "a function in a block": `if (a) { function g() {} g(); } g();`,
  "names of function expressions": `const f = function g() { return g(); }; g();`,
  "default values do not see the body": `
    const x = 1; function f(a = x, b = a, { c = b, ...d } = {}, [e = d] = []) { const x = 2; return [x, c, e]; }`,
  arguments: `function f() { return () => arguments; } const g = (a = arguments) => a; f(arguments);`,
  "destructuring, declared and assigned": `
    let a, b, rest; const { x: y, [key()]: z = y, ...others } = source; ({ a, b: o.b, ...rest } = others); [a = b, ...o.list] = z;`,
  "assignments of all kinds": `let n = 0; n = 1; n += 2; n++; --n; n ??= 3; for (n of list) use(n); for (n in list); (n as any) = 4; n! = 5;`,
  catch: `try {} catch (error) { use(error); var error2 = error; } try {} catch { use(error); } try {} catch ({ message = m }) { use(message); }`,
  switch: `switch (x) { case 1: let x = 2; use(x); break; default: x = 3; } let x = 4;`,
  "labels, meta properties and keys are no uses": `
    const loop = 1, target = 2, key = 3; loop: for (;;) { continue loop; } function f() { new.target; return { key: 1, [key]: 2, f }.key; }`,
  "classes see their own name inside": `
    class A extends B { static make() { return new A(); } #p = A; [key] = this; static { var A2 = A; } } A = 1;
    const C = class D { d = D; arrow = () => D; }; D;`,
  "methods, accessors and decorators": `
    @dec(A) class A { @on(x) m(@arg p: P, q = p) { return q; } get g() { return p; } @prop f: F; constructor(private readonly s: S = make()) {} }`,
  "imports and exports": `
    import d, { a as b, type T } from "m"; import * as ns from "n"; export { b, type T as U, ns as default }; export type { V }; type V = T; export * from "x"; export const e = d;`,
  "export default of a name": `interface X {} const X = 1; export default X;`,
  CommonJS: `const a = require("a"); module.exports = { a }; var b = exports; function f() { return b; }`,
  "types mean types, values mean values": `
    type Config = { a: Config[] }; const Config = 1; let v: Config; let w: typeof Config; use(Config);`,
  "type parameters": `
    function f<T extends U, U = T>(x: T): x is U { type L<V> = V | T; return x as L<U>; } interface I<T> extends Base<T>, ns.Other { m<K extends keyof T>(k: K): T[K]; [i: string]: T; new (x: T): I<T>; }`,
  "function types": `type F = (a: A, { b }: typeof a, ...rest: typeof b[]) => asserts a is A; type G = new <T>(x: T) => T; let a;`,
  "conditional and mapped types": `
    type R<T> = T extends (x: infer P) => infer Q ? P | Q : P; type M<T> = { readonly [K in keyof T as Name<K>]?: T[K] };
    type N = T extends { [X in infer Y]: X } ? Y : Y; type Tuple = [first: First, rest?: Rest]; type Im = import("m").X<Arg>;`,
  "enums and namespaces": `
    enum Color { Red = 1, "green" = Red, Blue = Color.Red } namespace N { export const a = Color.Red; var b = a; } use(N.a); declare module "m" { let c: N; } declare global { let g: 1; } import Alias = N.a;`,
  "implemented types and type arguments": `
    class A<T> extends B<T> implements C<T>, D { m = f<T>(x)<U>; } new A<E>(); f<G>(); tag<H>\`\${x}\`; const i = f<I>; const s = {} satisfies S;`,
  JSX: `const Card = 1, div = 2, o = {}; const view = <Card a={div} {...o}><o.Item<T> /><div>{Card}</div></Card>;`,
  "overloads and ambient functions": `function f(a: string): void; function f(a: number): void; function f(a) { use(a); } declare function g(x: X): Y; abstract class Q { abstract m(x: X): void; abstract p: P; }`,
};

describe("scope analysis", () => {
  it.each(Object.entries(CASES))("resolves as its peer does: %s", (_name, text) => {
    const file = parsed(text);

    expect(ours(file)).toEqual(peers(file));
  });

  it("resolves the sources of the analysis as its peer does", () => {
    const folder = join(import.meta.dirname, "../../../src/analysis/flow");
    for (const name of readdirSync(folder)) {
      const file = parsed(readFileSync(join(folder, name), "utf8"), name);

      expect(ours(file), name).toEqual(peers(file));
    }
  });
});
