// `npm run docs` writes the rule table of the README and the heads of the rule pages; `--check` is a test.
import { format, resolveConfig } from "prettier";

/** @type {import("eslint-doc-generator").GenerateOptions} */
export default {
  ignoreConfig: ["all"],
  ruleDocTitleFormat: "name",
  ruleListColumns: ["name", "description", "configsError", "hasSuggestions"],
  ruleDocNotices: ["description", "configs", "hasSuggestions"],
  postprocess: async (content, file) =>
    format(content, { ...(await resolveConfig(file)), filepath: file }),
};
