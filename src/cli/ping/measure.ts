import { lookup } from "node:dns/promises";
import { request as requestHttp, type ClientRequest } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { CommandError } from "../command.ts";

/** What one connection and one request on it took, in milliseconds. */
export interface Sample {
  /** Until the TCP connection stood: one round trip of the network. */
  readonly connect: number;
  /** From there until the TLS session stood; null without TLS. */
  readonly tls: number | null;
  /** From there until the head of the response: what a call on an open connection waits for. */
  readonly http: number;
}

export interface Measurement {
  readonly samples: readonly Sample[];
  /** Attempts that gave no sample, as Node.js names their errors. */
  readonly failures: readonly string[];
}

/** What is asked of the server; tests set a short timeout. */
export interface PingOptions {
  readonly count: number;
  /** Milliseconds after which an attempt counts as lost. */
  readonly timeout: number;
  /** Milliseconds between attempts. */
  readonly pause: number;
}

/**
 * Connects `count` times, one after the other, and sends one HEAD request on each connection. The name is looked
 * up once: a bot's connections stay open and do not look it up either.
 *
 * @throws CommandError when the name does not resolve
 */
export async function measure(
  url: URL,
  { count, timeout, pause }: PingOptions,
  onSample: (done: number) => void,
): Promise<Measurement> {
  const address = await addressOf(url);
  const samples: Sample[] = [];
  const failures: string[] = [];
  for (let done = 0; done < count; done += 1) {
    onSample(done);
    if (done > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      samples.push(await takeSample(url, address, timeout));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      failures.push(code ?? message);
    }
  }
  return { samples, failures };
}

interface Address {
  readonly address: string;
  readonly family: number;
}

async function addressOf({ hostname }: URL): Promise<Address> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(host);
  if (family !== 0) return { address: host, family };
  try {
    return await lookup(host);
  } catch {
    throw new CommandError(`${host} does not resolve: check the name, and this machine's DNS.`);
  }
}

function takeSample(url: URL, { address, family }: Address, timeout: number): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === "https:";
    const found: LookupFunction = (_host, options, callback) => {
      if (options.all) callback(null, [{ address, family }]);
      else callback(null, address, family);
    };
    const started = performance.now();
    let connected = started;
    let secured: number | null = null;
    const request: ClientRequest = (isSecure ? requestHttps : requestHttp)(url, {
      method: "HEAD",
      agent: false,
      lookup: found,
      signal: AbortSignal.timeout(timeout),
    });
    request.on("socket", (socket) => {
      socket.once("connect", () => {
        connected = performance.now();
      });
      socket.once("secureConnect", () => {
        secured = performance.now();
      });
    });
    request.on("response", (response) => {
      response.destroy();
      resolve({
        connect: connected - started,
        tls: secured === null ? null : secured - connected,
        http: performance.now() - (secured ?? connected),
      });
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      reject(error.name === "AbortError" || error.name === "TimeoutError" ? lost(timeout) : error);
    });
    request.end();
  });
}

function lost(timeout: number): Error {
  return Object.assign(new Error("no answer"), { code: `no answer in ${timeout} ms` });
}
