import { concat, encodePacked, type Hex, keccak256, numberToHex, parseSignature, toHex } from "viem";
import { asStranger, BACKBONE_AUTH, networkHelpers, registerNode, type TestNode } from "../contracts/fixture.ts";
import type { Network } from "./network.ts";

export interface Section {
  region: Hex;
  nodeType: number;
  changes: Hex;
}

/** A node's number and its new score, as a batch has it. */
export const change = (pool: number, score: number): Hex => encodePacked(["uint32", "uint8"], [pool, score]);

export const section = (region: Hex, nodeType: number, ...changes: Hex[]): Section => ({
  region,
  nodeType,
  changes: concat(changes),
});

/** Backbones enough for a quorum, sorted as their signatures must be. */
export async function registerBackbones({ nexus }: Network, count = 3): Promise<TestNode[]> {
  const backbones: TestNode[] = [];
  for (let i = 0; i < count; i++) backbones.push(await registerNode(nexus, { nodeType: BACKBONE_AUTH }));
  return backbones.sort((a, b) => (a.peerID < b.peerID ? -1 : 1));
}

/** Hands in a batch of the next epoch that all backbones have signed. */
export async function submitScores({ reputation }: Network, backbones: readonly TestNode[], sections: Section[]) {
  const epochLengthS = await reputation.read.EPOCH_LENGTH();
  await networkHelpers.time.increase(epochLengthS);
  const epoch = BigInt(await networkHelpers.time.latest()) / epochLengthS;
  const batch = { epoch, evidenceRoot: keccak256(toHex(epoch)), sections };
  const hash = await reputation.read.hashBatch([batch]);
  const signatures = await Promise.all(
    backbones.map(async ({ nodeKey, mlDsaKeyHash }) => {
      const { r, s, yParity } = parseSignature(await nodeKey.sign({ hash }));
      return { mlDsaKeyHash, r, vs: numberToHex(BigInt(s) | (BigInt(yParity) << 255n), { size: 32 }) };
    }),
  );
  return { epoch, hash: await reputation.write.submit([batch, signatures], asStranger) };
}
