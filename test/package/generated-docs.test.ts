import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

test("the documents say what the code says: `npm run docs` would change nothing", async () => {
  const check = promisify(execFile)(process.execPath, ["tools/docs.js", "--check"], { cwd: root });
  await expect(check).resolves.toBeDefined();
});
