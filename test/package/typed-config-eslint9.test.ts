import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Sandbox } from "./sandbox.ts";
import { errorsOfTypedConfig, TYPED_CONFIG } from "./typed-config.ts";

// The interfaces that we add to are those of ESLint 10's core; ESLint 9 has a core of its own.
describe.each(["9.22.0", "9"])("the types of a config with ESLint %s", (version) => {
  const sandbox = new Sandbox(TYPED_CONFIG);

  beforeAll(() =>
    sandbox.npmInstall("--save-dev", `eslint@${version}`, "typescript@~6.0.3", inject("tarball")),
  );
  afterAll(() => {
    sandbox.remove();
  });

  test("are in nobody's way", async () => {
    const errors = await errorsOfTypedConfig(sandbox);
    expect(errors.filter((error) => error.startsWith("typed/right"))).toEqual([]);
  });
});
