import type { TSESTree } from "@typescript-eslint/types";
import { frameworks } from "../../models/frameworks/index.ts";
import type { FrameworkModel, SerializerModel, SessionModel } from "../../models/model.ts";
import type { Finding } from "../finding.ts";
import { matchExport } from "../project/match-export.ts";
import type { ActivationRoot } from "../project/roots.ts";
import { optionOf } from "../project/store-chain.ts";
import type { ProjectWorld } from "../project/world.ts";
import { isFunction, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { describeSession } from "../words/sessions.ts";

/** A session that each update loads for itself, in a bot that handles updates of one key at the same time. */
export interface UnsequencedSession {
  readonly file: SourceFile;
  /** `bot.use(session(...))`. */
  readonly use: TSESTree.CallExpression;
  readonly session: TSESTree.CallExpression;
  readonly model: SessionModel;
  readonly framework: FrameworkModel;
  /** What would keep the updates of one key in order, where the framework has such a middleware. */
  readonly serializer: SerializerModel | null;
  /** A handler that overlaps itself. */
  readonly root: ActivationRoot;
  /** The function that computes the session's key, where it is given. */
  readonly key: Node | null;
  /** The bot sequences by another key. */
  readonly hasOtherKey: boolean;
}

/**
 * Sessions that are a copy for each update: of two updates of one key the later store wins, even when no
 * handler awaits anything. One finding a bot, where the session is put in the chain.
 */
export function findUnsequencedSessions(
  world: ProjectWorld,
  roots: readonly ActivationRoot[],
): Finding[] {
  return unsequencedSessions(world, roots).map(describeSession);
}

/** The sessions of which two updates of one key may each have a copy, one a bot. */
export function unsequencedSessions(
  world: ProjectWorld,
  roots: readonly ActivationRoot[],
): UnsequencedSession[] {
  const used = world.answersOf<SourceFile, readonly UsedSession[]>(findUnsequencedSessions);
  const found = new Map<string, UnsequencedSession>();
  for (const file of world.project.files()) {
    for (const { model, framework, use, session } of used.answer(file, () =>
      sessionsIn(world, file),
    )) {
      const unsafe = unsequenced(world, model, framework, roots, { file, use, session });
      const bot = `${framework.id}:${String(world.project.componentOf(file.path))}`;
      const known = found.get(bot);
      // The conversations plugin keeps its log in the session: one cause, one finding.
      if (unsafe && (!known || isPlugin(known.model))) found.set(bot, unsafe);
    }
  }
  return [...found.values()];
}

function isPlugin(model: SessionModel): boolean {
  return !model.exports.includes("session");
}

/** `bot.use(session(...))`. */
type UsedSession = Pick<UnsequencedSession, "use" | "session" | "model" | "framework">;

function sessionsIn(world: ProjectWorld, file: SourceFile): UsedSession[] {
  world.project.provenance.note(file.path);
  return file.calls.flatMap((call) =>
    call.type === "CallExpression" ? [...sessionsOf(world, call, file)] : [],
  );
}

function* sessionsOf(
  world: ProjectWorld,
  use: TSESTree.CallExpression,
  file: SourceFile,
): Iterable<UsedSession> {
  const callee = unwrap(use.callee);
  if (callee.type !== "MemberExpression" || propertyName(callee) !== "use") return;
  for (const argument of use.arguments) {
    const session = sessionCall(argument, file);
    if (!session) continue;
    for (const shape of world.shapes.of(session.callee, file)) {
      if (shape.kind !== "external") continue;
      for (const framework of frameworks)
        for (const model of framework.sessions ?? [])
          if (
            model.storage === "copy" &&
            matchExport(shape, [model.package], model.exports)?.length === 0
          )
            yield { model, framework, use, session };
    }
  }
}

/** `use(session(...))`, also where the middleware was kept in a constant. */
function sessionCall(argument: Node, file: SourceFile): TSESTree.CallExpression | null {
  const inner = unwrap(argument);
  if (inner.type === "CallExpression") return inner;
  if (inner.type !== "Identifier") return null;
  const declarator = file.variableOf(inner)?.defs[0]?.node;
  const init = declarator?.type === "VariableDeclarator" && declarator.init;
  return init && init.type === "CallExpression" ? init : null;
}

function unsequenced(
  world: ProjectWorld,
  model: SessionModel,
  framework: FrameworkModel,
  roots: readonly ActivationRoot[],
  where: Pick<UnsequencedSession, "file" | "use" | "session">,
): UnsequencedSession | null {
  const { project } = world;
  const component = project.componentOf(where.file.path);
  const handlers = roots.filter(
    (root) =>
      root.framework === framework.id &&
      root.trigger === "update" &&
      (root.concurrency === "concurrent" || root.concurrency === "keyed") &&
      project.componentOf(root.fn.file.path) === component,
  );
  const [first] = handlers;
  if (!first || hasOneConnection(world, component)) return null;
  if (!isPlugin(model) && !isUsed(world, component, model, where.session)) return null;
  const options = where.session.arguments[0];
  const key =
    options && options.type !== "SpreadElement" ? optionOf(options, "getSessionKey") : null;
  const serializers = handlers.flatMap((root) => (root.serializer ? [root.serializer] : []));
  const [used] = serializers;
  if (used && isSameKey(world, key, where.file, used.fn.node, used.fn.file)) return null;
  const serializer = framework.serializers?.[0] ?? null;
  return {
    ...where,
    model,
    framework,
    serializer,
    root: first,
    key,
    hasOtherKey: used !== undefined,
  };
}

/** Code looks at `ctx.session`, or the session's options come from elsewhere; a plugin may ask for it by name. */
function isUsed(
  { project }: ProjectWorld,
  component: number,
  { property, askedForBy = [] }: SessionModel,
  session: TSESTree.CallExpression,
): boolean {
  if (session.arguments.some(({ type }) => type === "SpreadElement" || type === "Identifier"))
    return true;
  const uses = new RegExp(
    [
      `\\.${property}\\b(?!\\s*\\()`,
      `[{,]\\s*${property}\\b[^({;]*\\}\\s*(?:=\\s*(?:ctx|context)\\b|\\)\\s*=>)`,
      ...askedForBy,
    ].join("|"),
  );
  return project
    .files()
    .some((file) => project.componentOf(file.path) === component && uses.test(file.text));
}

/** `setWebhook(url, { max_connections: 1 })`: Telegram sends one update and waits for the answer. */
function hasOneConnection(world: ProjectWorld, component: number): boolean {
  return world.project.files().some(
    (file) =>
      world.project.componentOf(file.path) === component &&
      file.calls.some((call) =>
        call.arguments.some((argument) => {
          const option = optionOf(argument, "max_connections");
          return option?.type === "Literal" && option.value === 1;
        }),
      ),
  );
}

/**
 * Whether equal session keys imply equal serializer keys, as far as the parts of the context say that both
 * functions look at. Without `getSessionKey` the session's key is the chat.
 */
function isSameKey(
  world: ProjectWorld,
  key: Node | null,
  file: SourceFile,
  serializer: Node,
  serializerFile: SourceFile,
): boolean {
  const parts = contextParts(serializerFile.textOf(serializer));
  if (!key) return parts.has("chat") || parts.size === 0;
  const fn = isFunction(key)
    ? { node: key as Node, file }
    : world.shapes.of(key, file).find((shape) => shape.kind === "function");
  if (!fn || fn.node === serializer) return true;
  const own = contextParts(fn.file.textOf(fn.node));
  // `sequentialize` takes an array as several keys: one of them in common is enough.
  return [...own].some((part) => parts.has(part)) || parts.size === 0;
}

function contextParts(text: string): Set<string> {
  const parts = new Set<string>();
  for (const match of text.matchAll(/\b(chat|chatId|from|userId|senderChat|message_thread_id)\b/g))
    parts.add((match[1] ?? "").startsWith("chat") ? "chat" : (match[1] ?? ""));
  return parts;
}
