const MOST_PREFIXES = 12;

/** What is known of the beginning of a computed path. */
export interface PathPrefix {
  readonly text: string;
  /** `whole`: the path itself; `start`: it goes on; `entry`: a name that a listing of the folder `text` gave. */
  readonly kind: "whole" | "start" | "entry";
}

/** A path that is known to its end. */
export function whole(text: string): PathPrefix {
  return { text, kind: "whole" };
}

/** A name in a listing of the folder. */
export function entry(text: string): PathPrefix {
  return { text, kind: "entry" };
}

/** Each once, and no more than anybody follows. */
export function unique(prefixes: readonly PathPrefix[]): PathPrefix[] {
  const byText = new Map(prefixes.map((prefix) => [`${prefix.kind} ${prefix.text}`, prefix]));
  return [...byText.values()].slice(0, MOST_PREFIXES);
}

/** Without a URL's scheme, and with slashes. */
export function bare(text: string): string {
  return text.replace(/^file:\/\//, "").replaceAll("\\", "/");
}

/** Joins parts up to the first unknown one. An entry's folder is part of nothing but its own path. */
export function joined(parts: readonly (readonly PathPrefix[])[], separator: string): PathPrefix[] {
  let open: PathPrefix[] = [whole("")];
  for (const [index, alternatives] of parts.entries()) {
    if (open.every(({ kind }) => kind !== "whole")) break;
    open = open
      .flatMap((before): PathPrefix[] => {
        if (before.kind !== "whole") return [before];
        const isFirst = /^(?:file:\/*)?$/.test(before.text);
        const known = alternatives.filter(({ kind }) => isFirst || kind !== "entry");
        if (known.length === 0) return isFirst ? [] : [{ ...before, kind: "start" }];
        return known.map(({ text, kind }) => {
          if (kind === "entry") return entry(text);
          const needsSeparator = index > 0 && separator !== "" && !before.text.endsWith(separator);
          return { text: before.text + (needsSeparator ? separator : "") + text, kind };
        });
      })
      .slice(0, MOST_PREFIXES);
  }
  return open.map((prefix) => ({ ...prefix, text: bare(prefix.text) }));
}
