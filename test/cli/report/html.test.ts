import { expect, test } from "vitest";
import { counted, html, withCode } from "../../../src/cli/report/html.ts";

test("values are escaped in content and in attributes, markup is not", () => {
  const hostile = `</script><img src=x onerror='a("b")'>&amp;`;
  const inner = html`<b title="${hostile}">${hostile}</b>`;
  const escaped = "&lt;/script&gt;&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt;&amp;amp;";
  expect(html`<p>${inner}</p>`.markup).toBe(`<p><b title="${escaped}">${escaped}</b></p>`);
});

test("lists are put together, null is nothing, zero is a number", () => {
  expect(html`${[1, "a", [null, 0]]}${null}`.markup).toBe("1a0");
});

test("a value keeps its line feeds, the template loses its indentation", () => {
  expect(
    html`<pre>
      ${"a\n  b"}
    </pre>`.markup,
  ).toBe("<pre>\na\n  b\n</pre>");
});

test("backquotes mark code, which is escaped as well", () => {
  expect(html`${withCode("read `a<b>` and `c`.")}`.markup).toBe(
    "read <code>a&lt;b&gt;</code> and <code>c</code>.",
  );
});

test.each([
  [0, "0 slots"],
  [1, "1 slot"],
  [2, "2 slots"],
])("%i", (count, text) => {
  expect(counted(count, "slot")).toBe(text);
});
