import { expect } from "chai";
import { parseEther } from "viem";
import type { HistoryLog } from "../../../../app/_shared/chain/use-history.ts";
import { type ComparedNode, filterNodes } from "../../../../app/stake/_hooks/comparison.ts";
import { storyOf, tell } from "../../../../app/stake/_hooks/story.ts";

const idOf = (digit: string) => `0x${digit.repeat(40)}` as const;
const log = (eventName: string, args: Record<string, unknown>): HistoryLog =>
  ({ eventName, args, blockNumber: 7n }) as never;

const told = tell([
  log("CommissionSet", { peerID: idOf("a"), commissionBps: 2_000 }),
  log("NodeSlashed", { peerID: idOf("a"), fromStake: 1n, fromUnbonding: 1n }),
  log("NodeRegistered", { peerID: idOf("A") }),
  log("ScoresApplied", { changes: "0x000000013c0000000228" }),
  log("ScoresApplied", { changes: "0x0000000146" }),
  log("Rewarded", { peerID: idOf("A"), commission: 5n, toStake: parseEther("1") }),
  log("Rewarded", { peerID: idOf("a"), commission: 5n, toStake: parseEther("1") }),
  log("CommissionSet", { peerID: idOf("a"), commissionBps: 1_000 }),
  log("NodeSlashed", { peerID: idOf("b"), fromStake: 3n, fromUnbonding: 4n }),
]);

interface Given {
  digit: string;
  pool: number;
  score: number;
  stake?: bigint;
  commissionBps?: number;
  region?: string;
  nodeType?: string;
}

function compared({ digit, pool, score, stake = parseEther("100"), commissionBps = 0, ...rest }: Given): ComparedNode {
  const node = {
    peerId: idOf(digit),
    operator: `0x${"0".repeat(39)}${digit}`,
    nodeType: "light_public",
    region: "europe",
    bandwidthMbps: 100,
    lastSeenMs: pool,
    score,
    pool: { pool, stake, commissionBps },
    ...rest,
  };
  return { ...node, story: storyOf(told, node) } as never;
}

const [a, b, c] = [
  compared({ digit: "a", pool: 1, score: 70, commissionBps: 1_000 }),
  compared({ digit: "b", pool: 2, score: 40, stake: parseEther("300"), region: "africa" }),
  compared({ digit: "c", pool: 3, score: 90, nodeType: "backbone_auth", commissionBps: 500 }),
];
const all = { text: "", type: "", region: "", sort: "score" } as const;
const ids = (nodes: readonly ComparedNode[]) => nodes.map(({ peerId }) => peerId.slice(2, 3));

describe("app/stake/story", () => {
  it("tells each node's own scores, commissions, rewards and penalties, since it registered", () => {
    expect(a.story).to.deep.equal({
      scores: [60, 70],
      commissions: [{ bps: 1_000, blockNumber: 7n }],
      rewardedWei: parseEther("2"),
      rewardPercent: 2,
      slashedWei: 0n,
    });
    expect(b.story).to.deep.include({ scores: [40], slashedWei: 7n, rewardedWei: 0n, rewardPercent: 0 });
  });
});

describe("app/stake/comparison", () => {
  it("sorts by what is better, whichever it is", () => {
    const by = (sort: "score" | "stake" | "commission" | "rewards" | "heartbeat") =>
      ids(filterNodes([a, b, c], { ...all, sort })).join("");
    expect(by("score")).to.equal("cab");
    expect(by("stake")).to.equal("bca");
    expect(by("commission")).to.equal("bca");
    expect(by("rewards")).to.equal("acb");
    expect(by("heartbeat")).to.equal("cba");
  });

  it("lets through what matches type, region and a part of peer ID or operator", () => {
    expect(ids(filterNodes([a, b, c], { ...all, type: "backbone_auth" }))).to.deep.equal(["c"]);
    expect(ids(filterNodes([a, b, c], { ...all, region: "africa" }))).to.deep.equal(["b"]);
    expect(ids(filterNodes([a, b, c], { ...all, text: " 0xAAAA " }))).to.deep.equal(["a"]);
    expect(ids(filterNodes([a, b, c], { ...all, text: "0000b" }))).to.deep.equal(["b"]);
    expect(filterNodes([a, b, c], { ...all, text: "nobody" })).to.deep.equal([]);
  });
});
