import { randomBytes } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import { Command, InvalidArgumentError } from "commander";
import { toolPath } from "./root.ts";
import { runNode } from "./run-command.ts";

const positive = (text: string) => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Not a positive number.");
  return value;
};

const { minutes, runs, seed } = new Command("npm run fuzz --")
  .description(
    "Runs the Solidity fuzz tests and invariants (test/contracts/*.t.sol) again and again, each time from another seed,\n" +
      "until the time is up or something breaks. An invariant's run is 64 calls.",
  )
  .option("--minutes <number>", "for how long; the round under way is finished", positive, 10)
  .option("--runs <number>", "runs of each test in a round; npm test has 256", positive, 512)
  .option("--seed <hex>", "one round from this seed alone, to see a finding again")
  .parse()
  .opts<{ minutes: number; runs: number; seed?: string }>();

const until = performance.now() + minutes * 60_000;
let rounds = 0;
do {
  const from = seed ?? `0x${randomBytes(32).toString("hex")}`;
  const startedAt = performance.now();
  const env = { SHADOWMESH_FUZZ_RUNS: String(runs), SHADOWMESH_FUZZ_SEED: from };
  const { ok, output } = await runNode([toolPath("hardhat"), "test", "solidity"], { env });
  rounds++;
  if (!ok) {
    console.log(output);
    console.error(`✗ broken: see above, and again by \`npm run fuzz -- --seed ${from} --runs ${runs}\``);
    process.exitCode = 1;
    break;
  }
  const passing = /(\d+) passing/.exec(stripVTControlCharacters(output))?.[1] ?? "no";
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`  ✓ round ${rounds}: ${passing} tests, ${runs} runs each, seed ${from} (${seconds} s)`);
} while (seed === undefined && performance.now() < until);
if (process.exitCode === undefined) console.log(`✓ ${rounds} rounds without a finding`);
