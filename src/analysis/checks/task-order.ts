import type { ProjectWorld } from "../project/world.ts";
import { propertyName, type FunctionNode, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import type { Activation } from "./activation.ts";
import { isUnawaited, type CallNode } from "./call-graph.ts";
import type { Disorder, EffectPair } from "./effects.ts";

/** Two calls of one `runAsync` function without key, whose tasks send: they run side by side. */
export function* unkeyedTasks(
  world: ProjectWorld,
  calls: readonly CallNode[],
  file: SourceFile,
): Iterable<EffectPair> {
  const earlier = new Map<FunctionNode, Node>();
  for (const call of calls) {
    if (call.type !== "CallExpression" || !isUnawaited(call, file)) continue;
    for (const shape of world.shapes.of(call.callee, file)) {
      if (shape.kind !== "function") continue;
      const wrapper = shape.wrappers?.at(-1);
      if (!wrapper || !world.facts.isRunAsync(wrapper.callee) || hasKey(wrapper.site.node))
        continue;
      const task = world.summaryOf(shape.node, shape.file);
      if (!task.events.some((event) => event.kind === "effect")) continue;
      const before = earlier.get(shape.node);
      if (before)
        yield { kind: "unkeyed-calls", site: { file, node: call }, other: { file, node: before } };
      else earlier.set(shape.node, call);
    }
  }
}

/** Every message of a chat is a task of its own, and each sends after it has waited. */
export function* unkeyedStreams(
  world: ProjectWorld,
  activations: readonly Activation[],
): Iterable<Disorder> {
  for (const { root, events } of activations) {
    const wrapper = root.fn.wrappers?.find(({ callee }) => world.facts.isRunAsync(callee));
    if (!wrapper || hasKey(wrapper.site.node) || !/^(?:MessageHandler|TypeHandler)/.test(root.name))
      continue;
    for (const event of events)
      if (event.kind === "effect" && event.suspended && event.locks.length === 0)
        yield {
          kind: "unkeyed-stream",
          site: event.site,
          reached: { root, chain: event.chain, file: event.site.file },
          other: null,
        };
  }
}

function hasKey(wrapper: Node): boolean {
  const options = wrapper.type === "CallExpression" ? wrapper.arguments[1] : undefined;
  return (
    options?.type === "ObjectExpression" &&
    options.properties.some(
      (property) => property.type !== "Property" || propertyName(property) === "key",
    )
  );
}
