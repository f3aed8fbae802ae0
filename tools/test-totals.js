// Prints "N passed, N failed, N skipped" over the vitest reports that `npm test` left.
// No report (the installation or the build failed) counts as one failure, never as an empty success.
import { existsSync, readdirSync, readFileSync } from "node:fs";

const REPORTS = ".cache/test";
const reports = existsSync(REPORTS)
  ? readdirSync(REPORTS).map((file) => JSON.parse(readFileSync(`${REPORTS}/${file}`, "utf8")))
  : [];
const total = (field) => reports.reduce((sum, report) => sum + report[field], 0);

// A file that fails to load has no test of its own: it is counted through its suite.
const unloadable = reports
  .flatMap((report) => report.testResults)
  .filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
const failed = total("numFailedTests") + unloadable + (reports.length < 2 ? 1 : 0);

console.log(
  `${total("numPassedTests")} passed, ${failed} failed, ${total("numPendingTests") + total("numTodoTests")} skipped`,
);
