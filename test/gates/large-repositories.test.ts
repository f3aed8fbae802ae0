// The recipe of docs/large-repositories.md: a cached lint result holds only while the packages that it
// depends on are the same.
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ESLINT_CONFIG } from "../package/bot.ts";
import { Sandbox } from "../package/sandbox.ts";
import { recipe } from "./recipe.ts";

const lintedPackage = (name: string, dependencies: object = {}): object => ({
  name,
  version: "1.0.0",
  type: "module",
  scripts: { lint: "eslint ." },
  dependencies,
});

describe("Turborepo", () => {
  const sandbox = new Sandbox({
    "package.json": {
      private: true,
      type: "module",
      packageManager: "npm@11.0.0",
      workspaces: ["packages/*"],
    },
    ".gitignore": "node_modules/\n.turbo/\n",
    "eslint.config.js": ESLINT_CONFIG,
    "turbo.json": recipe("large-repositories.md", "turbo.json"),
    "packages/store/package.json": lintedPackage("store"),
    "packages/store/index.js": "export const store = new Map();\n",
    "packages/bot/package.json": lintedPackage("bot", { store: "*" }),
    "packages/bot/index.js": `import { store } from "store";\nexport const size = () => store.size;\n`,
    "packages/other/package.json": lintedPackage("other"),
    "packages/other/index.js": "export const other = 1;\n",
  });

  beforeAll(async () => {
    await sandbox.npmInstall("--save-dev", "eslint@10", "turbo@2.11.11", inject("tarball"));
    await sandbox.run(
      "sh",
      "-c",
      "git init --quiet && git config user.email bot@example.org && git config user.name Bot && git add . && git commit --quiet -m start && git branch -M main",
    );
  });
  afterAll(() => {
    sandbox.remove();
  });

  /** Which packages the cache answered for. */
  const lint = async (command: string): Promise<Record<string, "cached" | "linted">> => {
    const { stdout, stderr, status } = await sandbox.run(
      "sh",
      "-c",
      `TURBO_TELEMETRY_DISABLED=1 ${command.trim()} --log-order=grouped`,
    );
    if (status !== 0) throw new Error(stderr + stdout);
    const lines = stdout.matchAll(/^(\w+):lint: cache (hit|miss)/gm);
    return Object.fromEntries(
      [...lines].map(([, name = "", outcome]) => [name, outcome === "hit" ? "cached" : "linted"]),
    );
  };

  test("lints a package again when one that it depends on changed, and only then", async () => {
    await lint("npx turbo run lint");
    expect(await lint("npx turbo run lint")).toEqual({
      store: "cached",
      bot: "cached",
      other: "cached",
    });

    sandbox.write({ "packages/store/index.js": "export const store = new Set();\n" });
    expect(await lint("npx turbo run lint")).toEqual({
      store: "linted",
      bot: "linted",
      other: "cached",
    });
  });

  test("lints only what a change can have touched", async () => {
    await sandbox.run(
      "sh",
      "-c",
      "git checkout --quiet -b change && git commit --quiet -am change",
    );
    const touched = await lint(recipe("large-repositories.md", "affected"));
    expect(Object.keys(touched).sort()).toEqual(["bot", "store"]);
  });
});
