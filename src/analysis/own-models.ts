import { MODELS, type DescribedModule, type Models } from "../models/index.ts";
import type { LockMethodModel, LockModel, WrapperModel } from "../models/model.ts";
import type { StoreModel } from "../models/store-model.ts";
import type { LockFunction, LockSetting, RunAsyncSettings, StoreSetting } from "./settings.ts";

const SOURCE = "the project's settings";

/** What is known of a project's calls: what the settings describe, in front of what is known of every project. */
export function modelsOf({ locks = [], stores = [], wrappers = [] }: RunAsyncSettings): Models {
  if (locks.length + stores.length + wrappers.length === 0) return MODELS;
  return {
    locks: [...locks.flatMap(lockModels), ...MODELS.locks],
    stores: [...stores.map(storeModel), ...MODELS.stores],
    wrappers: wrappers.flatMap(({ from, functions }) =>
      Object.entries(functions).map(([name, wrapper]): WrapperModel => {
        const lock = wrapper.lock ?? (wrapper.key === undefined ? undefined : `${from} ${name}`);
        return {
          handlers: "functions",
          ...wrapper,
          packages: [from],
          exports: [name],
          source: SOURCE,
          ...(lock === undefined ? {} : { lock }),
        };
      }),
    ),
    described: [...locks, ...stores, ...wrappers].map((setting): DescribedModule => ({
      from: setting.from,
      exports: exportsOf(setting),
    })),
  };
}

function exportsOf(setting: {
  name?: string | undefined;
  functions?: object | undefined;
}): string[] {
  return setting.name === undefined ? Object.keys(setting.functions ?? {}) : [setting.name];
}

/** One model of the class, and one for each function: also an exported instance's methods are functions. */
function lockModels(setting: LockSetting): LockModel[] {
  const { from, name, methods, functions } = setting;
  const common = { packages: [from], source: SOURCE };
  const paths =
    name === undefined
      ? Object.entries(functions)
      : Object.entries(methods).map(([method, fn]) => [`${name}.${method}`, fn] as const);
  const id = `${from} ${name ?? ""}`;
  const ofModule = paths.map(([path, fn]): LockModel => ({
    ...common,
    exports: [path],
    global: true,
    id,
    methods: { call: methodModel(fn) },
  }));
  if (name === undefined) return ofModule;
  const ofInstance = Object.entries(methods).map(([method, fn]) => [method, methodModel(fn)]);
  return [
    {
      ...common,
      exports: [name],
      methods: Object.fromEntries(ofInstance) as Record<string, LockMethodModel>,
    },
    ...ofModule,
  ];
}

function methodModel(fn: LockFunction): LockMethodModel {
  return { ...fn, kind: fn.kind ?? "section", callback: fn.callback ?? (fn.key === 0 ? 1 : 0) };
}

function storeModel(setting: StoreSetting): StoreModel {
  return {
    id: `${setting.from} ${setting.name ?? ""}`,
    packages: [setting.from],
    exports: exportsOf(setting),
    hasOtherExports: true,
    operations: setting.operations ?? setting.functions,
    isOneTable: "package",
    source: SOURCE,
  };
}
