import type { RemoteModel, StoreModel } from "../../models/store-model.ts";
import { lookup } from "../../models/lookup.ts";
import { REMOTE_VERBS } from "../../models/stores/remote.ts";
import { propertyName, unwrap, type Node } from "../syntax/ast.ts";
import { expressions, inputsOf } from "./store-arguments.ts";
import type { Handle, StoreCall, StoredField } from "./store-call.ts";
import type { Chain } from "./store-chain.ts";
import { singular } from "./store-table.ts";

/** `client.issues.listComments(...)`: a request to a remote service, by the name of the client's method. */
export function describeRemote(
  chain: Chain,
  handle: Handle,
  model: StoreModel,
  remote: RemoteModel,
): StoreCall | null {
  const links = chain.links.slice(handle.index + 1);
  const last = links.at(-1);
  if (!last?.call) return null;
  const names = links.slice(0, -1).filter((link) => !remote.skips.includes(link.name));
  if (names.length === 0 || names.some((link) => link.call)) return null;
  const method = [...names.map((link) => link.name), last.name].join(".");
  const words = last.name.split(/(?=[A-Z])/);
  const kind = lookup(REMOTE_VERBS, words[0] ?? "");
  if (!kind || kind === "sql") return null;
  const namespace = method.slice(0, -last.name.length - 1);
  const resource =
    lookup(remote.resources, method) ?? lookup(remote.resources, namespace) ?? namespace;
  const noun = nounOf(words);
  const name = noun === "" ? resource : `${resource}.${noun}`;
  return {
    table: `${model.id}.${resource.toLowerCase()}.${singular(noun)}`,
    name,
    noun: "",
    model,
    kind: remote.conditional?.includes(method) ? "atomic" : kind,
    keys: [],
    columns: [],
    data: [],
    fields: kind === "write" ? changedFields(expressions(last.call)[0]) : [],
    inputs: inputsOf(chain, links),
    isConditional: false,
    isLocking: false,
    isSynchronous: false,
    isUniqueLookup: false,
    whenMissing: remote.failsWhenMissing && kind === "delete" ? "fails" : null,
    keepsExisting: false,
    uniqueKeys: null,
  };
}

/** Parameters that say which resource is meant, and change nothing in it. */
const IDENTIFIES = /^(?:id|.*_id|.*Id|.*_number|owner|repo|org|ref|name|sha|ts|channel|range)$/;

/** Parameters that hold what is sent: its parts are what changes. */
const BODIES: ReadonlySet<string> = new Set(["requestBody", "resource", "properties"]);

/** The parameters of a request, also of `context.repo({ ... })`, which adds the repository's. */
function changedFields(argument: Node | undefined): StoredField[] {
  const inner = argument && unwrap(argument);
  if (inner?.type === "CallExpression" && inner.arguments.length === 1)
    return changedFields(expressions(inner)[0]);
  if (inner?.type !== "ObjectExpression") return [];
  return inner.properties.flatMap((property): StoredField[] => {
    const name = property.type === "Property" ? propertyName(property) : null;
    if (property.type === "Property" && name !== null && BODIES.has(name))
      return changedFields(property.value);
    return property.type !== "Property" || name === null || IDENTIFIES.test(name)
      ? []
      : [{ name, value: property.value, isAtomic: false }];
  });
}

/** `labels` of `listLabelsOnIssue`; nothing for `listForRef`. */
function nounOf(words: readonly string[]): string {
  const rest = words.slice(1);
  const end = rest.findIndex((word) => /^(?:For|By|On|In|From|To|With|All)$/.test(word));
  return (end === -1 ? rest : rest.slice(0, end)).join("");
}
