import type { TSESTree } from "@typescript-eslint/types";
import { frameworks } from "../../models/frameworks/index.ts";
import type { ListenerModel, RepeatModel } from "../../models/model.ts";
import {
  contains,
  isFunction,
  stringValue,
  unwrap,
  type CallLike,
  type Node,
} from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { runsOnce } from "./armed-once.ts";
import { cronHours, cronPeriod } from "./calendar.ts";
import { optionOf } from "./stores.ts";
import type { Shapes } from "./shapes.ts";

/** Whether a timer's or job's function may run again while its last run is suspended. */
export interface Repetition {
  readonly overlapsItself: boolean;
  /** Milliseconds between two starts, where the code says so. */
  readonly period: number | null;
  readonly reason: string;
  /** The start-up code arms it, and nobody else: the process has one run. */
  readonly isArmedOnce?: boolean;
  /** The hours of the day at which runs begin, in the time zone that the code names. */
  readonly hours?: HoursOfDay;
}

/** Hours are only compared in one zone: `zone` is the option's text, empty for that of the machine. */
export interface HoursOfDay {
  readonly hours: ReadonlySet<number>;
  readonly zone: string;
}

/**
 * A run of a minute or more is taken to be over before the next begins: on real bots a timer that is slower
 * than its period is found and repaired at once.
 */
const LONGEST_OVERLAP = 60_000;

const STARTUP_METHODS: ReadonlySet<string> = new Set(
  frameworks.flatMap(({ startupMethods }) => startupMethods ?? []),
);

export function repetitionOf(
  call: CallLike | TSESTree.Decorator,
  listener: ListenerModel,
  file: SourceFile,
  shapes: Shapes,
): Repetition {
  const args = argumentsOf(call);
  const repeats = listener.repeats;
  if (!repeats) return onceEach(call, file, shapes);
  const options = args.map((argument) => literalOf(argument, file, shapes));
  const { exclusiveOption } = repeats;
  const isExclusive =
    exclusiveOption !== undefined &&
    options.some((option) => isOn(optionOf(option, exclusiveOption)));
  if (isExclusive) return apart(null, "a run is skipped while the last one still runs");
  if (repeats.by === "queue") return queued(args, options, repeats, file, shapes);
  const period = periodOf(args, options, repeats, file, shapes);
  if (period === null || period >= LONGEST_OVERLAP)
    return {
      ...apart(period, "a timer runs beside the handlers"),
      ...hoursOf(args, options, repeats, file, shapes),
    };
  return {
    overlapsItself: true,
    period,
    reason: `the next run starts after ${String(period)} ms, whether this one has ended or not`,
  };
}

function apart(period: number | null, reason: string): Repetition {
  return { overlapsItself: false, period, reason };
}

/** `setTimeout`: each call starts one run, so two calls may overlap, unless the run itself makes the next call. */
function onceEach(
  call: CallLike | TSESTree.Decorator,
  file: SourceFile,
  shapes: Shapes,
): Repetition {
  const outer = file.enclosing(call);
  if (call.type === "Decorator" || outer.type === "Program" || rearms(call, outer, file, shapes))
    return apart(null, "a timer runs beside the handlers");
  if (runsOnce(shapes.project, call, file, STARTUP_METHODS))
    return { ...apart(null, "a timer runs beside the handlers"), isArmedOnce: true };
  return { overlapsItself: true, period: null, reason: "each call starts a timer of its own" };
}

/** Calls from a timer's callback down to the function that sets the timer again: `loop()`, which calls `schedule()`. */
const DEEPEST_REARM = 3;

/** `setTimeout(loop, ms)` at the end of `loop`, or a callback that calls the function which set the timer. */
function rearms(call: CallLike, outer: Node, file: SourceFile, shapes: Shapes): boolean {
  const seen = new Set<Node>();
  let level = call.arguments.slice(0, 1).flatMap((argument) => shapes.of(argument, file));
  for (let depth = 0; depth <= DEEPEST_REARM && level.length > 0; depth += 1) {
    const functions = level.filter((shape) => shape.kind === "function");
    if (functions.some(({ node }) => node === outer)) return true;
    level = functions.flatMap(({ node, file: home }) => {
      if (seen.has(node)) return [];
      seen.add(node);
      return home.calls
        .filter((inner) => contains(node, inner))
        .flatMap((inner) => shapes.of(inner.callee, home));
    });
  }
  return false;
}

