import { expect } from "chai";
import { concat, getContract, numberToHex, parseAbi, parseEther } from "viem";
import {
  asOperator,
  assertions,
  deployNexus,
  EUROPE,
  LIGHT_PRIVATE,
  LIGHT_PUBLIC,
  MINIMUM,
  networkHelpers,
  OCEANIA,
  owner,
  publicClient,
  registerNode,
  viem,
} from "../fixture.ts";

const abi = parseAbi([
  "function pick(bytes32 region, uint256 count, uint256 seed) view returns (bytes20[])",
  "function isTrusted(bytes20 peerID) view returns (bool)",
  "function requireTrusted(bytes20 peerID) view",
  "function payOne(bytes32 region, uint256 seed) payable returns (bytes20)",
  "error NoTrustedRelay(bytes32 region)",
  "error NotTrusted(bytes20 peerID)",
]);

/** The registry, and a contract that trusts relays of at least score 50, 50 Mbit/s and 150 SHM. */
async function consumer() {
  const nexus = await deployNexus({ scorer: owner.account.address, slasher: owner.account.address });
  const terms = { minimumScore: 50, minimumBandwidthMbps: 50, minimumStake: (MINIMUM * 3n) / 2n };
  const { address } = await viem.deployContract("RelayPicker", [nexus.address, terms]);
  const picker = getContract({ address, abi, client: { public: publicClient, wallet: owner } });
  return { nexus, picker };
}

describe("examples/RelayPicker", () => {
  const load = async () => {
    const { nexus, picker } = await networkHelpers.loadFixture(consumer);
    const relay = (changes = {}) => registerNode(nexus, { value: 2n * MINIMUM, ...changes });
    const rescore = async (peerID: `0x${string}`, score: number) => {
      const { pool } = await nexus.read.poolOf([peerID]);
      const change = concat([numberToHex(pool, { size: 4 }), numberToHex(score, { size: 1 })]);
      await nexus.write.applyScores([EUROPE, LIGHT_PUBLIC, change]);
    };
    return { nexus, picker, relay, rescore };
  };

  it("picks the best of a region, of those that meet its terms", async () => {
    const { picker, relay, rescore } = await load();
    const [good, best, poor] = [await relay(), await relay(), await relay({ value: MINIMUM })];
    const [slow, low] = [await relay({ bandwidthMbps: 49 }), await relay()];
    const [elsewhere, hidden] = [await relay({ region: OCEANIA }), await relay({ nodeType: LIGHT_PRIVATE })];
    await rescore(best.peerID, 60);
    await rescore(low.peerID, 49);
    expect(await picker.read.pick([EUROPE, 10n, 0n])).to.deep.equal([best.peerID, good.peerID]);
    expect(await picker.read.pick([EUROPE, 1n, 0n])).to.deep.equal([best.peerID]);
    for (const { peerID } of [poor, slow, low, hidden]) {
      expect(await picker.read.isTrusted([peerID])).to.equal(false);
    }
    expect(await picker.read.isTrusted([elsewhere.peerID])).to.equal(true);
  });

  it("trusts nobody who is leaving or accused", async () => {
    const { nexus, picker, relay } = await load();
    const [leaving, accused] = [await relay(), await relay()];
    await picker.read.requireTrusted([leaving.peerID]);
    await nexus.write.deregister([leaving.peerID], asOperator);
    await nexus.write.freeze([accused.peerID, BigInt(await networkHelpers.time.latest()) + 3_600n]);
    for (const { peerID } of [leaving, accused]) {
      await assertions.revertWithCustomErrorWithArgs(picker.read.requireTrusted([peerID]), picker, "NotTrusted", [
        peerID,
      ]);
    }
    expect(await picker.read.pick([EUROPE, 10n, 0n])).to.deep.equal([]);
  });

  it("pays one that it trusts, by turns, and keeps its coins where there is none", async () => {
    const { nexus, picker, relay } = await load();
    const value = parseEther("1");
    const refused = picker.write.payOne([EUROPE, 0n], { value });
    await assertions.revertWithCustomErrorWithArgs(refused, picker, "NoTrustedRelay", [EUROPE]);
    const relays = [await relay(), await relay()];
    for (const seed of [0n, 1n, 2n, 3n]) await picker.write.payOne([EUROPE, seed], { value });
    const pools = await Promise.all(relays.map(({ peerID }) => nexus.read.poolOf([peerID])));
    expect(pools.reduce((sum, { earnings }) => sum + earnings, 0n)).to.equal(4n * value);
    expect(await publicClient.getBalance({ address: picker.address })).to.equal(0n);
  });
});
