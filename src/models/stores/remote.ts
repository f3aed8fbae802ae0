import type { StoreModel, StoreOperation } from "../store-model.ts";

/**
 * Services that are reached over HTTP through a client: each call is a request of its own, nothing joins a
 * GET to the POST after it. What a method does says the first word of its name, the rest what it is about.
 */
export const REMOTE_VERBS: Readonly<Record<string, StoreOperation["kind"]>> = {
  get: "read",
  list: "read",
  find: "read",
  search: "read",
  query: "read",
  retrieve: "read",
  fetch: "read",
  info: "read",
  history: "read",
  create: "create",
  insert: "create",
  post: "create",
  append: "create",
  update: "write",
  edit: "write",
  patch: "write",
  set: "write",
  add: "idempotent",
  invite: "idempotent",
  delete: "delete",
  remove: "delete",
  archive: "delete",
};

/** GitHub's REST client, also as probot hangs it on the context of a delivery. */
const octokit: StoreModel = {
  id: "octokit",
  packages: ["octokit", "@octokit/rest", "@octokit/core", "@actions/github"],
  exports: ["Octokit", "getOctokit"],
  operations: {},
  resultFields: ["data"],
  handleNames: ["octokit"],
  handlePackages: ["probot"],
  remote: {
    skips: ["rest"],
    // The server refuses the second of two, or one against an older version of the file.
    conditional: ["git.createRef", "issues.createLabel", "repos.createOrUpdateFileContents"],
    failsWhenMissing: true,
  },
  source:
    "docs.github.com, REST API: check runs, issues and comments have no unique names; createRef, createLabel: 422 where it exists; contents: 409 without the current sha; a request for what is gone: 404, which Octokit throws as RequestError",
};

const notion: StoreModel = {
  id: "notion",
  packages: ["@notionhq/client"],
  exports: ["Client"],
  operations: {},
  remote: {
    skips: [],
    // A query of a database gives its pages, and a page is made in a database.
    resources: { "databases.query": "pages", "pages.properties": "pages" },
  },
  source:
    "developers.notion.com, API reference: pages and databases, one request each; no conditional update",
};

const googleSheets: StoreModel = {
  id: "google-sheets",
  packages: ["googleapis", "@googleapis/sheets"],
  exports: ["google", "sheets"],
  operations: {},
  resultFields: ["data"],
  remote: { skips: ["spreadsheets"], resources: {}, conditional: ["values.append"] },
  source:
    "developers.google.com, Sheets API, spreadsheets.values: get and update are two requests; append finds the end of the table itself",
};

const slackWeb: StoreModel = {
  id: "slack-web-api",
  packages: ["@slack/web-api"],
  exports: ["WebClient"],
  operations: {},
  remote: { skips: [], conditional: ["conversations.create"] },
  source:
    "api.slack.com/methods: usergroups.users.update replaces the whole list; conversations.create: name_taken",
};

export const remotes: readonly StoreModel[] = [octokit, notion, googleSheets, slackWeb];