function queued(
  args: readonly Node[],
  options: readonly Node[],
  { limit }: RepeatModel,
  file: SourceFile,
  shapes: Shapes,
): Repetition {
  const one = apart(null, "the worker takes one job at a time");
  if (!limit) return one;
  const { option: name } = limit;
  const given =
    name === undefined
      ? // Bull's concurrency stands before the handler, after an optional name.
        args.slice(0, limit.argument + 1).find((argument) => !isNamed(argument, file, shapes))
      : options.map((option) => optionOf(option, name)).find((found) => found !== null);
  const atOnce = given ? (numberIn(given, file, shapes) ?? 2) : limit.default;
  return atOnce > 1
    ? { overlapsItself: true, period: null, reason: "the worker takes several jobs at once" }
    : one;
}

/** A job's name or its handler: no number. */
function isNamed(node: Node, file: SourceFile, shapes: Shapes): boolean {
  return (
    stringValue(node) !== null ||
    isFunction(unwrap(node)) ||
    (numberIn(node, file, shapes) === null && unwrap(node).type !== "MemberExpression")
  );
}

function periodOf(
  args: readonly Node[],
  options: readonly Node[],
  repeats: RepeatModel,
  file: SourceFile,
  shapes: Shapes,
): number | null {
  const given = scheduleOf(args, options, repeats);
  if (!given) return null;
  if (repeats.by === "period") return numberIn(given, file, shapes);
  const pattern = stringValue(constantOf(given, file, shapes));
  return pattern === null ? null : cronPeriod(pattern);
}

function hoursOf(
  args: readonly Node[],
  options: readonly Node[],
  repeats: RepeatModel,
  file: SourceFile,
  shapes: Shapes,
): Pick<Repetition, "hours"> {
  const given = repeats.by === "calendar" ? scheduleOf(args, options, repeats) : null;
  const pattern = given && stringValue(constantOf(given, file, shapes));
  const hours = pattern === null ? null : cronHours(pattern);
  if (!hours) return {};
  const { zoneOption } = repeats;
  const zones = options.flatMap((option) => {
    const zone = zoneOption === undefined ? null : optionOf(option, zoneOption);
    return zone ? [stringValue(constantOf(zone, file, shapes)) ?? "computed"] : [];
  });
  return { hours: { hours, zone: zones.join() } };
}

/** The expression of the period or pattern. */
function scheduleOf(
  args: readonly Node[],
  options: readonly Node[],
  repeats: RepeatModel,
): Node | null {
  const index = repeats.argument ?? 0;
  const option = repeats.option === undefined ? null : optionOf(options[index], repeats.option);
  return option ?? args[index] ?? null;
}

function argumentsOf(call: CallLike | TSESTree.Decorator): readonly Node[] {
  if (call.type !== "Decorator") return call.arguments;
  return call.expression.type === "CallExpression" ? call.expression.arguments : [];
}

function literalOf(node: Node, file: SourceFile, shapes: Shapes): Node {
  const found = shapes.of(node, file).find((shape) => shape.kind === "object");
  return found?.kind === "object" ? found.node : node;
}

function isOn(node: Node | null): boolean {
  return node !== null && !(node.type === "Literal" && node.value === false);
}

/** The initialiser of a constant, through imports; any other expression is given back. */
function constantOf(node: Node, file: SourceFile, shapes: Shapes): Node {
  const inner = unwrap(node);
  if (inner.type !== "Identifier") return inner;
  const declarator = shapes.variableHome(inner, file)?.variable.defs[0]?.node;
  return declarator?.type === "VariableDeclarator" && declarator.init
    ? unwrap(declarator.init)
    : inner;
}

function numberIn(node: Node, file: SourceFile, shapes: Shapes, depth = 0): number | null {
  const inner = constantOf(node, file, shapes);
  if (inner.type === "Literal") return typeof inner.value === "number" ? inner.value : null;
  if (inner.type === "BinaryExpression" && inner.operator === "*" && depth < 8) {
    const left = numberIn(inner.left, file, shapes, depth + 1);
    const right = numberIn(inner.right, file, shapes, depth + 1);
    return left === null || right === null ? null : left * right;
  }
  return null;
}
