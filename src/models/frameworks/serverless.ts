import type { FrameworkModel } from "../model.ts";

/** Functions that a cloud starts for each event. */
export const awsLambda: FrameworkModel = {
  id: "aws-lambda",
  packages: ["aws-lambda", "@types/aws-lambda"],
  dispatchers: [],
  exports: [{ names: ["handler"] }],
  hasOwnMemory: true,
  reason: "the platform starts another process for each event that comes meanwhile",
  source:
    "AWS Lambda developer guide, execution environment: one environment handles one event at a time",
};

/** Route handlers of a web framework: webhooks of bots that a host like Vercel serves. */
export const next: FrameworkModel = {
  id: "next",
  packages: ["next"],
  dispatchers: [],
  exports: [
    {
      names: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      from: /(?:^|\/)app\/(?:.*\/)?route\.[cm]?[jt]sx?$/,
    },
    { names: ["default"], from: /(?:^|\/)pages\/api\/.*\.[cm]?[jt]sx?$/ },
    { names: [], directive: "use server" },
  ],
  reason: "each request is handled as it arrives",
  source:
    "nextjs.org, File-system conventions: route.js exports a function for each HTTP method; API Routes: a file in pages/api exports its handler as default; use server: every export of such a file can be called from the browser",
};
