import { expect } from "chai";
import { parseAbi } from "viem";
import { createRandom } from "../harness/random.ts";
import { assertions, deploy, gasOf, networkHelpers } from "./fixture.ts";

/** What the index must say, worked out the slow way. */
class Oracle {
  readonly scores = new Map<number, number>();

  /** Scores of the nodes at or above `floor`, best first. */
  ranking(floor = 0): number[] {
    return [...this.scores.values()].filter((score) => score >= floor).sort((a, b) => b - a);
  }

  ids(floor = 0): number[] {
    return [...this.scores].filter(([, score]) => score >= floor).map(([id]) => id);
  }
}

describe("ScoreIndex", () => {
  const ALL = 2n ** 256n - 1n;
  const abi = parseAbi([
    "function add(uint32 id, uint8 score)",
    "function remove(uint32 id)",
    "function rescore(uint32 id, uint8 newScore)",
    "function best(uint8 floor, uint256 offset, uint256 limit, uint256 seed) view returns (uint32[])",
    "function setBandwidth(uint32 id, uint32 bandwidthMbps)",
    "function totals() view returns (uint256 count, uint256 bandwidthMbps)",
    "function occupied() view returns (uint256)",
    "error ScoreTooHigh(uint8 score, uint8 maximum)",
    "error BucketFull(uint8 score)",
  ]);
  async function emptyIndex() {
    return { index: await deploy("ScoreIndexHarness", abi) };
  }
  const load = () => networkHelpers.loadFixture(emptyIndex);
  type Index = Awaited<ReturnType<typeof emptyIndex>>["index"];

  async function expectAgreement(index: Index, oracle: Oracle, pick: (below: number) => number) {
    const seed = BigInt(pick(2 ** 31));
    const floor = pick(101);
    const scoreOf = (id: number) => oracle.scores.get(id);

    const all = await index.read.best([0, 0n, ALL, seed]);
    expect(all.map(scoreOf)).to.deep.equal(oracle.ranking());
    expect(all).to.have.members(oracle.ids());
    const bandwidthMbps = oracle.ids().reduce((sum, id) => sum + id, 0);
    expect(await index.read.totals()).to.deep.equal([BigInt(oracle.scores.size), BigInt(bandwidthMbps)]);

    const above = await index.read.best([floor, 0n, ALL, seed]);
    expect(above.map(scoreOf)).to.deep.equal(oracle.ranking(floor));

    const [offset, limit] = [pick(40), pick(20)];
    const page = await index.read.best([0, BigInt(offset), BigInt(limit), seed]);
    expect(page).to.deep.equal(all.slice(offset, offset + limit));
  }

  async function play(seed: number, scores: number, steps: number) {
    const { index } = await load();
    const oracle = new Oracle();
    const { integer: pick } = createRandom(seed);
    let nextId = 1;
    for (let step = 0; step < steps; step++) {
      const ids = oracle.ids();
      const id = ids[pick(ids.length || 1)];
      const score = pick(scores);
      const move = pick(10);
      if (id === undefined || move < 5) {
        await index.write.add([nextId, score]);
        oracle.scores.set(nextId++, score);
      } else if (move < 8) {
        await index.write.rescore([id, score]);
        oracle.scores.set(id, score);
      } else {
        await index.write.remove([id]);
        oracle.scores.delete(id);
      }
      if (step % 10 === 9) await expectAgreement(index, oracle, pick);
    }
    for (const id of oracle.ids()) {
      await index.write.remove([id]);
      oracle.scores.delete(id);
    }
    await expectAgreement(index, oracle, pick);
    expect(await index.read.occupied()).to.equal(0n);
  }

  it("agrees with brute force over 300 joins, leaves and re-scores spread over all scores", () => play(1, 101, 300));
  it("agrees with brute force over 300 steps crowded into three scores", () => play(2, 3, 300));
  it("agrees with brute force over 150 steps within one score", () => play(3, 1, 150));

  it("holds the scores 0 and 100 and rejects 101", async () => {
    const { index } = await load();
    await index.write.add([1, 0]);
    await index.write.add([2, 100]);
    expect(await index.read.best([0, 0n, ALL, 0n])).to.deep.equal([2, 1]);
    expect(await index.read.best([100, 0n, ALL, 0n])).to.deep.equal([2]);
    await assertions.revertWithCustomErrorWithArgs(index.write.add([3, 101]), index, "ScoreTooHigh", [101, 100]);
    await assertions.revertWithCustomErrorWithArgs(index.write.rescore([1, 101]), index, "ScoreTooHigh", [101, 100]);
  });

  it("takes no more nodes of one score than 24 bits can count", async () => {
    const { index } = await load();
    await index.write.add([1, 8]);
    // The first word is the bitmap, the third tells of scores 8 to 15.
    await networkHelpers.setStorageAt(index.address, 2, 2 ** 24 - 1);
    await assertions.revertWithCustomErrorWithArgs(index.write.add([2, 8]), index, "BucketFull", [8]);
    await index.write.add([2, 9]);
  });

  it("sums the bandwidth up, as it changes", async () => {
    const { index } = await load();
    for (const [id, score] of [
      [100, 7],
      [200, 8],
    ] as const)
      await index.write.add([id, score]);
    await index.write.setBandwidth([100, 10]);
    expect(await index.read.totals()).to.deep.equal([2n, 210n]);
    await index.write.setBandwidth([100, 10_000_000]);
    expect(await index.read.totals()).to.deep.equal([2n, 10_000_200n]);
  });

  it("leaves everything as it is when the score stays", async () => {
    const { index } = await load();
    for (const id of [1, 2, 3]) await index.write.add([id, 70]);
    await index.write.rescore([2, 70]);
    expect(await index.read.best([0, 0n, ALL, 0n])).to.deep.equal([1, 2, 3]);
  });

  it("rotates within a score and never across", async () => {
    const { index } = await load();
    for (const id of [1, 2, 3]) await index.write.add([id, 80]);
    for (const id of [4, 5]) await index.write.add([id, 60]);
    expect(await index.read.best([0, 0n, ALL, 1n])).to.deep.equal([2, 3, 1, 5, 4]);
    expect(await index.read.best([0, 1n, 3n, 1n])).to.deep.equal([3, 1, 5]);
  });

  it("moves a node at the same gas whether the score holds 20 nodes or 400", async () => {
    const { index } = await load();
    const addUpTo = async (from: number, to: number) => {
      for (let id = from; id <= to; id++) await index.write.add([id, 50]);
    };
    const moveAndBack = async (id: number) => {
      const away = await gasOf(await index.write.rescore([id, 51]));
      const back = await gasOf(await index.write.rescore([id, 50]));
      return Number(away + back);
    };
    await addUpTo(1, 21);
    await index.write.rescore([21, 51]);
    await moveAndBack(1);
    const few = await moveAndBack(2);
    await addUpTo(22, 400);
    const many = await moveAndBack(3);
    expect(many).to.be.closeTo(few, 500);
  });
});
