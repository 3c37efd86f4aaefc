import {
  type Address,
  concat,
  encodeAbiParameters,
  encodePacked,
  type Hex,
  keccak256,
  numberToHex,
  parseSignature,
} from "viem";
import { reputationAbi } from "../../../contracts/generated/reputation.ts";
import {
  asStranger,
  BACKBONE_AUTH,
  deploy,
  EUROPE,
  emptyNexus,
  LIGHT_PUBLIC,
  networkHelpers,
  OCEANIA,
  operator,
  registerNode,
  type TestNode,
} from "../fixture.ts";

export const EPOCH_S = 3_600;
export const probes = ["0x01", "0x0203", "0x"] as const satisfies readonly Hex[];

/** A tree of three leaves, pairs sorted, and the proof of the first. */
export function evidence() {
  const pair = (a: Hex, b: Hex) => keccak256(concat(a < b ? [a, b] : [b, a]));
  const [first, second, third] = probes.map((probe) => keccak256(keccak256(probe))) as [Hex, Hex, Hex];
  return { root: pair(pair(first, second), third), proof: [second, third] };
}

/** Four backbones with a say in two public nodes. */
export async function quorate() {
  const { nexus } = await emptyNexus();
  const reputation = await deploy("Reputation", reputationAbi, [nexus.address, BigInt(EPOCH_S)]);
  await nexus.write.setScorer([reputation.address]);
  await nexus.write.setBackboneApproval([operator.account.address, true]);
  const backbones: TestNode[] = [];
  for (let i = 0; i < 4; i++) backbones.push(await registerNode(nexus, { nodeType: BACKBONE_AUTH }));
  backbones.sort((a, b) => (a.peerID < b.peerID ? -1 : 1));
  const nodes: TestNode[] = [await registerNode(nexus), await registerNode(nexus, { region: OCEANIA })];
  return { nexus, reputation, backbones, nodes };
}

interface Section {
  region: Hex;
  nodeType: number;
  changes: Hex;
}
export interface Batch {
  epoch: bigint;
  evidenceRoot: Hex;
  sections: Section[];
}

export const sign = async (
  reputation: { address: Address },
  batch: Batch,
  signers: readonly TestNode[],
  chainId = 31337,
) => {
  const sections = encodeAbiParameters(
    [
      {
        type: "tuple[]",
        components: [
          { name: "region", type: "bytes32" },
          { name: "nodeType", type: "uint8" },
          { name: "changes", type: "bytes" },
        ],
      },
    ],
    [batch.sections],
  );
  const signatures = signers.map(async ({ nodeKey, mlDsaKeyHash }) => {
    const signature = await nodeKey.signTypedData({
      domain: { name: "ShadowMesh Reputation", version: "1", chainId, verifyingContract: reputation.address },
      types: {
        ScoreBatch: [
          { name: "epoch", type: "uint64" },
          { name: "evidenceRoot", type: "bytes32" },
          { name: "sectionsHash", type: "bytes32" },
        ],
      },
      primaryType: "ScoreBatch",
      message: { epoch: batch.epoch, evidenceRoot: batch.evidenceRoot, sectionsHash: keccak256(sections) },
    });
    const { r, s, yParity } = parseSignature(signature);
    return { mlDsaKeyHash, r, vs: numberToHex(BigInt(s) | (BigInt(yParity) << 255n), { size: 32 }) };
  });
  return Promise.all(signatures);
};

export const change = (id: number, score: number): Hex => encodePacked(["uint32", "uint8"], [id, score]);

export const loadReputation = async () => {
  const loaded = await networkHelpers.loadFixture(quorate);
  const { nexus, reputation, nodes } = loaded;
  const [european, oceanian] = nodes as [TestNode, TestNode];
  const idOf = async ({ peerID }: TestNode) => (await nexus.read.poolOf([peerID])).pool;
  const scoreOf = ({ peerID }: TestNode) => nexus.read.scoreOf([peerID]);
  const batchOf = async (score: number, changes: Partial<Batch> = {}): Promise<Batch> => ({
    epoch: BigInt(Math.floor((await networkHelpers.time.latest()) / EPOCH_S)),
    evidenceRoot: evidence().root,
    sections: [{ region: EUROPE, nodeType: LIGHT_PUBLIC, changes: change(await idOf(european), score) }],
    ...changes,
  });
  const submit = async (batch: Batch, signers: readonly TestNode[]) =>
    reputation.write.submit([batch, await sign(reputation, batch, signers)], asStranger);
  return { ...loaded, european, oceanian, idOf, scoreOf, batchOf, submit };
};
