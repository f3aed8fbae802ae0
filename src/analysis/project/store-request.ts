import { lookup } from "../../models/lookup.ts";
import type { RequestModel, StoreModel, StoreOperation } from "../../models/store-model.ts";
import { dottedName, namedProperties, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { group, lastPart } from "../syntax/text.ts";
import { constantObject, inputsOf } from "./store-arguments.ts";
import type { Handle, StoreCall, StoredField } from "./store-call.ts";
import { optionOf, type Chain, type ChainLink } from "./store-chain.ts";
import { singular } from "./store-table.ts";

/** `documents.get({ TableName, Key })`, `client.send(new GetCommand({ TableName, Key }))`. */
export function describeRequest(
  chain: Chain,
  handle: Handle,
  model: StoreModel,
  requests: RequestModel,
): StoreCall | null {
  const links = chain.links.slice(handle.index + 1);
  const sent = links.map((link) => requestIn(link, model, requests)).find((found) => found);
  if (!sent) return null;
  const { kind, options, file } = sent;
  const option = (name: string): Node | null => {
    const value = optionOf(options, name);
    return value && constantObject(value, file);
  };
  const table = nameOf(option(requests.table));
  const text = new RequestText(option(requests.names), option(requests.values));
  const key = option(requests.key);
  const named = text.equalities(stringValue(option(requests.query)));
  const keys = key?.type === "ObjectExpression" ? namedProperties(key) : named;
  const row = option(requests.row);
  const change = option(requests.change);
  const fields = text.changes(stringValue(change));
  const condition = text.condition(option(requests.condition));
  const isRow = row !== null;
  return {
    table: `${handle.id}.${singular(table)}`,
    name: table,
    noun: "",
    model,
    // Where the row is there already, the request fails and has changed nothing.
    kind: condition === "missing" ? "idempotent" : kind,
    keys: keys.length > 0 ? keys.map(({ value }) => value) : key && named.length === 0 ? [key] : [],
    columns: keys.map(({ name }) => name),
    data: row ? [row] : change && fields.length === 0 ? [option(requests.values) ?? change] : [],
    fields,
    inputs: inputsOf(chain, links),
    isConditional: condition === "state",
    isLocking: false,
    isSynchronous: false,
    isUniqueLookup: false,
    whenMissing: isRow && condition === null && kind === "write" ? "creates" : null,
    keepsExisting: false,
    // A second row with the same key replaces the first.
    uniqueKeys: [],
  };
}

interface SentRequest {
  readonly kind: Exclude<StoreOperation["kind"], "sql">;
  readonly options: Node;
  readonly file: SourceFile;
}

/** The request that a link makes, where one can be seen: by its own name, or by that of the command that it sends. */
function requestIn(
  { name, call, file }: ChainLink,
  model: StoreModel,
  requests: RequestModel,
): SentRequest | null {
  const [argument] = call?.arguments ?? [];
  if (!argument || argument.type === "SpreadElement") return null;
  const given = constantObject(argument, file);
  const isSent = name === requests.sends;
  const request =
    given.type === "NewExpression" ? lastPart(dottedName(given.callee)) : isSent ? "" : name;
  const operation = lookup(model.operations, request.replace(requests.suffix, "").toLowerCase());
  const held = given.type === "NewExpression" ? given.arguments[0] : given;
  if (!operation || operation.kind === "sql" || !held || held.type === "SpreadElement") return null;
  return { kind: operation.kind, options: constantObject(held, file), file };
}

/** `"users"`, `process.env.USERS_TABLE`, `config.tables.users`. */
function nameOf(node: Node | null): string {
  if (!node) return "";
  return stringValue(node) ?? lastPart(dottedName(unwrap(node)));
}

const STATES = /attribute_type|begins_with|contains|size|between|[<>=]|\bin\b/i;

/** The expressions of a request, in which `#name` stands for an attribute and `:name` for a value. */
class RequestText {
  readonly #names: Node | null;
  readonly #values: Node | null;

  constructor(names: Node | null, values: Node | null) {
    this.#names = names;
    this.#values = values;
  }

  /** Attributes that must equal a value: `userId = :user`. */
  equalities(text: string | null): { readonly name: string; readonly value: Node }[] {
    return [...(text ?? "").matchAll(/([#\w.]+)\s*=\s*(:\w+)/g)].flatMap((match) => {
      const value = optionOf(this.#values ?? undefined, group(match, 2));
      return value ? [{ name: this.#attribute(group(match, 1)), value }] : [];
    });
  }

  /** The attributes that an update sets, each computed by the caller or by the store from what it holds. */
  changes(text: string | null): StoredField[] {
    if (text === null) return [];
    const parts = text.split(/\b(SET|REMOVE|ADD|DELETE)\b/i).slice(1);
    return parts.flatMap((clause, index) =>
      index % 2 === 0 ? [] : this.#clause((parts[index - 1] ?? "").toUpperCase(), clause),
    );
  }

  #clause(verb: string, clause: string): StoredField[] {
    // Commas inside of parentheses separate arguments.
    return clause.split(/,(?![^(]*\))/).map((part): StoredField => {
      const [path = "", expression = ""] = part.split("=").map((side) => side.trim());
      const attribute = (verb === "SET" ? path : path.split(/\s+/)[0]) ?? "";
      const isComputed = expression.split(/[^#\w.[\]]+/).includes(attribute);
      return {
        name: this.#attribute(attribute),
        value: optionOf(this.#values ?? undefined, expression),
        isAtomic: verb === "ADD" || verb === "DELETE" || isComputed,
      };
    });
  }

  /** What must hold: that there is no such row, or something about its state; null where nothing that helps. */
  condition(node: Node | null): "missing" | "state" | null {
    if (!node) return null;
    const text = stringValue(node);
    if (text !== null && /^\s*attribute_not_exists\s*\([^)]*\)\s*$/i.test(text)) return "missing";
    return text === null || STATES.test(text) || /attribute_not_exists/i.test(text)
      ? "state"
      : null;
  }

  /** `#balance` is what the names say. */
  #attribute(path: string): string {
    const first = path.split(/[.[]/)[0] ?? "";
    return stringValue(optionOf(this.#names ?? undefined, first)) ?? first;
  }
}
