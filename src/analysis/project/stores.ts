import { lookup } from "../../models/lookup.ts";
import type { TSESTree } from "@typescript-eslint/types";
import { MODELS } from "../../models/index.ts";
import type { StoreModel } from "../../models/store-model.ts";
import { TRANSACTIONS } from "../../models/stores/generic.ts";
import { FILE_MODULES } from "../../models/stores/files.ts";
import { REST_READS } from "../../models/stores/rest.ts";
import { isFunction, memberName, unwrap, type Node } from "../syntax/ast.ts";
import { siteId, type SourceFile } from "../syntax/source-file.ts";
import { moduleRecordOf } from "./module-record.ts";
import { Schemas } from "./schemas.ts";
import { TracedMap } from "./provenance.ts";
import { isOfPackages, matchExport, ModelsByModule } from "./match-export.ts";
import { CALLED, packageOf, type ExternalShape } from "./shape.ts";
import type { Shapes } from "./shapes.ts";
import { chainOf, type Chain } from "./store-chain.ts";
import { FILES, type Handle, type StoreCall } from "./store-call.ts";
import { describeFile } from "./store-files.ts";
import { describeModelled } from "./store-modelled.ts";
import { describeNamed } from "./store-named.ts";
import { describeSql } from "./store-sql.ts";
import { describeRemote } from "./store-remote.ts";
import { describeRequest } from "./store-request.ts";
import { tableOf } from "./store-table.ts";

export { optionOf } from "./store-chain.ts";
export type { StoreCall } from "./store-call.ts";

/** A callback that the store runs as one transaction. */
export interface TransactionCall {
  readonly callback: Node;
  readonly isProtected: boolean;
  readonly isSynchronous: boolean;
  readonly id: string;
}

/** A class of rows: `new User(...)` makes one that is not stored yet. */
export interface RowClass {
  readonly model: StoreModel;
  readonly table: string;
  readonly name: string;
}

/** Says which calls read or write outside the process, by the models and, for unseen modules, by names. */
export class Stores {
  readonly schemas: Schemas;
  readonly #shapes: Shapes;
  readonly #models: readonly StoreModel[];
  readonly #byModule: ModelsByModule<StoreModel>;
  readonly #used = new Map<StoreModel, boolean>();
  readonly #calls: TracedMap<Node, StoreCall | null>;

