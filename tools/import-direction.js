// The arrows between the folders of src: rules -> analysis -> models, cli -> analysis, runtime -> nothing.
// As an ESLint rule, because the resolved path decides and not the spelling of the specifier.
import { isBuiltin } from "node:module";
import path from "node:path";

/**
 * What a file of a folder may import besides its own folder: other folders of src, and packages.
 * @type {Record<string, { folders: string[], packages: string[] }>}
 */
export const ALLOWED_IMPORTS = {
  models: { folders: [], packages: [] },
  analysis: {
    folders: ["models"],
    packages: ["@typescript-eslint/types", "oxc-parser", "oxc-resolver"],
  },
  rules: {
    folders: ["analysis"],
    packages: ["eslint", "@eslint/core", "@typescript-eslint/types", "@typescript-eslint/utils"],
  },
  cli: { folders: ["analysis"], packages: ["ts-morph"] },
  runtime: { folders: [], packages: ["@grammyjs/types", "grammy", "telegraf"] },
};

const packageOf = (specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");

/** @type {import("eslint").Rule.RuleModule} */
const rule = {
  meta: {
    type: "problem",
    docs: { description: "Enforce the import direction between the folders of src" },
    schema: [],
    messages: {
      folder: "src/{{from}} must not import src/{{to}}. It may import: {{allowed}}.",
      package: "src/{{from}} must not import the package {{to}}. It may import: {{allowed}}.",
    },
  },
  create(context) {
    const source = path.join(context.cwd, "src");
    const from = path.relative(source, context.filename).split(path.sep)[0];
    const allowed = ALLOWED_IMPORTS[from];
    if (!allowed) return {};

    const check = (node) => {
      const specifier = node?.value;
      if (typeof specifier !== "string" || isBuiltin(specifier)) return;
      if (specifier.startsWith(".")) {
        const target = path.resolve(path.dirname(context.filename), specifier);
        const to = path.relative(source, target).split(path.sep)[0];
        if (to === from || allowed.folders.includes(to)) return;
        const data = { from, to, allowed: allowed.folders.join(", ") || "nothing" };
        context.report({ node, messageId: "folder", data });
        return;
      }
      const to = packageOf(specifier);
      if (allowed.packages.includes(to)) return;
      const data = { from, to, allowed: allowed.packages.join(", ") || "nothing" };
      context.report({ node, messageId: "package", data });
    };

    return {
      "ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression": (node) =>
        check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
    };
  },
};

/** @type {import("eslint").Linter.Config} */
export const importDirection = {
  name: "project/import-direction",
  files: ["src/**/*.{ts,cts}"],
  plugins: { project: { rules: { "import-direction": rule } } },
  rules: { "project/import-direction": "error" },
};
