import { readdirSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, resolve, sep } from "node:path";
import type { TSESTree } from "@typescript-eslint/types";
import { dottedName, propertyName, unwrap, type Node } from "../syntax/ast.ts";
import type { SourceFile } from "../syntax/source-file.ts";
import { EXTENSIONS } from "./parser.ts";
import type { Project } from "./project.ts";

const MOST_FILES = 200;

/** The known beginning of a computed path. */
interface PathPrefix {
  readonly text: string;
  readonly isWhole: boolean;
}

/**
 * The modules that an import of a computed path may load: every source file below the folder that the
 * constant part of the path names. discord.js bots load their commands and events this way.
 */
export function filesOfFolder(project: Project, specifier: Node, file: SourceFile): string[] {
  const prefix = prefixOf(specifier, file, 0);
  if (!prefix || prefix.isWhole) return [];
  const at = isAbsolute(prefix.text) ? prefix.text : resolve(dirname(file.path), prefix.text);
  const folder = prefix.text.endsWith("/") || isFolder(at) ? at : dirname(at);
  if (!folder.startsWith(project.root) || folder === project.root || !isFolder(folder)) return [];
  return sourcesBelow(folder, 0).slice(0, MOST_FILES);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function sourcesBelow(folder: string, depth: number): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth < 3 ? sourcesBelow(path, depth + 1) : [];
    return EXTENSIONS.includes(extname(entry.name)) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

function prefixOf(node: Node, file: SourceFile, depth: number): PathPrefix | null {
  const inner = unwrap(node);
  if (depth > 6) return null;
  switch (inner.type) {
    case "Literal":
      return typeof inner.value === "string" ? { text: inner.value, isWhole: true } : null;
    case "TemplateLiteral":
      return joined(
        inner.quasis.flatMap((quasi, index) => [
          { text: quasi.value.cooked ?? "", isWhole: true },
          ...(inner.expressions[index]
            ? [prefixOf(inner.expressions[index], file, depth + 1)]
            : []),
        ]),
        "",
      );
    case "BinaryExpression":
      return inner.operator === "+"
        ? joined(
            [prefixOf(inner.left, file, depth + 1), prefixOf(inner.right, file, depth + 1)],
            "",
          )
        : null;
    case "Identifier":
      return ofIdentifier(inner, file, depth);
    case "MemberExpression":
      if (propertyName(inner) === "href") return prefixOf(inner.object, file, depth + 1);
      return dottedName(inner) === "import.meta.dirname"
        ? { text: dirname(file.path), isWhole: true }
        : null;
    case "CallExpression":
      return ofCall(inner, file, depth);
    default:
      return null;
  }
}

function ofIdentifier(
  node: TSESTree.Identifier,
  file: SourceFile,
  depth: number,
): PathPrefix | null {
  if (node.name === "__dirname") return { text: dirname(file.path), isWhole: true };
  const variable = file.variableOf(node);
  const definition = variable?.defs[0]?.node as Node | undefined;
  if (
    definition?.type !== "VariableDeclarator" ||
    !definition.init ||
    definition.id.type !== "Identifier"
  )
    return null;
  return prefixOf(definition.init, file, depth + 1);
}

function ofCall(node: TSESTree.CallExpression, file: SourceFile, depth: number): PathPrefix | null {
  const name = dottedName(node.callee).split(".").at(-1);
  const parts = node.arguments.map((argument) => prefixOf(argument, file, depth + 1));
  if (name === "join" || name === "resolve") return joined(parts, sep);
  if (name === "dirname") return { text: dirname(file.path), isWhole: true };
  if (name === "fileURLToPath") return { text: file.path, isWhole: true };
  if (name === "pathToFileURL") return parts[0] ?? null;
  return null;
}

/** Joins parts up to the first unknown one. */
function joined(parts: readonly (PathPrefix | null)[], separator: string): PathPrefix | null {
  let text = "";
  for (const [index, part] of parts.entries()) {
    if (!part) return text === "" ? null : { text, isWhole: false };
    const needsSeparator = index > 0 && separator !== "" && !text.endsWith(separator);
    text += (needsSeparator ? separator : "") + part.text;
    if (!part.isWhole) return { text, isWhole: false };
  }
  return { text: text.replace(/^file:\/\//, ""), isWhole: true };
}
