import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Absolute path of the packed package: what a user installs. */
    tarball: string;
  }
}

/** Builds and packs once, as a release does, for all tests that install the package. */
export default function pack(project: TestProject): void {
  const root = path.resolve(import.meta.dirname, "../..");
  const destination = path.join(root, ".cache/pack");
  mkdirSync(destination, { recursive: true });

  const npm = (...args: string[]): string =>
    execFileSync("npm", args, {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
  npm("run", "--silent", "prepack");
  const report = npm("pack", "--ignore-scripts", "--json", "--pack-destination", destination);
  const [{ filename }] = JSON.parse(report) as [{ filename: string }];
  project.provide("tarball", path.join(destination, filename));
}