  constructor(shapes: Shapes) {
    this.#shapes = shapes;
    this.#models = shapes.models.stores;
    this.#byModule = new ModelsByModule(this.#models, ({ packages }, module) =>
      isOfPackages(module, packages),
    );
    this.schemas = new Schemas(shapes);
    this.#calls = new TracedMap(shapes.project.provenance);
  }

  forget(path: string): void {
    this.#calls.forget(path);
    this.#used.clear();
    this.schemas.forgetCode();
  }

  call(node: TSESTree.CallExpression, file: SourceFile): StoreCall | null {
    return this.#calls.answer(node, () => this.#describe(node, file));
  }

  /** sql`UPDATE ...`, where the tag is the handle itself. */
  tagged(node: TSESTree.TaggedTemplateExpression, file: SourceFile): StoreCall | null {
    return this.#calls.answer(node, () => {
      const chain = chainOf(node.tag, file, isTransactionMethod);
      const handle = this.#handleOf(chain);
      return handle?.model?.isTag
        ? describeSql(
            chain,
            handle,
            handle.model,
            [node.quasi],
            node.quasi.expressions,
            this.#shapes,
            this.schemas,
          )
        : null;
    });
  }

  transaction(node: TSESTree.CallExpression, file: SourceFile): TransactionCall | null {
    const callee = unwrap(node.callee);
    if (callee.type !== "MemberExpression") return null;
    const method = memberName(callee);
    const handle = this.#handleOf(chainOf(callee.object, file, isTransactionMethod));
    const modelled = lookup(handle?.model?.transactions, method);
    const protection = modelled?.protects ?? lookup(TRANSACTIONS, method);
    const callback = node.arguments.find((argument) => isFunction(argument));
    if (!protection || !callback || (handle?.model && !modelled)) return null;
    // Options stand beside the callback, or before it in a chain: `transaction().setIsolationLevel(...)`.
    const options = [callee.object, ...node.arguments.filter((argument) => argument !== callback)]
      .map((argument) => file.textOf(argument))
      .join();
    const isProtected =
      protection === "always" ||
      (protection === "serializable" &&
        (/serializable/i.test(options) || this.schemas.isIsolating(handle?.model ?? null)));
    return {
      callback,
      isProtected,
      isSynchronous: handle?.model?.synchronous ?? false,
      id: siteId({ file, node }),
    };
  }

  /** What `new X()` makes, where X is a model of a store. */
  rowClass(callee: Node, file: SourceFile): RowClass | null {
    const chain = chainOf(callee, file, isTransactionMethod);
    const handle = this.#handleOf(chain);
    if (!handle?.model?.rowOperations || handle.model.tableArgument === undefined) return null;
    const { table, name } = tableOf(chain, handle, null);
    return table === "" ? null : { model: handle.model, table: `${handle.id}.${table}`, name };
  }

  #describe(node: TSESTree.CallExpression, file: SourceFile): StoreCall | null {
    const chain = chainOf(node, file, isTransactionMethod);
    const last = chain.links.at(-1);
    if (!last?.call || /^(?:then|catch|finally|call|apply|bind)$/.test(last.name)) return null;
    const rest = restRead(chain);
    if (rest) return rest;
    const handle = this.#handleOf(chain);
    if (!handle || isOfAnswer(chain, handle.model)) return null;
    if (handle.model?.remote)
      return describeRemote(chain, handle, handle.model, handle.model.remote);
    if (handle.model?.requests)
      return describeRequest(chain, handle, handle.model, handle.model.requests);
    if (handle.id === FILES) return describeFile(chain, last, handle);
    return handle.model
      ? describeModelled(chain, handle, this.#shapes, this.schemas)
      : describeNamed(chain, last, handle);
  }

  /** The shortest beginning of the chain that is known to be a handle of a store. */
  #handleOf(chain: Chain): Handle | null {
    let handle = this.#namespaceFunction(chain);
    const isAwaited = chain.base.type === "AwaitExpression";
    for (let index = -1; index < chain.links.length && !handle; index += 1) {
      const link = chain.links[index];
      if (link && index === chain.links.length - 1 && index > 0 && !link.call) break;
      const node = link?.node ?? chain.base;
      const file = link?.file ?? chain.file;
      for (const shape of this.#shapes.of(node, file)) {
        handle = shape.kind === "class" ? this.#rowBase(shape, index) : null;
        if (shape.kind === "external") handle = this.#external(shape, chain, index, isAwaited);
        if (handle) break;
      }
    }
    return handle ?? this.#customary(chain);
  }

  /** `import * as bank from "./bank.ts"; bank.readAccount(id)`: a module of the project is no handle, its function is. */
  #namespaceFunction(chain: Chain): Handle | null {
    const [link] = chain.links;
    if (!link?.call || chain.links.length > 1 || this.#shapes.models.described.length === 0)
      return null;
    for (const shape of this.#shapes.of(link.call.callee, link.file)) {
      const model = shape.kind === "external" ? this.#modelOf(shape) : null;
      if (shape.kind === "external" && model?.hasOtherExports && shape.path.length === 1)
        return { id: model.id, shape, model, index: -1 };
    }
    return null;
  }

  /** `ctx.prisma.user.findMany()`: nobody says what hangs on the context, but its name and the project do. */
  #customary(chain: Chain): Handle | null {
    if (chain.base.type !== "Identifier" && chain.base.type !== "ThisExpression") return null;
    if (chain.base.type === "Identifier" && !this.#isParameter(chain)) return null;
    for (const [index, link] of chain.links.slice(0, 2).entries()) {
      if (link.call) return null;
      const model = this.#models.find((candidate) => candidate.handleNames?.includes(link.name));
      if (!model || !this.#uses(model)) continue;
      const shape: ExternalShape = {
        kind: "external",
        module: model.packages[0] ?? model.id,
        isMissing: false,
        path: [],
        site: null,
      };
      return { id: model.id, shape, model, index };
    }
    return null;
  }

  #isParameter(chain: Chain): boolean {
    return chain.file.variableOf(chain.base)?.defs[0]?.type === "Parameter";
  }

  /** Whether code of the project imports one of the model's packages. */
  #uses(model: StoreModel): boolean {
    let uses = this.#used.get(model);
    if (uses === undefined) {
      const { project } = this.#shapes;
      const packages = [...model.packages, ...(model.handlePackages ?? [])];
      uses = project.provenance.apart(() =>
        project
          .files()
          .some((file) =>
            moduleRecordOf(file).specifiers.some((name) => packages.includes(packageOf(name))),
          ),
      );
      this.#used.set(model, uses);
    }
    return uses;
  }

  /** `class User extends Model`: the class is the table. */
  #rowBase(shape: { node: TSESTree.Node; file: SourceFile }, index: number): Handle | null {
    const cls = shape.node as TSESTree.ClassDeclaration;
    if (!cls.superClass) return null;
    for (const base of this.#shapes.of(cls.superClass, shape.file)) {
      if (base.kind !== "external") continue;
      const model = this.#modelOf(base);
      const name = cls.id?.name;
      if (model && name !== undefined && /^(?:Model|BaseEntity)$/.test(base.path.at(-1) ?? ""))
        return { id: model.id, shape: base, model, index, tableName: name };
    }
    return null;
  }

  #external(shape: ExternalShape, chain: Chain, index: number, isAwaited: boolean): Handle | null {
    if (shape.module === "global") return null;
    const model = this.#modelOf(shape);
    if (model) {
      if (isResult(shape, model)) return null;
      return { id: model.id, shape, model, index };
    }
    if (index >= 0) return null;
    if (isAwaited || this.#isLocalResult(chain)) return null;
    if (FILE_MODULES.includes(shape.module)) return { id: FILES, shape, model: null, index };
    if (!shape.isMissing) return null;
    return { id: `${shape.module}:${shape.path.join(".")}`, shape, model: null, index };
  }

  #modelOf(shape: ExternalShape): StoreModel | null {
    if (shape.isMissing) return null;
    return (
      this.#byModule
        .of(shape)
        .find(
          ({ packages, exports, hasOtherExports }) =>
            !hasOtherExports || matchExport(shape, packages, exports) !== null,
        ) ?? null
    );
  }

  /** A local that holds what a call gave is a row or a result, and no handle to the store. */
  #isLocalResult(chain: Chain): boolean {
    if (chain.base.type !== "Identifier") return false;
    const declarator = chain.file.variableOf(chain.base)?.defs[0]?.node;
    return (
      declarator?.type === "VariableDeclarator" &&
      chain.file.enclosing(declarator).type !== "Program" &&
      declarator.init !== null
    );
  }
}

