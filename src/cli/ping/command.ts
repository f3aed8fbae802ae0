import { ProjectWorld } from "../../analysis/project/world.ts";
import { workerCounts } from "../../analysis/project/worker-count.ts";
import { relativePath } from "../check/formats.ts";
import { CommandError, numberAbove, readArguments, type Command } from "../command.ts";
import { Progress } from "../progress.ts";
import { sourcesOf } from "../sources.ts";
import { painter, type Terminal } from "../terminal.ts";
import { measure, type Measurement } from "./measure.ts";
import { statisticsOf, verdictOn, workersFor, type Statistics } from "./statistics.ts";

const DEFAULT_URL = "https://api.telegram.org";

const HELP = `Usage: run-async ping [URL] [OPTIONS]

Measures how far the bot's server is from the Bot API server (default ${DEFAULT_URL}): the time for the
connection, for TLS, and for a request on it. Run it where the bot runs: the author's place does not matter.
The median request is judged: 15 ms or less is very good, 50 ms or less good, above it not recommended.

Options:
  --count N       connections (default 10)
  --timeout MS    an answer later than this is lost (default 5000)
  --rate N        updates per second, with --service: how many workers that asks for by Little's law,
                  and how many the project in the working directory has
  --service MS    milliseconds that a task takes
  --json          for machines
  -h, --help      this text

Exit codes: 0 very good or good, 1 not recommended, or too few workers, 2 wrong use, or no answer.`;

/** Between connections, in milliseconds: enough that they do not disturb each other. */
const PAUSE = 50;

interface Load {
  readonly busy: number;
  readonly needed: number;
  readonly found: readonly { readonly at: string; readonly workers: number | null }[];
}

export const ping: Command = {
  help: HELP,
  run: async (args, terminal) => {
    const { values, positionals } = readArguments(args, {
      count: { type: "string", default: "10" },
      timeout: { type: "string", default: "5000" },
      rate: { type: "string" },
      service: { type: "string" },
      json: { type: "boolean", default: false },
    });
    const url = urlOf(positionals[0] ?? DEFAULT_URL);
    const count = Math.floor(numberAbove("count", values.count, 0));
    const timeout = numberAbove("timeout", values.timeout, 0);
    const load = await loadOf(values.rate, values.service, terminal);
    const progress = new Progress(terminal.err);
    const measurement = await measure(url, { count, timeout, pause: PAUSE }, (done) => {
      progress.say(`${url.host}: ${done} of ${count}`);
    });
    progress.end();
    if (measurement.samples.length === 0) throw unreachable(url, measurement, terminal);
    const result = resultOf(url, measurement, load);
    terminal.out.write(
      values.json ? `${JSON.stringify(result, null, 2)}\n` : textOf(result, terminal),
    );
    const isSlow = result.verdict === "not recommended";
    return isSlow || load?.found.some(({ workers }) => (workers ?? Infinity) < load.needed) ? 1 : 0;
  },
};

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new CommandError(`"${text}" is no URL; write it as ${DEFAULT_URL}.`);
  return url;
}

async function loadOf(
  rate: string | undefined,
  service: string | undefined,
  terminal: Terminal,
): Promise<Load | null> {
  if (rate === undefined && service === undefined) return null;
  if (rate === undefined || service === undefined)
    throw new CommandError("--rate and --service go together: the load is their product.");
  const advice = workersFor(numberAbove("rate", rate, 0), numberAbove("service", service, 0));
  const sources = await sourcesOf(["."], terminal);
  const found = sources.flatMap(({ project }) =>
    workerCounts(project, new ProjectWorld(project).shapes).map(({ site, workers }) => ({
      at: `${relativePath(site.file.path, terminal.cwd)}:${site.file.lineOf(site.node)}`,
      workers,
    })),
  );
  return { ...advice, found };
}

const WAYS_OUT: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; check the port",
  ECONNRESET: "the connection was cut; a firewall or proxy may do that",
  ENETUNREACH: "this machine has no route there; check its network",
  EHOSTUNREACH: "this machine has no route there; check its network",
};

function unreachable(url: URL, { failures }: Measurement, { env }: Terminal): CommandError {
  const [code = "no answer"] = failures;
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code);
  const way = isCertificate
    ? "its certificate is not trusted; a proxy may be in between (NODE_EXTRA_CA_CERTS names its certificate)"
    : (WAYS_OUT[code] ?? "a firewall may be in between");
  const proxy = [env["HTTPS_PROXY"], env["https_proxy"], env["ALL_PROXY"]].find(Boolean);
  const hint = proxy
    ? " A proxy is set in the environment, and ping connects directly: measure where the bot has no proxy."
    : "";
  return new CommandError(`${url.host} does not answer (${code}): ${way}.${hint}`);
}

interface Result {
  readonly url: string;
  readonly connect: Statistics;
  readonly tls: Statistics | null;
  readonly http: Statistics;
  /** Share of the attempts that gave no answer, from 0 to 1. */
  readonly loss: number;
  readonly verdict: ReturnType<typeof verdictOn>;
  readonly load: Load | null;
}

function resultOf(url: URL, { samples, failures }: Measurement, load: Load | null): Result {
  const http = statisticsOf(samples.map((sample) => sample.http));
  const tls = samples.flatMap((sample) => sample.tls ?? []);
  return {
    url: url.href,
    connect: statisticsOf(samples.map((sample) => sample.connect)),
    tls: tls.length === 0 ? null : statisticsOf(tls),
    http,
    loss: failures.length / (failures.length + samples.length),
    verdict: verdictOn(http.median),
    load,
  };
}

function textOf(
  { url, connect, tls, http, loss, verdict, load }: Result,
  terminal: Terminal,
): string {
  const paint = painter(terminal.out, terminal);
  const row = (name: string, found: Statistics): string =>
    name.padEnd(9) +
    [found.min, found.median, found.p95, found.jitter]
      .map((value) => value.toFixed(1).padStart(9))
      .join("");
  const colour = verdict === "very good" ? "green" : verdict === "good" ? "yellow" : "red";
  return [
    url,
    paint(
      "dim",
      "ms".padEnd(9) + ["min", "median", "p95", "jitter"].map((name) => name.padStart(9)).join(""),
    ),
    row("connect", connect),
    ...(tls ? [row("TLS", tls)] : []),
    row("request", http),
    `lost      ${(loss * 100).toFixed(0)} %`,
    "",
    paint(colour, `${http.median.toFixed(1)} ms for a request: ${verdict}.`),
    ...(load ? loadText(load) : []),
    "",
  ].join("\n");
}

function loadText({ busy, needed, found }: Load): string[] {
  const advice = `${Number(busy.toFixed(2))} tasks under way on average: plan for ${needed} workers, of which two thirds are busy.`;
  if (found.length === 0) return [advice, "No `new Updater(...)` is in the working directory."];
  return [
    advice,
    ...found.map(({ at, workers }) => {
      if (workers === null) return `${at} computes its number of workers.`;
      return `${at} has ${workers}: ${workers < needed ? "too few" : "enough"}.`;
    }),
  ];
}
