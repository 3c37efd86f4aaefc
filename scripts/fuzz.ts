import { randomBytes, randomInt } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import { Command, InvalidArgumentError } from "commander";
import { fuzz } from "../test/wire/fuzz.ts";
import { targets } from "../test/wire/targets/index.ts";
import { toolPath } from "./root.ts";
import { runNode } from "./run-command.ts";

const positive = (text: string) => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("Not a positive number.");
  return value;
};
const seedNumber = (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new InvalidArgumentError("Not a seed.");
  return value;
};

const program = new Command("npm run fuzz --").description(
  "What `npm test` does with a fixed seed, for longer and each time from another seed, until the time is up or something\n" +
    "breaks. A round under way is finished.",
);
program
  .command("wire")
  .description("every parser of what strangers send (test/wire): each is refused, or taken for what it means")
  .argument("[minutes]", "for how long", positive, 10)
  .option("--only <text>", "the targets whose name has this in it", "")
  .option("--seed <number>", "one round from this seed alone, to see a finding again", seedNumber)
  .action(fuzzWire);
program
  .command("contracts")
  .description("the Solidity fuzz tests and invariants (test/contracts/*.t.sol); an invariant's run is 64 calls")
  .argument("[minutes]", "for how long", positive, 10)
  .option("--runs <number>", "runs of each test in a round; npm test has 256", positive, 512)
  .option("--seed <hex>", "one round from this seed alone, to see a finding again")
  .action(fuzzContracts);
await program.parseAsync();

async function fuzzWire(minutes: number, { only, seed }: { only: string; seed?: number }): Promise<void> {
  const chosen = targets.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) throw new InvalidArgumentError(`no target has "${only}" in its name`);
  await untilTimeIsUp(minutes, seed !== undefined, async () => {
    for (const target of chosen) {
      const from = seed ?? randomInt(2 ** 32);
      try {
        // As many as in `npm test`, so that its seed's rounds can be seen again.
        const { rounds, refused } = await fuzz(target, from, (done) => done < target.rounds);
        console.log(`  ✓ ${target.name}: ${rounds} changes, ${refused} refused, seed ${from}`);
      } catch (error) {
        console.error(error);
        return `npm run fuzz -- wire --only "${target.name}" --seed ${from}`;
      }
    }
    return null;
  });
}

async function fuzzContracts(minutes: number, { runs, seed }: { runs: number; seed?: string }): Promise<void> {
  await untilTimeIsUp(minutes, seed !== undefined, async () => {
    const from = seed ?? `0x${randomBytes(32).toString("hex")}`;
    const startedAt = performance.now();
    const env = { SHADOWMESH_FUZZ_RUNS: String(runs), SHADOWMESH_FUZZ_SEED: from };
    const { ok, output } = await runNode([toolPath("hardhat"), "test", "solidity"], { env });
    if (!ok) {
      console.log(output);
      return `npm run fuzz -- contracts --seed ${from} --runs ${runs}`;
    }
    const passing = /(\d+) passing/.exec(stripVTControlCharacters(output))?.[1] ?? "no";
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`  ✓ ${passing} tests, ${runs} runs each, seed ${from} (${seconds} s)`);
    return null;
  });
}

/** Plays rounds; each tells how its finding is seen again, or null. */
async function untilTimeIsUp(minutes: number, once: boolean, round: () => Promise<string | null>): Promise<void> {
  const end = performance.now() + minutes * 60_000;
  let rounds = 0;
  do {
    const again = await round();
    rounds++;
    if (again !== null) {
      console.error(`✗ broken: see above, and again by \`${again}\``);
      process.exitCode = 1;
      return;
    }
  } while (!once && performance.now() < end);
  console.log(`✓ ${rounds} rounds without a finding`);
}
