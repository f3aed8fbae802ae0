import { name, version } from "./package.ts";

/** The rule's page as it was published with this version; resolves without a site of our own. */
export function documentationUrl(rule: string): string {
  return `https://www.unpkg.com/${name}@${version}/docs/rules/${rule}.md`;
}