/** What an operation gave is a row or a list, and no handle. */
function isResult(shape: ExternalShape, model: StoreModel): boolean {
  if (model.remote)
    return shape.path.some(
      (part, index) => part === CALLED && !model.exports.includes(shape.path[index - 1] ?? ""),
    );
  return shape.path.some((part, index) => {
    const operation = shape.path[index + 1] === CALLED ? lookup(model.operations, part) : undefined;
    // The transaction that was begun is a handle itself.
    return operation !== undefined && operation.kind !== "begin";
  });
}

/** `db.prepare(sql).all().map(...)`: a call on the rows that an earlier link gave. */
function isOfAnswer({ links }: Chain, model: StoreModel | null): boolean {
  return links.slice(0, -1).some(({ name, call }) => call !== null && model?.runs?.includes(name));
}

const transactionMethods = new Set([
  ...Object.keys(TRANSACTIONS),
  ...MODELS.stores.flatMap((model) => Object.keys(model.transactions ?? {})),
]);

function isTransactionMethod(method: string): boolean {
  return transactionMethods.has(method);
}

function restRead(chain: Chain): StoreCall | null {
  const names = chain.links.map((link) => link.name);
  const rest = lookup(REST_READS, names.slice(-2).join("."));
  const call = chain.links.at(-1)?.call;
  if (!rest || !call) return null;
  return {
    table: rest.id,
    name: rest.name,
    noun: "",
    model: null,
    kind: "read",
    keys: call.arguments,
    columns: [],
    data: [],
    fields: [],
    inputs: call.arguments,
    isConditional: false,
    isLocking: false,
    isSynchronous: false,
    isUniqueLookup: false,
    whenMissing: null,
    keepsExisting: false,
    uniqueKeys: null,
  };
}
