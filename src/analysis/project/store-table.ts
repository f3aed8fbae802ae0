import { dottedName, isFunction, stringValue, unwrap, type Node } from "../syntax/ast.ts";
import { siteId } from "../syntax/source-file.ts";
import { lastPart } from "../syntax/text.ts";
import { CALLED } from "./shape.ts";
import type { Handle } from "./store-call.ts";
import type { Chain } from "./store-chain.ts";

/** Words that a name of a table's handle may carry: `usersRepository`, `UserModel`. */
const HANDLE_WORDS = /(?:Repository|Repo|Model|Collection|Table|Store|Dao|Schema|Entity)$/;

export interface TableName {
  /** The same for every way to reach the table. */
  readonly table: string;
  /** How the code at hand names it. */
  readonly name: string;
}

/** Which table a chain is about; `argument` names it where the operation does. */
export function tableOf(chain: Chain, handle: Handle, argument: Node | null): TableName {
  const model = handle.model;
  if (argument) return named(nameOf(argument));
  if (handle.tableName !== undefined) return named(handle.tableName);
  const builders = new Set(model?.chain?.tables);
  for (const link of chain.links) {
    const first = builders.has(link.name) ? link.call?.arguments[0] : undefined;
    if (first) return named(nameOf(first));
  }
  const own = registeredTable(handle) ?? (handle.shape.site ? tableOfHandle(handle) : null);
  if (own !== null) return { ...named(own), name: wordOf(chain, handle) ?? own };
  if (model?.isOneTable) {
    const name = ownName(chain, handle);
    const { site } = handle.shape;
    return { table: model.isOneTable === "package" ? "" : site ? siteId(site) : name, name };
  }
  const operations = model?.operations ?? {};
  const filters = new Set(model?.chain?.filters);
  const parts: string[] = [];
  for (const link of chain.links.slice(handle.index + 1)) {
    if (link.call && Object.hasOwn(operations, link.name) && link.name !== CALLED) break;
    if (filters.has(link.name)) continue;
    if (link.name !== CALLED && !link.call) parts.push(link.name);
    const [first] = link.call?.arguments ?? [];
    const text = first && first.type !== "SpreadElement" ? stringValue(first) : null;
    if (text !== null) parts.push(text);
  }
  const last = parts.at(-1);
  if (last !== undefined) return named(last);
  return named(calledFor(chain, handle) ?? ownName(chain, handle));
}

/** `this.service.knex("cities")`, of a field that is known by its type: what was made is called for a table. */
function calledFor(chain: Chain, { index, shape }: Handle): string | null {
  const isCalledAgain = shape.path.at(-1) === CALLED && shape.path.at(-2) === CALLED;
  const first = isCalledAgain ? chain.links[index]?.call?.arguments[0] : undefined;
  return first && first.type !== "SpreadElement" ? stringValue(first) : null;
}

/** `mongoose.models.User || mongoose.model("User", schema)`: what was made for a table before is found by its name. */
function registeredTable({ model, shape }: Handle): string | null {
  const { registry } = model ?? {};
  const at = registry === undefined ? -1 : shape.path.lastIndexOf(registry);
  return at === -1 ? null : (shape.path[at + 1] ?? null);
}

/** `mongoose.model("User", schema)`, `dataSource.getRepository(User)`: the handle was made for a table. */
function tableOfHandle(handle: Handle): string | null {
  const made = handle.shape.site?.node;
  if (made?.type !== "CallExpression") return null;
  const method = handle.shape.path.filter((part) => part !== CALLED).at(-1) ?? "";
  const position =
    handle.model?.tableArgument ??
    (/^(?:getRepository|collection|from|getCollection)$/.test(method) ? 0 : undefined);
  const argument = position === undefined ? undefined : made.arguments[position];
  return argument && argument.type !== "SpreadElement" ? nameOf(argument) : null;
}

function ownName(chain: Chain, handle: Handle): string {
  return wordOf(chain, handle) ?? "the store";
}

/** The name of the variable or property that holds the handle; null for what a call gives: `this.getUsers().get(id)`. */
function wordOf(chain: Chain, handle: Handle): string | null {
  const node = chain.links[handle.index]?.node ?? chain.base;
  const name = lastPart(dottedName(node));
  if (!/^[\w$]+$/.test(name)) return null;
  return (BARE_HANDLE.test(name) && ownerName(chain, node)) || name;
}

/** Names of a handle that say nothing of its table. */
const BARE_HANDLE = /^(?:repository|repo|model|collection|table|dao|entity)$/i;

/** What the words of a class that keeps a table add to the table's name. */
const OWNER_WORDS = /(?:Service|Repository|Repo|Manager|Provider|Store|Dao|Storage)$/;

/** `this.userService.repository`, `this.repository` in `UserService`: the table of the one who has the handle. */
function ownerName({ file }: Chain, node: Node): string | null {
  const inner = unwrap(node);
  if (inner.type !== "MemberExpression") return null;
  const object = unwrap(inner.object);
  const fn = file.enclosing(object);
  const owner =
    object.type === "ThisExpression"
      ? isFunction(fn)
        ? file.classOf(fn)?.id?.name
        : undefined
      : lastPart(dottedName(object));
  return owner?.replace(OWNER_WORDS, "") || null;
}

function nameOf(node: Node): string {
  const inner = unwrap(node);
  const text = stringValue(inner);
  if (text !== null) return text.replace(/\s+as\s.*$/is, "");
  // `User.name` in `@InjectModel(User.name)` and `getModelToken(User.name)`
  return lastPart(dottedName(inner).replace(/\.name$/, ""));
}

function named(name: string): TableName {
  return { table: singular(name.replace(HANDLE_WORDS, "") || name), name };
}

/** `Users`, `users` and `User` are one table under three habits. */
export function singular(name: string): string {
  return name
    .toLowerCase()
    .replace(/_/g, "")
    .replace(/(?<=[^s])s$/, "");
}
