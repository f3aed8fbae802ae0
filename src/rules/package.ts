import { createRequire } from "node:module";

/** The package's own name and version, read once from its package.json. */
export const { name, version } = createRequire(import.meta.url)("../../package.json") as {
  name: string;
  version: string;
};
