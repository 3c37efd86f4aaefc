import { expect } from "chai";
import { type PublicClient, parseAbiItem } from "viem";
import { scanLogs } from "../../../../node/core/chain/scan-logs.ts";

const events = [parseAbiItem("event Happened(uint256 what)")];
const address = `0x${"11".repeat(20)}` as const;
const head = 35_000n;

/** A chain with an event in each ten thousandth block, whose endpoint answers so many blocks at once. */
function createEndpoint(mostBlocks: bigint) {
  const asked: string[] = [];
  const chain = {
    getBlockNumber: async () => head,
    getBlock: async ({ blockNumber }: { blockNumber: bigint }) => ({ timestamp: blockNumber }),
    async getLogs({ fromBlock, toBlock }: { fromBlock: bigint; toBlock: bigint }) {
      if (toBlock - fromBlock >= mostBlocks) throw new Error("too many blocks");
      asked.push(`${fromBlock}-${toBlock}`);
      return [10_000n, 20_000n, 30_000n]
        .filter((block) => block >= fromBlock && block <= toBlock)
        .map((blockNumber) => ({ blockNumber }));
    },
  };
  return { chain: chain as unknown as PublicClient, asked };
}

const blocksOf = ({ logs }: { logs: readonly { blockNumber: bigint }[] }) =>
  logs.map(({ blockNumber }) => Number(blockNumber));

describe("core/chain/scan-logs", () => {
  const whole = { address, events, firstBlock: 5_000n, maxRequests: Number.POSITIVE_INFINITY };

  it("reads from the newest block back to the first, and tells how far it is", async () => {
    const { chain, asked } = createEndpoint(10_000n);
    const told: number[] = [];
    const scan = await scanLogs({ ...whole, chain, onProgress: (done) => told.push(Math.round(done * 100)) });
    expect(blocksOf(scan)).to.deep.equal([10_000, 20_000, 30_000]);
    expect(scan).to.deep.include({ complete: true, fromBlock: 5_000n, toBlock: head, sinceMs: 5_000_000 });
    expect(asked[0]).to.equal("25001-35000");
    expect(told).to.deep.equal([33, 67, 100, 100]);
  });

  it("stops after so many requests, and says that there is more", async () => {
    const { chain } = createEndpoint(10_000n);
    const scan = await scanLogs({ ...whole, chain, maxRequests: 2 });
    expect(blocksOf(scan)).to.deep.equal([20_000, 30_000]);
    expect(scan).to.deep.include({ complete: false, fromBlock: 15_001n });
  });

  it("asks for half as much where an endpoint refuses", async () => {
    const { chain, asked } = createEndpoint(2_500n);
    expect(blocksOf(await scanLogs({ ...whole, chain }))).to.deep.equal([10_000, 20_000, 30_000]);
    expect(asked[0]).to.equal("32501-35000");
  });

  it("asks for nothing more once it is not wanted", async () => {
    const { chain, asked } = createEndpoint(10_000n);
    const leaving = new AbortController();
    const scan = scanLogs({ ...whole, chain, signal: leaving.signal, onProgress: () => leaving.abort() });
    await scan.then(
      () => expect.fail("it went on"),
      (error: Error) => expect(error.name).to.equal("AbortError"),
    );
    expect(asked).to.have.length(1);
  });
});
