// Real bots from npm, as material to lint: for the ruling test and the lint benchmark.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";

const CACHE = path.resolve(import.meta.dirname, "../.cache/bots");

/**
 * Fetches a published package itself, without its dependencies, once.
 * @param {string} spec name and exact version, `name@1.2.3`
 * @returns {string} the folder with its files
 */
export const fetchPackage = (spec) => {
  const folder = path.join(CACHE, spec);
  if (existsSync(path.join(folder, "package.json"))) return folder;
  mkdirSync(folder, { recursive: true });
  const pack = ["pack", spec, "--silent", "--pack-destination", CACHE];
  const tarball = execFileSync("npm", pack, { encoding: "utf8" }).trim();
  execFileSync("tar", ["-xzf", path.join(CACHE, tarball), "-C", folder, "--strip-components=1"]);
  return folder;
};
