// `npm run bench`: runs the programs bench/*/run.js and keeps what they print in docs/benchmarks.md.
// Arguments: the names of benchmarks (default: all); --smoke: tiny input, nothing is written.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import { parseArgs } from "node:util";

const PAGE = "docs/benchmarks.md";
const {
  values: { smoke },
  positionals,
} = parseArgs({ options: { smoke: { type: "boolean" } }, allowPositionals: true });

const all = readdirSync("bench").filter((name) => existsSync(`bench/${name}/run.js`));
const unknown = positionals.filter((name) => !all.includes(name));
if (unknown.length > 0)
  throw new Error(`no benchmark ${unknown.join(", ")}; there is: ${all.join(", ")}`);
const chosen = positionals.length > 0 ? positionals : all;

const run = (name) => {
  const args = [`bench/${name}/run.js`, ...(smoke ? ["--smoke"] : [])];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`bench/${name} failed`);
  console.log(stdout);
  return stdout.trim();
};

// The sections stand between markers, so that one benchmark can be run again without the others.
const oldSections = existsSync(PAGE)
  ? Object.fromEntries(
      [...readFileSync(PAGE, "utf8").matchAll(/<!-- bench: (\w+) -->\n(.*?)\n<!-- end -->/gs)].map(
        ([, name, text]) => [name, text],
      ),
    )
  : {};

const machine = `${os.cpus().length} cores (${os.cpus()[0].model.trim()}), ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.platform()} ${os.arch()}, Node.js ${process.version}`;
const today = new Date().toISOString().slice(0, 10);
const sections = Object.fromEntries(
  chosen.map((name) => [name, `${run(name)}\n\n_${today}, ${machine}._`]),
);

if (!smoke) {
  const merged = { ...oldSections, ...sections };
  const body = all
    .filter((name) => merged[name] !== undefined)
    .map((name) => `<!-- bench: ${name} -->\n${merged[name]}\n<!-- end -->`);
  const intro = `# Benchmarks

Written by \`npm run bench\`. Times depend on the machine; the ratios are to a named peer measured in the same run.`;
  writeFileSync(PAGE, `${[intro, ...body].join("\n\n")}\n`);
  spawnSync("npx", ["--no-install", "prettier", "--write", "--log-level", "warn", PAGE], {
    stdio: "inherit",
  });
}
