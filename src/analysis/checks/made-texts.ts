import type { TSESTree } from "@typescript-eslint/types";
import { MAKES_TEXT } from "../../models/effects/messages.ts";
import { childrenOf, unwrap, type Node } from "../syntax/ast.ts";
import type { Site } from "../syntax/source-file.ts";
import { calledNames } from "./waits.ts";

/** `const text = await render(row); update(id, { text })`: a callee that says by its name that it makes a text. */
export function isTextOfRow({ file, node }: Site): boolean {
  if (node.type !== "CallExpression") return false;
  return node.arguments.flatMap(namesIn).some((name) => {
    const [definition] = file.variableOf(name)?.defs ?? [];
    if (definition?.type !== "Variable" || definition.node.id.type !== "Identifier") return false;
    const made = definition.node.init && unwrap(definition.node.init);
    const call = made?.type === "AwaitExpression" ? unwrap(made.argument) : null;
    if (call?.type !== "CallExpression" || !isGivenARow(call, file)) return false;
    return MAKES_TEXT.test(calledNames(call)[0] ?? "");
  });
}

/** `render(guild, row)`, and the row is what another wait or call gave. */
function isGivenARow({ arguments: args }: TSESTree.CallExpression, file: Site["file"]): boolean {
  return args.some((argument) => {
    const made = argument.type === "Identifier" ? file.variableOf(argument)?.defs[0]?.node : null;
    return made?.type === "VariableDeclarator" && made.init !== null;
  });
}

function namesIn(node: Node): TSESTree.Identifier[] {
  return node.type === "Identifier" ? [node] : childrenOf(node).flatMap(namesIn);
}
