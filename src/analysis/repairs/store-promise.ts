import type { TSESTree } from "@typescript-eslint/types";
import { indentAt, styleOf } from "../extraction/style.ts";
import type { Repair, TextEdit } from "../finding.ts";
import { moduleRecordOf } from "../project/module-record.ts";
import {
  contains,
  isFunction,
  memberName,
  propertyName,
  unwrap,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import {
  constantOf,
  freeName,
  isReading,
  isStable,
  isSameKey,
  nodesIn,
  positionsOf,
  type LocalRace,
} from "./blocks.ts";

/** `const cache = new Map()`, known to this file alone. */
interface Cache {
  readonly name: string;
  readonly made: TSESTree.NewExpression;
}

/**
 * Stores the promise of a value where the awaited value was stored: whoever asks meanwhile waits for the same
 * load. A load that fails is taken out again. Null unless every reader in the file takes a promise as well as a
 * value: it awaits it, or gives it back from an async function.
 */
export function storePromise(race: LocalRace): Repair | null {
  const { hazard, file, fn } = race;
  if (hazard.kind !== "check-then-act" || hazard.outcome !== "absent" || !fn.async) return null;
  const [position] = positionsOf(hazard.site.node, race);
  const statement = position?.list[position.index];
  if (!position || statement?.type !== "ExpressionStatement") return null;
  const write = unwrap(statement.expression);
  if (write.type !== "CallExpression" || memberName(write.callee) !== "set") return null;
  const [key, value] = write.arguments;
  const cache = cacheOf(write, file);
  if (!key || !value || !cache || !asksWhetherThere(hazard.read.site.node, key, file)) return null;
  if (!isReading(key) || !isStable(key, file, "")) return null;
  const before = position.list[position.index - 1];
  const load = loadOf(value, before, file);
  if (!load) return null;
  const style = styleOf(file);
  const first = load.declared ?? statement;
  const newLine = style.newline + indentAt(file.text, first.range[0]);
  const name = freeName("loading", file);
  const at = file.textOf(key);
  const wait = `await ${name}`;
  const lines = [
    `const ${name} = Promise.resolve(${file.textOf(load.promise)})`,
    `${cache.name}.set(${at}, ${name})`,
    `${name}.catch(() => {${newLine}${style.indent}if (${cache.name}.get(${at}) === ${name}) ${cache.name}.delete(${at})${style.end}${newLine}})`,
    load.declared ? `const ${load.name} = ${wait}` : wait,
  ];
  const edit: TextEdit = {
    start: first.range[0],
    end: statement.range[1],
    text: lines.map((line) => line + style.end).join(newLine),
  };
  return {
    title: `Store the promise in \`${cache.name}\`: whoever asks meanwhile waits for the same load`,
    edits: [...typeEdits(cache, file), edit].sort((a, b) => a.start - b.start),
  };
}

/** `has(id)`. What `get(id)` gives may be empty though it was loaded; a promise never is. */
function asksWhetherThere(read: Node, key: Node, file: SourceFile): boolean {
  const inner = unwrap(read);
  return (
    inner.type === "CallExpression" &&
    memberName(inner.callee) === "has" &&
    isSameKey(inner, key, file)
  );
}

interface Load {
  readonly promise: Node;
  /** `const value = await load(id);` right before the write. */
  readonly declared: Node | null;
  readonly name: string;
}

/** What is awaited: in the write itself, or in the declaration in front of it. */
function loadOf(value: Node, before: Node | undefined, file: SourceFile): Load | null {
  const inner = unwrap(value);
  if (inner.type === "AwaitExpression")
    return { promise: inner.argument, declared: null, name: "" };
  const declarator = before && constantOf(before);
  if (!before || !declarator?.init) return null;
  const awaited = unwrap(declarator.init);
  if (awaited.type !== "AwaitExpression" || inner.type !== "Identifier") return null;
  const declared = file.variableOf(declarator.id);
  return declared && file.variableOf(inner) === declared
    ? { promise: awaited.argument, declared: before, name: inner.name }
    : null;
}

function cacheOf(write: TSESTree.CallExpression, file: SourceFile): Cache | null {
  const callee = unwrap(write.callee);
  const object = callee.type === "MemberExpression" ? callee.object : null;
  const variable = object?.type === "Identifier" ? file.variableOf(object) : null;
  const declarator = variable?.defs[0]?.node;
  if (!variable || declarator?.type !== "VariableDeclarator" || !declarator.init) return null;
  const made = declarator.init;
  const isMap =
    made.type === "NewExpression" &&
    made.arguments.length === 0 &&
    made.callee.type === "Identifier" &&
    made.callee.name === "Map" &&
    declarator.id.type === "Identifier" &&
    !declarator.id.typeAnnotation;
  if (!isMap || isOffered(variable.name, file)) return null;
  const others = variable.references.filter(
    ({ identifier, init }) => !init && !contains(write, identifier),
  );
  return others.every(({ identifier }) => takesPromise(identifier, file))
    ? { name: variable.name, made }
    : null;
}

function isOffered(name: string, file: SourceFile): boolean {
  return [...moduleRecordOf(file).exports.values()].some(
    (binding) =>
      binding.kind === "expression" &&
      [...nodesIn(binding.node, true)].some(
        (node) => node.type === "Identifier" && node.name === name,
      ),
  );
}

/** Whether a use of the map goes as well with promises in it. */
function takesPromise(use: Node, file: SourceFile): boolean {
  const member = file.parentOf(use);
  if (member?.type !== "MemberExpression" || member.object !== use) return false;
  const name = propertyName(member) ?? "";
  if (/^(?:has|delete|clear|size)$/.test(name)) return true;
  const call = file.parentOf(member);
  return name === "get" && call?.type === "CallExpression" && isAwaitedLater(call, file);
}

function isAwaitedLater(value: Node, file: SourceFile): boolean {
  let node = value;
  let parent = file.parentOf(node);
  while (parent && unwrap(parent) === unwrap(node)) {
    node = parent;
    parent = file.parentOf(node);
  }
  switch (parent?.type) {
    case "AwaitExpression":
    case "ExpressionStatement":
      return true;
    case "ReturnStatement":
    case "ArrowFunctionExpression": {
      const fn = parent.type === "ReturnStatement" ? file.enclosing(parent) : parent;
      return isFunction(fn) && fn.async;
    }
    case "IfStatement":
    case "UnaryExpression":
      return true;
    case "VariableDeclarator": {
      const variable = file.variableOf(parent.id);
      return (
        parent.id.type === "Identifier" &&
        variable !== null &&
        variable.references.every(
          ({ identifier, init }) => init || isAwaitedLater(identifier, file),
        )
      );
    }
    default:
      return false;
  }
}

/** `new Map<string, User>()` holds `Promise<User>` from now on. */
function typeEdits({ made }: Cache, file: SourceFile): TextEdit[] {
  const type = made.typeArguments?.params[1];
  if (!type) return [];
  const [start, end] = type.range;
  return [{ start, end, text: `Promise<${file.textOf(type)}>` }];
}
