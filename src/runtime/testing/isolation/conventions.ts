import type { StubIdentity } from "./stub.ts";

/** Boxed, so that undefined is a value too. */
export interface Conventional {
  readonly value: unknown;
}

const FUNCTION_MEMBERS: Readonly<Record<string, unknown>> = {
  __esModule: true,
  length: 1,
  toJSON: undefined,
  constructor: undefined,
  toString: () => "1",
  valueOf: () => 1,
};

/** Properties that hold text in the updates of chat frameworks. */
const TEXTS = new Set([
  "text",
  "content",
  "caption",
  "match",
  "payload",
  "data",
  "customId",
  "commandName",
  "username",
  "first_name",
  "displayName",
  "tag",
]);

/** What a property is by its name alone: ids are 1 and texts "1", so that they can be keys and be compared. */
export function conventionalProperty(
  name: string,
  kind: StubIdentity["kind"],
): Conventional | undefined {
  if (Object.hasOwn(FUNCTION_MEMBERS, name)) return { value: FUNCTION_MEMBERS[name] };
  if (kind === "module") return undefined;
  if (/^id$|Id$|_id$/.test(name)) return { value: 1 };
  if (kind === "update" && TEXTS.has(name)) return { value: "1" };
  return undefined;
}

/** Methods of an update that look something up in it and wait for nothing. */
const OPTION_GETTERS =
  /^get(?:String|Integer|Number|Boolean|User|Member|Role|Channel|Subcommand|Mentionable|Attachment|Focused)$/;

/** Array.prototype and String.prototype have these, and so have stores and clients. */
const AMBIGUOUS = new Set(["at", "concat", "link", "match", "search", "big", "small", "sub"]);

/**
 * What a method of an update or of a result gives at once, by its name: tests are true, options are 1, and the
 * methods of texts, numbers and arrays do what they do. Undefined for anything that may be I/O.
 *
 * @param element what a list has as its only element
 */
export function conventionalCall(
  name: string,
  args: readonly unknown[],
  kind: StubIdentity["kind"],
  element: () => unknown,
): Conventional | undefined {
  if (kind === "module") return undefined;
  if (/^(?:is|has|in)[A-Z]/.test(name)) return { value: true };
  if (OPTION_GETTERS.test(name)) {
    if (/Integer|Number/.test(name)) return { value: 1 };
    if (/String|Subcommand|Focused/.test(name)) return { value: "1" };
    return { value: name.endsWith("Boolean") ? true : element() };
  }
  if (AMBIGUOUS.has(name)) return undefined;
  const of = (receiver: unknown): Conventional | undefined => {
    const method: unknown = (Object(receiver) as Record<string, unknown>)[name];
    return typeof method === "function"
      ? { value: Reflect.apply(method, receiver, args) as unknown }
      : undefined;
  };
  if (typeof args[0] === "function" || name === "join") {
    const ofList = of([element()]);
    if (ofList) return ofList;
  }
  return of("1") ?? of(1);
}

const MESSAGES = /^(?:send|reply|respond|answer|forward|editMessage|editText|deleteMessage|say$)/;

/** Methods that only an update's own objects have under these names: other things are updated as well. */
const UPDATE_MESSAGES =
  /^(?:ack|edit|defer|deferReply|deferUpdate|followUp|react|update|show\w+|delete(?:Reply)?)$/;

/**
 * Whether a call shows something to a person: a method of an update, or of a client (`bot.sendMessage`), with
 * a name that chat frameworks use. A function of the project that is called `sendInvoice` is none.
 */
export function isMessage(label: string, kind: StubIdentity["kind"]): boolean {
  const steps = label.split(".");
  const name = steps.at(-1) ?? "";
  if (kind === "update") return MESSAGES.test(name) || UPDATE_MESSAGES.test(name);
  return steps.length > 1 && MESSAGES.test(name);
}
