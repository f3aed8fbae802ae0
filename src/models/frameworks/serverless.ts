import type { FrameworkModel } from "../model.ts";

/** Functions that a cloud starts for each event. */
export const awsLambda: FrameworkModel = {
  id: "aws-lambda",
  packages: ["aws-lambda", "@types/aws-lambda"],
  dispatchers: [],
  exports: ["handler"],
  hasOwnMemory: true,
  reason: "the platform starts another process for each event that comes meanwhile",
  source:
    "AWS Lambda developer guide, execution environment: one environment handles one event at a time",
};
