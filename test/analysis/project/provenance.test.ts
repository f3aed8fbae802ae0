import { describe, expect, test } from "vitest";
import { Provenance, TracedMap } from "../../../src/analysis/project/provenance.ts";

/** A map of answers, each of which looks into the files that its question names: `a+b`. */
function answers(): { readonly map: TracedMap<string, string>; ask: (question: string) => string } {
  const provenance = new Provenance();
  const map = new TracedMap<string, string>(provenance);
  const ask = (question: string): string =>
    map.answer(question, () => {
      for (const part of question.split("+"))
        if (part.startsWith("(")) ask(part.slice(1, -1).replaceAll("&", "+"));
        else provenance.note(part);
      return question;
    });
  return { map, ask };
}

describe("answers by file", () => {
  test("an edit drops the answers that looked into the file", () => {
    const { map, ask } = answers();
    for (const question of ["a", "b", "a+b", "c"]) ask(question);
    map.forget("a");
    expect(["a", "b", "a+b", "c"].map((question) => map.get(question))).toEqual([
      undefined,
      "b",
      undefined,
      "c",
    ]);
  });

  test("an answer that uses another one brings its files along, made new or known before", () => {
    const { map, ask } = answers();
    ask("c+(a)");
    ask("d+(a)");
    map.forget("a");
    expect([map.get("c+(a)"), map.get("d+(a)")]).toEqual([undefined, undefined]);
  });

  test("more files than one word of bits has are told apart", () => {
    const { map, ask } = answers();
    const files = Array.from({ length: 100 }, (_, index) => `f${String(index)}`);
    for (const file of files) ask(file);
    ask(files.slice(40, 80).join("+"));
    map.forget("f70");
    expect(files.filter((file) => map.get(file) === undefined)).toEqual(["f70"]);
    expect(map.get(files.slice(40, 80).join("+"))).toBeUndefined();
  });

  test("a pass that belongs to nobody leaves no files behind, an answer that fails does", () => {
    const provenance = new Provenance();
    const map = new TracedMap<string, null>(provenance);
    map.answer("index", () => {
      provenance.apart(() => {
        provenance.note("a");
      });
      return null;
    });
    map.answer("outer", () => {
      try {
        map.answer("inner", () => {
          provenance.note("a");
          throw new Error("cut short");
        });
      } catch {
        // The one around it has looked into the file all the same.
      }
      return null;
    });
    map.forget("a");
    expect([map.get("index"), map.get("outer")]).toEqual([null, undefined]);
  });

  test("an answer of null is an answer", () => {
    const provenance = new Provenance();
    const map = new TracedMap<string, null>(provenance);
    let asked = 0;
    const ask = (): null =>
      map.answer("q", () => {
        asked += 1;
        return null;
      });
    ask();
    ask();
    expect(asked).toBe(1);
  });
});
