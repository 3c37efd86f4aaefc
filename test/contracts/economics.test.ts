import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { concat, formatEther, type Hex, numberToHex, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { reputationAbi } from "../../contracts/generated/reputation.ts";
import { slashingAbi } from "../../contracts/generated/slashing.ts";
import { deployNodeNexus } from "../../scripts/deploy/index.ts";
import { root } from "../../scripts/root.ts";
import {
  asOperator,
  deployNexus,
  EUROPE,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  nexusAt,
  operator,
  owner,
  pauser,
  publicClient,
  registerNode,
  stranger,
} from "./fixture.ts";
import { paymentsAt, voucherOf } from "./relay-payments/market.ts";
import { contradictionOf } from "./slashing/court.ts";

const GUIDE = "docs/guides/economics.md";
const DAY_S = 24n * 3600n;
const [alice, bob, carol] = [operator, stranger, pauser];

/** To nine digits: rounding costs a few wei. */
const shm = (wei: bigint) => `${Number(Number(formatEther(wei)).toFixed(9))} SHM`;
const days = (seconds: bigint | number) => `${BigInt(seconds) / DAY_S} days`;

describe(GUIDE, () => {
  let text: string;
  before(async () => {
    text = await readFile(`${root}${GUIDE}`, "utf8");
  });

  /** The rows of the table under a heading, without its head. */
  function table(heading: string): string[][] {
    const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
    const rows = section?.split("\n").filter((line) => line.startsWith("|")) ?? [];
    return rows.slice(2).map((row) =>
      row
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  }

  it("tells what a new network starts with", async () => {
    const { nodeNexus, slashing } = await deployNodeNexus({ publicClient, walletClient: owner });
    const nexus = nexusAt(nodeNexus);
    const setting = (functionName: "PENALTY_BPS" | "REPORTER_BPS") =>
      publicClient.readContract({ address: slashing, abi: slashingAbi, functionName });
    const { peerID } = await registerNode(nexus);
    expect(table("What a new network starts with")).to.deep.equal([
      ["stake of a public node", shm(await nexus.read.minimumStake([LIGHT_PUBLIC]))],
      ["stake of a backbone", shm(await nexus.read.minimumStake([0]))],
      ["stake of a private node", shm(await nexus.read.minimumStake([LIGHT_PRIVATE]))],
      ["unbonding", days(await nexus.read.unbondingPeriod())],
      ["price of a relayed GiB", shm(await nexus.read.relayPricePerGiB())],
      ["penalty for a contradiction", `${(await setting("PENALTY_BPS")) / 100} %`],
      ["the reporter's part of the penalty", `${(await setting("REPORTER_BPS")) / 100} %`],
      ["a score's first value", String(await nexus.read.scoreOf([peerID]))],
    ]);
  });

  it("follows Alice's pool from its stake to the slash", async () => {
    const deployment = await deployNodeNexus({ publicClient, walletClient: owner });
    const nexus = nexusAt(deployment.nodeNexus);
    const payments = paymentsAt(deployment.relayPayments);
    const node = await registerNode(nexus, { value: parseEther("100") });
    const { peerID } = node;
    await nexus.write.setCommission([peerID, 1_000], asOperator);
    const { pool } = await nexus.read.poolOf([peerID]);
    await nexus.write.stake([peerID, 0n], { account: bob.account, value: parseEther("50") });
    const staker = (who: typeof alice) => nexus.read.stakerOf([pool, who.account.address]);
    const stake = async (who: typeof alice) => shm((await staker(who)).stake);

    expect(table("Stake: a pool of shares")).to.deep.equal([
      ["Alice", await stake(alice)],
      ["Bob", await stake(bob)],
      ["the pool", shm((await nexus.read.poolOf([peerID])).stake)],
    ]);

    const session = privateKeyToAccount(generatePrivateKey());
    await payments.write.open([peerID, session.address], { account: carol.account, value: parseEther("10") });
    const owed = 300n * (await nexus.read.relayPricePerGiB());
    const voucher = await voucherOf({ payments, peerID, session }, owed, { payer: carol.account.address });
    await payments.write.redeem([peerID, voucher]);
    const { deposited, redeemed } = await payments.read.channelOf([carol.account.address, peerID]);
    expect(table("Price and payout")).to.deep.equal([
      ["Carol pays", shm(redeemed)],
      ["left in her channel", shm(deposited - redeemed)],
      ["commission to claim", shm((await nexus.read.poolOf([peerID])).earnings)],
      ["Alice's stake", await stake(alice)],
      ["Bob's stake", await stake(bob)],
    ]);
    expect(text).to.include(`a notice of ${(await payments.read.exitNotice()) / DAY_S} day,`);

    const { shares } = await staker(bob);
    await nexus.write.unstake([pool, shares / 2n], { account: bob.account });
    const unbonding = async () => (await staker(bob)).unbondings[0] ?? { amount: 0n, availableAt: 0n };
    const { timestamp } = await publicClient.getBlock();
    expect(table("Leaving")).to.deep.equal([
      ["Bob's unbonding", shm((await unbonding()).amount)],
      ["Bob's stake", await stake(bob)],
      ["paid after", days((await unbonding()).availableAt - timestamp)],
    ]);

    const court = { address: deployment.slashing, abi: slashingAbi } as const;
    const contradiction = await contradictionOf(node, nexus.address);
    await owner.writeContract({ ...court, functionName: "report", args: [contradiction] });
    const window = await publicClient.readContract({ ...court, functionName: "CHALLENGE_WINDOW" });
    expect(text).to.include(`a window of ${days(window)},`);
    await networkHelpers.time.increase(window);
    await owner.writeContract({ ...court, functionName: "execute", args: [peerID] });
    const [executed] = await publicClient.getContractEvents({ ...court, eventName: "Executed", strict: true });
    const { toReporter = 0n, burnt = 0n } = executed?.args ?? {};
    expect(table("Slashing")).to.deep.equal([
      ["the penalty", shm(toReporter + burnt)],
      ["to the reporter", shm(toReporter)],
      ["burnt", shm(burnt)],
      ["Alice's stake", await stake(alice)],
      ["Bob's stake", await stake(bob)],
      ["Bob's unbonding", shm((await unbonding()).amount)],
    ]);
  });

  it("follows a score down and up again", async () => {
    const { reputation } = await deployNodeNexus({ publicClient, walletClient: owner });
    const epoch = await publicClient.readContract({
      address: reputation,
      abi: reputationAbi,
      functionName: "EPOCH_LENGTH",
    });
    expect(text).to.include(`once an epoch of ${epoch / 3600n} hour.`);

    const nexus = await deployNexus({ scorer: owner.account.address });
    const { peerID } = await registerNode(nexus, { value: MINIMUM });
    const { pool } = await nexus.read.poolOf([peerID]);
    const found: string[][] = [];
    for (const [number, wanted] of [null, 0, 0, 0, 0, 100, 100].entries()) {
      const change: Hex = concat([numberToHex(pool, { size: 4 }), numberToHex(wanted ?? 0, { size: 1 })]);
      if (wanted !== null) await nexus.write.applyScores([EUROPE, LIGHT_PUBLIC, change]);
      const listed = await publicClient.readContract({
        address: nexus.address,
        abi: nexus.abi,
        functionName: "getPublicLightNodes",
        args: [EUROPE, 1n, 0n],
      });
      found.push([String(number), String(await nexus.read.scoreOf([peerID])), listed.length === 1 ? "yes" : "no"]);
    }
    expect(table("Score")).to.deep.equal(found);
  });

  it("leaves no table unchecked", () => {
    expect(text.match(/^\|---/gm)).to.have.length(6);
  });
});
