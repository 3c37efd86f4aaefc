import { expect } from "chai";
import {
  type Address,
  createPublicClient,
  encodePacked,
  getAbiItem,
  http,
  type PublicClient,
  parseEther,
  toFunctionSelector,
} from "viem";
import { nodeNexusAbi, toRegistration } from "../../../../../app/_shared/chain/nexus.ts";
import { scoreChanges } from "../../../../../app/_shared/chain/registry/changes.ts";
import { type NodeList, type NodeShape, readNodeList } from "../../../../../app/_shared/chain/registry/read.ts";
import { nodeTypeIndex, regionToBytes } from "../../../../../node/core/chain/nexus.ts";
import { regions } from "../../../../../node/core/vocabulary.ts";
import { account, startTestChain, transact } from "../../../../harness/anvil.ts";
import { registerNodes } from "../../../../harness/registered-nodes.ts";

interface Node {
  readonly peerId: `0x${string}`;
  readonly stakeWei: string;
  readonly score: number;
}

const shape: NodeShape<Node> = {
  ofPage: ({ chain, at }, page) =>
    Promise.all(
      page.map(async (node) => {
        const score = await chain.readContract({ ...at, functionName: "scoreOf", args: [node.peerID] });
        return { ...toRegistration(node), score };
      }),
    ),
  ofDetails: ({ node, score }) => ({ ...toRegistration(node), score }),
};

describe("app/chain/registry", function () {
  this.timeout(120_000);
  const anvil = startTestChain();
  // Two of them public, in the first region.
  const registered = 30;
  let address: Address;
  let chain: PublicClient;
  /** Calls of `nodesPage` and requests of any kind since the last look. */
  const asked = { pages: 0, requests: 0 };
  const pageSelector = toFunctionSelector(getAbiItem({ abi: nodeNexusAbi, name: "nodesPage" }));
  const region = regionToBytes(regions[0]);
  const type = nodeTypeIndex("light_public");

  const governance = (functionName: string, args: readonly unknown[], value?: bigint) =>
    transact(anvil(), 0, { address, abi: nodeNexusAbi, functionName, args, value });
  const read = (known?: NodeList<Node>) => {
    Object.assign(asked, { pages: 0, requests: 0 });
    return readNodeList(chain, address, shape, known);
  };
  const find = ({ nodes }: NodeList<Node>, peerId: string) => nodes.find((node) => node.peerId === peerId);
  /** Two public nodes of the first region, with their pools' numbers. */
  const twoNodes = async () => {
    const args = [region, type, 0n, 2n] as const;
    const [page] = await chain.readContract({ address, abi: nodeNexusAbi, functionName: "nodesPage", args });
    return Promise.all(
      page.map(async ({ peerID }) => {
        const of = { address, abi: nodeNexusAbi, functionName: "nodeDetails", args: [peerID] } as const;
        const { pool, score } = await chain.readContract(of);
        return { peerID, pool: pool.pool, score };
      }),
    );
  };

  before(async () => {
    address = await anvil().deploy();
    await registerNodes(anvil().rpcUrl, address, account(0).address, registered);
    await governance("setScorer", [account(0).address]);
    const onFetchRequest = async (request: Request) => {
      const body = await request.clone().text();
      asked.requests++;
      if (body.includes(pageSelector)) asked.pages++;
    };
    chain = createPublicClient({ transport: http(anvil().rpcUrl, { onFetchRequest }) });
  });

  it("reads the packed scores of an epoch", () => {
    expect(scoreChanges("0x000000013c0000000228")).to.deep.equal([
      { pool: 1, score: 60 },
      { pool: 2, score: 40 },
    ]);
    expect(scoreChanges("0x")).to.deep.equal([]);
  });

  it("reads every node by the page, and without a new block nothing again", async () => {
    const list = await read();
    expect(list.nodes).to.have.length(registered);
    expect(new Set(list.nodes.map(({ peerId }) => peerId)).size).to.equal(registered);
    expect(asked.pages).to.be.greaterThan(0);
    expect(await read(list)).to.equal(list);
    expect(asked).to.deep.equal({ pages: 0, requests: 1 });
  });

  it("keeps the nodes where a new block tells of none", async () => {
    const list = await read();
    await anvil().rpc("evm_mine");
    const next = await read(list);
    expect(next.nodes).to.equal(list.nodes);
    expect(next.block.number).to.equal(list.block.number + 1n);
    expect(asked.pages).to.equal(0);
  });

  it("reads a score, a stake, and a node that leaves by the contract's events, and no page for it", async () => {
    const [scored, staked] = await twoNodes();
    if (!scored || !staked) throw new Error("there are two public nodes");
    const list = await read();
    const score = scored.score > 50 ? scored.score - 5 : scored.score + 5;
    await governance("applyScores", [region, type, encodePacked(["uint32", "uint8"], [scored.pool, score])]);
    await governance("stake", [staked.peerID, 0n], parseEther("1"));
    const changed = await read(list);
    expect(find(changed, scored.peerID)?.score).to.equal(score);
    const before = BigInt(find(list, staked.peerID)?.stakeWei ?? 0);
    expect(find(changed, staked.peerID)?.stakeWei).to.equal(String(before + parseEther("1")));
    expect(changed.nodes).to.have.length(registered);
    const same = changed.nodes.filter((node) => list.nodes.includes(node));
    expect(same).to.have.length(registered - 2);

    await governance("deregister", [staked.peerID]);
    const left = await read(changed);
    expect(left.nodes).to.have.length(registered - 1);
    expect(find(left, staked.peerID)).to.equal(undefined);
    expect(asked.pages).to.equal(0);
  });

  it("takes in a node that comes", async () => {
    const list = await read();
    await registerNodes(anvil().rpcUrl, address, account(0).address, 1);
    const next = await read(list);
    expect(next.nodes).to.have.length(list.nodes.length + 1);
    expect(asked.pages).to.equal(0);
  });

  it("forgets what a block told that is no part of the chain any more", async () => {
    const first = await read();
    const snapshot = await anvil().rpc("evm_snapshot");
    await registerNodes(anvil().rpcUrl, address, account(0).address, 1);
    const second = await read(first);
    expect(second.nodes).to.have.length(first.nodes.length + 1);
    await anvil().rpc("evm_revert", [snapshot]);
    for (let block = 0; block < 5; block++) await anvil().rpc("anvil_mine", ["0x1", "0x7"]);
    const third = await read(second);
    expect(third.block.number > second.block.number).to.equal(true);
    expect(third.nodes).to.have.length(first.nodes.length);
  });
});
