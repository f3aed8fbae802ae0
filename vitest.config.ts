import { defineConfig } from "vitest/config";

// Tests that install packages or drive other programs. They work on the packed tarball.
const MATRIX = [
  "test/{bench,browser,editors,gates,package,ruling,stores}/**/*.test.ts",
  "test/runtime/jest.test.ts",
];

export default defineConfig({
  test: {
    // Two cores are the smallest machine the suite is meant for.
    maxWorkers: 2,
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary", "html"],
      thresholds: { "src/{analysis,rules}/**/*.ts": { branches: 95 } },
    },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [...MATRIX, "test/fixtures/**"],
          // A machine that does something else as well is slow, and no test is about time.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "matrix",
          include: MATRIX,
          globalSetup: "test/package/pack.ts",
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
