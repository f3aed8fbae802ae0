import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from "node:net";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { statisticsOf, verdictOn, workersFor } from "../../src/cli/ping/statistics.ts";
import { emptyPackage, run } from "./run.ts";

const servers: (Server | TcpServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = async (server: Server | TcpServer): Promise<string> => {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
};

/** Answers each request after the next of these delays, in milliseconds; null cuts the connection. */
const serve = (delays: readonly (number | null)[]): Promise<string> => {
  let count = 0;
  return listen(
    createServer((request, response) => {
      const delay = delays[count++ % delays.length] ?? null;
      if (delay === null) request.socket.destroy();
      else setTimeout(() => response.end(), delay);
    }),
  );
};

interface Result {
  readonly http: { min: number; median: number; p95: number; jitter: number };
  readonly tls: unknown;
  readonly loss: number;
  readonly verdict: string;
  readonly load: {
    busy: number;
    needed: number;
    found: { at: string; workers: number | null }[];
  } | null;
}

const pingJson = async (...args: string[]): Promise<{ code: number; result: Result }> => {
  const { code, out } = await run(["ping", ...args, "--json"]);
  return { code, result: JSON.parse(out) as Result };
};

test("the server's delays come back: min, median, p95, and the verdict of a slow one", async () => {
  const url = await serve([60, 90, 120]);
  const { code, result } = await pingJson(url, "--count", "3");
  const { min, median, p95, jitter } = result.http;
  // A timer may fire up to one millisecond early; how late depends on the machine.
  expect(min).toBeGreaterThan(58);
  expect(median).toBeGreaterThan(88);
  expect(p95).toBeGreaterThan(118);
  expect(jitter).toBeGreaterThan(0);
  expect(result).toMatchObject({ loss: 0, tls: null, verdict: "not recommended" });
  expect(code).toBe(1);
});

test("cut connections are lost and do not count as samples", async () => {
  const url = await serve([1, null]);
  const { result } = await pingJson(url, "--count", "4");
  expect(result.loss).toBe(0.5);
});

test("an answer that comes too late is lost", async () => {
  const url = await serve([1, 2_000]);
  const { result } = await pingJson(url, "--count", "2", "--timeout", "500");
  expect(result.loss).toBe(0.5);
});

test("the table for people names what was measured", async () => {
  const { out } = await run(["ping", await serve([0]), "--count", "2"]);
  expect(out).toMatch(/^ms +min +median +p95 +jitter$/m);
  expect(out).toMatch(/^connect( +\d+\.\d){4}$/m);
  expect(out).toMatch(/^request( +\d+\.\d){4}$/m);
  expect(out).toMatch(/^lost {6}0 %$/m);
  expect(out).toMatch(/^\d+\.\d ms for a request: (?:very good|good|not recommended)\.$/m);
});

test("a load is compared with the workers in the project", async () => {
  const cwd = emptyPackage();
  writeFileSync(
    path.join(cwd, "bot.ts"),
    `import { Updater } from "eslint-plugin-run-async/runtime";
new Updater("", { workers: 8 });
new Updater("");
new Updater("", { workers: Number(process.env.WORKERS) });
`,
  );
  const url = await serve([0]);
  const args = ["ping", url, "--count", "1", "--rate", "20", "--service", "250"];
  const { code, out } = await run(args, { cwd });
  expect(out).toContain("5 tasks under way on average: plan for 8 workers");
  expect(out).toContain("bot.ts:2 has 8: enough.");
  expect(out).toContain("bot.ts:3 has 4: too few.");
  expect(out).toContain("bot.ts:4 computes its number of workers.");
  expect(code).toBe(1);
});

test("what cannot be reached is one line with the way out", async () => {
  const closed = await listen(createTcpServer());
  await new Promise((resolve) => servers.pop()?.close(resolve));
  expect((await run(["ping", closed, "--count", "1"])).err).toMatch(
    /^run-async ping: 127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\): nothing listens there; check the port\.\n$/,
  );
  const proxied = await run(["ping", closed, "--count", "1"], {
    env: { HTTPS_PROXY: "http://proxy.example" },
  });
  expect(proxied.err).toContain("A proxy is set in the environment");
  const cutting = await listen(createTcpServer((socket) => socket.destroy()));
  const { code, err } = await run(["ping", cutting, "--count", "1"]);
  expect(code).toBe(2);
  expect(err).toMatch(/does not answer \(ECONNRESET\): the connection was cut/);
  const plain = cutting.replace("http:", "https:");
  expect((await run(["ping", plain, "--count", "1"])).code).toBe(2);
});

test.each([
  [["ping", "api.telegram.org"], /"api\.telegram\.org" is no URL; write it as https:/],
  [["ping", "ftp://example.org"], /is no URL/],
  [["ping", "http://name.invalid"], /name\.invalid does not resolve: check the name/],
  [["ping", "--count", "0"], /--count is a number above 0, not "0"/],
  [["ping", "--rate", "5"], /--rate and --service go together/],
])("%j says what is wrong", async (args, line) => {
  const { code, err } = await run(args);
  expect(code).toBe(2);
  expect(err).toMatch(line);
});

test("statistics: nearest rank, and jitter as the mean step", () => {
  const hundred = Array.from({ length: 100 }, (_unused, index) => 100 - index);
  expect(statisticsOf(hundred)).toEqual({ min: 1, median: 50, p95: 95, jitter: 1 });
  expect(statisticsOf([3])).toEqual({ min: 3, median: 3, p95: 3, jitter: 0 });
  expect(statisticsOf([1, 5, 2])).toEqual({ min: 1, median: 2, p95: 5, jitter: 3.5 });
  expect(() => statisticsOf([])).toThrow(RangeError);
});

test("the guide's marks", () => {
  expect([15, 15.1, 50, 50.1].map(verdictOn)).toEqual([
    "very good",
    "good",
    "good",
    "not recommended",
  ]);
});

test.each([
  [5, 100, 0.5, 1],
  [20, 250, 5, 8],
  [50, 400, 20, 30],
  [30, 2000, 60, 90],
])("%d updates a second of %d ms each: %d under way, %d workers", (rate, service, busy, needed) => {
  expect(workersFor(rate, service)).toEqual({ busy, needed });
});
