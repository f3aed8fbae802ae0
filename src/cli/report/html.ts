/** Markup, as opposed to text that has to be escaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template: text and numbers are escaped, null is nothing, lists are one after the other. */
export type HtmlValue = string | number | Html | null | readonly HtmlValue[];

/**
 * Markup with values in it. Every value is escaped for content and for quoted attributes, so that a bot's
 * strings stay strings whatever they hold; only `Html` is taken as it is.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  // The templates' own indentation is for their readers.
  const raw = parts.map((part) => part.replace(/\n\s*/g, "\n"));
  return new Html(String.raw({ raw }, ...values.map(markupOf)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function markupOf(value: HtmlValue): string {
  if (value === null) return "";
  if (value instanceof Html) return value.markup;
  if (typeof value === "object") return value.map(markupOf).join("");
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** Text in which backquotes mark code. */
export function withCode(text: string): HtmlValue {
  return text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
