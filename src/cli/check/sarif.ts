import { pathToFileURL } from "node:url";
import type { TraceStep } from "../../analysis/finding.ts";
import { name, version } from "../package.ts";
import { relativePath } from "./formats.ts";
import type { Position, Report } from "./reports.ts";
import { rulePage } from "./rules.ts";

/** What the relative URIs of a log are relative to. */
const ROOT = "SRCROOT";

/**
 * The findings as a SARIF 2.1.0 log (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/): both activations
 * of a race are thread flows of one code flow, with the order in which their steps happen.
 */
export function formatSarif(reports: readonly Report[], cwd: string): string {
  const ruleIds = [...new Set(reports.map(({ ruleId }) => ruleId))].sort();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name,
            semanticVersion: version,
            informationUri: `https://www.npmjs.com/package/${name}`,
            rules: ruleIds.map(ruleDescriptor),
          },
        },
        columnKind: "utf16CodeUnits",
        originalUriBaseIds: { [ROOT]: { uri: `${pathToFileURL(cwd).href}/` } },
        results: reports.map((report) => ({
          ruleId: report.ruleId,
          ruleIndex: ruleIds.indexOf(report.ruleId),
          level: "error",
          message: { text: report.message },
          locations: [{ physicalLocation: physical(report.path, cwd, report.start, report.end) }],
          ...evidence(report, cwd),
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleDescriptor(id: string): object {
  const { url, description, text } = rulePage(id);
  return {
    id,
    helpUri: url,
    defaultConfiguration: { level: "error" },
    ...(description === null ? {} : { shortDescription: { text: description } }),
    ...(text === null ? {} : { help: { text: description ?? `See ${url}`, markdown: text } }),
  };
}

function evidence({ trace, activations: names }: Report, cwd: string): object {
  if (trace.length === 0) return {};
  const ordered = trace.map((step, index) => ({
    step,
    executionOrder: index + 1,
    location: locationOf(step, index, cwd),
  }));
  const activations = [...new Set(trace.map(({ activation }) => activation))];
  return {
    relatedLocations: ordered.map(({ location }) => location),
    codeFlows: [
      {
        threadFlows: activations.map((activation) => ({
          id: activation,
          message: { text: activationText(activation, names?.[activation]) },
          locations: ordered
            .filter(({ step }) => step.activation === activation)
            .map(({ step, executionOrder, location }) => ({
              location,
              executionOrder,
              kinds: [step.step],
              ...(step.state ? { state: { [step.state.place]: { text: step.state.value } } } : {}),
            })),
        })),
      },
    ],
  };
}

function activationText(letter: string, name: string | undefined): string {
  return name === undefined ? `Activation ${letter}` : `Activation ${letter}: ${name}`;
}

function locationOf(step: TraceStep, id: number, cwd: string): object {
  const start = { line: step.line, column: step.column + 1 };
  return {
    id,
    message: { text: step.text },
    physicalLocation: physical(step.path, cwd, start),
  };
}

function physical(path: string, cwd: string, start: Position, end?: Position): object {
  const relative = relativePath(path, cwd);
  return {
    artifactLocation: { uri: encodeURI(relative), uriBaseId: ROOT },
    region: {
      startLine: start.line,
      startColumn: start.column,
      ...(end ? { endLine: end.line, endColumn: end.column } : {}),
    },
  };
}
