// `npm run demo`: lints the examples, then runs three of them in every order in which their I/O can complete.
// Exits with 0 when everything came out as the text says, else with 1.
import { ESLint } from "eslint";
import runAsync from "eslint-plugin-run-async";
import { PoolDeadlockError } from "eslint-plugin-run-async/runtime";
import { explore } from "eslint-plugin-run-async/runtime/testing";
import { isDeepStrictEqual } from "node:util";
import path from "node:path";
import tseslint from "typescript-eslint";
import { family } from "./family.js";
import { loadExample } from "./load-example.js";
import { scheduleTable } from "./schedule-table.js";
import { twoTransfers } from "./two-transfers.js";

const root = path.resolve(import.meta.dirname, "..");

/** Says whether a promise of this demo was kept; a broken one makes the exit code 1. */
function check(isKept, promise) {
  console.log(`${isKept ? "ok    " : "FAILED"} ${promise}`);
  if (!isKept) process.exitCode = 1;
}

function heading(text) {
  console.log(`\n${text}\n${"=".repeat(text.length)}\n`);
}

/** Paths as they are written in the repository. */
function withoutRoot(text) {
  return text.replaceAll("file://", "").replaceAll(`${root}${path.sep}`, "");
}

heading("1. Lint of examples/");

const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ["**/*.ts"],
      languageOptions: { parser: tseslint.parser },
      settings: { "run-async": { root: "examples" } },
      ...runAsync.configs.recommended,
    },
  ],
});
const results = await eslint.lintFiles(["examples"]);
const formatter = await eslint.loadFormatter("stylish");
console.log(withoutRoot(await formatter.format(results)).trim(), "\n");

const findingsIn = (example) => {
  const folder = path.join(root, "examples", example) + path.sep;
  return results
    .filter(({ filePath }) => filePath.startsWith(folder))
    .flatMap(({ messages }) => messages);
};
check(findingsIn("bank").length === 2, "both writes of the racing bank are reported");
check(findingsIn("nested-tasks").length > 0, "the tasks that wait for each other are reported");
check(findingsIn("echo").length === 0, "nothing is reported in the echo bot");
check(findingsIn("bank-fixed").length === 0, "nothing is reported in the repaired bank");

heading("2. The deadlock");

const { parent } = await loadExample("nested-tasks", "tasks");
const nested = await explore(family(parent, 1), { pool: { workers: 2 } });
const [deadlock] = nested.failures;
console.log(withoutRoot(deadlock?.message ?? "No deadlock."), "\n");
check(
  deadlock?.error instanceof PoolDeadlockError,
  "the deadlock is named, with the chain of waits",
);
check(nested.verdicts.deadlock === nested.schedules, "one update is enough, whatever its order");
const wide = await explore(family(parent, 1), { pool: { workers: 5 } });
check(wide.verdicts.ok === wide.schedules, "with five workers one update passes");
const busy = await explore(family(parent, 2), { pool: { workers: 5 }, maxSchedules: 100 });
check(busy.verdicts.deadlock > 0, "and two updates at once hang again");

heading("3. The racing bank, on the runtime");

const PAID = { alice: 90, bob: -90 };
console.log(
  "Alice sends 10 to Bob, Bob sends 100 to Alice, both begin with 0. Right is 90 and -90.",
);
const racing = await explore(
  twoTransfers((await loadExample("bank", "transaction")).createTransaction),
);
console.log(`All ${racing.schedules} orders in which reads, writes and messages can complete:\n`);

/** What became of the money, in words. */
function verdictOn({ alice, bob }) {
  if (alice === PAID.alice && bob === PAID.bob) return "right";
  if (alice === -10 && bob === 10) return "Bob's transfer is lost";
  if (alice === 100 && bob === -100) return "Alice's transfer is lost";
  const sum = alice + bob;
  return sum > 0 ? `${sum} out of nothing` : `${-sum} vanished`;
}
for (const { value, schedules } of racing.outcomes) {
  const columns = [schedules, value.alice, value.bob].map((number) => String(number).padStart(6));
  console.log(`${columns[0]} orders: Alice ${columns[1]}, Bob ${columns[2]}   ${verdictOn(value)}`);
}
console.log();

/** Prints the first schedule that ends with these balances. */
function showSchedule(title, alice, bob) {
  const outcome = racing.outcomes.find(({ value }) => value.alice === alice && value.bob === bob);
  check(outcome !== undefined, `${title}: Alice ${alice}, Bob ${bob}`);
  if (outcome) console.log(`\n${scheduleTable(outcome.trace, ["Alice", "Bob"])}\n`);
}
showSchedule("one transfer overwrites the other", -10, 10);
showSchedule("a switch between the two writes makes 110 out of nothing", 100, 10);
check(racing.isExhaustive, "every order was tried");

heading("4. The repaired bank, on the runtime");

const repaired = await explore(
  twoTransfers((await loadExample("bank-fixed", "transaction")).createTransaction),
);
const TOLD = ["Preparing...", "Transferring money...", "Done!"];
const isRight = ({ value }) =>
  isDeepStrictEqual(value, { ...PAID, messages: { Alice: TOLD, Bob: TOLD } });
console.log(`All ${repaired.schedules} orders in which reads, writes and messages can complete:\n`);
check(repaired.isExhaustive, "every order was tried");
check(repaired.verdicts.ok === repaired.schedules, "no error and no deadlock");
check(
  repaired.outcomes.every(isRight),
  "Alice 90, Bob -90, and each chat is told in the right order",
);

console.log(process.exitCode ? "\nThe demo FAILED." : "\nAll as promised.");
