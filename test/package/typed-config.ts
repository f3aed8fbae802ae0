import type { Files, Outcome, Sandbox } from "./sandbox.ts";

const RIGHT = `import { defineConfig } from "eslint/config";
import runAsync from "eslint-plugin-run-async";

export default defineConfig({
  files: ["**/*.ts"],
  extends: [runAsync.configs.recommended],
  rules: { "run-async/no-lost-update": "warn", "run-async/no-store-race": ["error"], semi: "off" },
  settings: {
    "run-async": {
      harmless: ["log"],
      dispatch: { grammy: "concurrent" },
      locks: [{ from: "./locks.ts", functions: { withLock: { key: 0, callback: 1 } } }],
      stores: [{ from: "@acme/db", name: "Db", operations: { put: { kind: "write", data: 0 } } }],
      wrappers: [{ from: "./wrap.ts", functions: { withErrors: { lock: "bank" } } }],
      unreached: "concurrent",
    },
    other: 1,
  },
});
`;

const WRONG = `import { defineConfig } from "eslint/config";
import runAsync from "eslint-plugin-run-async";

export default defineConfig({
  plugins: { "run-async": runAsync },
  rules: { "run-async/no-lost-update": "fatal" },
  settings: { "run-async": { harmles: ["log"] } },
});

export const another = defineConfig({
  settings: { "run-async": { dispatch: { grammy: "parallel" } } },
});

export const third = defineConfig({
  settings: { "run-async": { locks: [{ from: "./locks.ts", name: "Lock", functions: {} }] } },
});
`;

/** A project whose ESLint configurations are type-checked: one right, one with mistakes. */
export const TYPED_CONFIG: Files = {
  "typed/right.mts": RIGHT,
  "typed/right.cts": RIGHT,
  "typed/wrong.mts": WRONG,
  "typed/tsconfig.json": {
    compilerOptions: {
      module: "nodenext",
      target: "es2023",
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    },
    include: ["*.mts", "*.cts"],
  },
};

/** The mistakes, as `file:line`. */
export const TYPED_CONFIG_ERRORS = [
  "typed/wrong.mts:6",
  "typed/wrong.mts:7",
  "typed/wrong.mts:11",
  "typed/wrong.mts:15",
];

/** Type-checks {@link TYPED_CONFIG} and gives the places of the errors. */
export const errorsOfTypedConfig = async (sandbox: Sandbox): Promise<string[]> => {
  const { stdout }: Outcome = await sandbox.bin("tsc", "-p", "typed", "--pretty", "false");
  return [...stdout.matchAll(/^(\S+)\((\d+),\d+\): error/gm)].map(
    ([, file = "", line = ""]) => `${file}:${line}`,
  );
};
