import { expect } from "chai";
import { parseEther } from "viem";
import type { HistoryLog } from "../../../../app/_shared/chain/use-history.ts";
import { gainOf, inOrder, type Movement, movementsCsv, movementsOf } from "../../../../app/stake/_hooks/movements.ts";

const bob = "0xB0b0000000000000000000000000000000000001";
const eve = "0xEee0000000000000000000000000000000000002";
const peerId = `0x${"ab".repeat(20)}`;
const transaction = `0x${"1".repeat(64)}` as const;

function log(eventName: string, args: Record<string, unknown>, blockNumber = 1n): HistoryLog {
  return { eventName, args, blockNumber, transactionHash: transaction } as never;
}

const logs = [
  log("Staked", { pool: 3, account: bob, amount: parseEther("50"), shares: 500n }),
  log("Staked", { pool: 3, account: eve, amount: parseEther("9"), shares: 90n }),
  log("Rewarded", { peerID: peerId, commission: 1n, toStake: 2n }),
  log("Unstaked", { pool: 3, account: bob, index: 0n, amount: parseEther("20"), shares: 200n, availableAt: 1n }),
  log("Rebonded", { pool: 3, account: bob, index: 0n, amount: parseEther("5"), shares: 40n }),
  log("UnstakedWithdrawn", { pool: 3, account: bob, index: 0n, amount: parseEther("15") }),
  log("EarningsClaimed", { peerID: peerId, beneficiary: bob, amount: parseEther("0.3") }),
  log("Staked", { pool: 4, account: bob, amount: parseEther("1"), shares: 10n }),
];

describe("app/stake/movements", () => {
  it("puts events in order by block, and within one by their place", () => {
    const places = [
      { blockNumber: 9n, logIndex: 0 },
      { blockNumber: 8n, logIndex: 10 },
      { blockNumber: 8n, logIndex: 9 },
    ];
    expect(inOrder(places).map(({ logIndex }) => logIndex)).to.deep.equal([9, 10, 0]);
  });

  it("takes an account's own events alone, whatever case its address is written in", () => {
    const kinds = movementsOf(logs, bob.toLowerCase()).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(["staked", "unstaked", "rebonded", "withdrawn", "commission", "staked"]);
    expect(movementsOf(logs, eve)).to.have.length(1);
  });

  it("counts as gain what a stake is worth and what was taken out, beyond what was put in", () => {
    const held = { pool: 3, shares: 340n, stake: parseEther("36") };
    expect(gainOf(movementsOf(logs, bob), held)).to.equal(parseEther("1"));
    expect(gainOf(movementsOf(logs, bob), { pool: 4, shares: 10n, stake: parseEther("0.9") })).to.equal(
      -parseEther("0.1"),
    );
  });

  it("knows no gain where shares were made before the first event that was read", () => {
    expect(gainOf(movementsOf(logs, bob), { pool: 3, shares: 341n, stake: parseEther("36") })).to.equal(null);
  });

  it("exports amounts to the last wei, in UTC", () => {
    const [first] = movementsOf([log("Staked", { pool: 3, account: bob, amount: 1n, shares: 1n })], bob);
    if (!first) throw new Error("no movement");
    expect(movementsCsv([{ atMs: 0, movement: first, peerId }])).to.equal(
      `Time (UTC),What,Node,Amount (SHM),Transaction\r\n1970-01-01T00:00:00.000Z,staked,${peerId},0.000000000000000001,${transaction}\r\n`,
    );
  });

  it("exports rewards and penalties beside what the account did", () => {
    const of = (kind: Movement["kind"], wei: bigint): Movement => {
      return { kind, pool: 3, peerId, wei, shares: 0n, blockNumber: 1n, logIndex: 0, transaction };
    };
    const movements = [of("reward", parseEther("4.5")), of("penalty", parseEther("1"))];
    const [, ...rows] = movementsCsv(movements.map((movement) => ({ atMs: 0, movement, peerId }))).split("\r\n");
    expect(rows.map((row) => row.split(",").slice(1, 4).join())).to.deep.equal([
      `reward,${peerId},4.5`,
      `penalty,${peerId},1`,
      "",
    ]);
  });
});
