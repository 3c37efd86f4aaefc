import { type Address, type Hex, keccak256, toHex } from "viem";
import { slashingAbi } from "../../../contracts/generated/slashing.ts";
import { nodeRecordTopic, statementDomain, statementTypes } from "../../../node/core/records/statement.ts";
import { asStranger, deploy, emptyNexus, networkHelpers, registerNode, type TestNode } from "../fixture.ts";

export const DAY_S = 24 * 3600;
export const WINDOW_S = 2 * DAY_S;
export const GRACE_S = 3 * DAY_S;
export const PER_WEI = 10n ** 6n;
/** A tenth of the stake, of which a tenth goes to the reporter. */
const settings = [BigInt(WINDOW_S), 1_000, 1_000] as const;

export const deploySlashing = (nexus: Address, parameters: readonly [bigint, number, number] = settings) =>
  deploy("Slashing", slashingAbi, [nexus, ...parameters]);

export async function court() {
  const { nexus } = await emptyNexus();
  const slashing = await deploySlashing(nexus.address);
  await nexus.write.setSlasher([slashing.address]);
  const node = await registerNode(nexus);
  return { nexus, slashing, node };
}

interface Statement {
  topic: Hex;
  sequence: bigint;
  contentHash: Hex;
}
export const [one, other] = [keccak256(toHex("one")), keccak256(toHex("other"))];

/** As the daemon signs its node records. */
export const state = (node: TestNode, nexusAddress: Address, statement: Partial<Statement> = {}, chainId = 31337) =>
  node.nodeKey.signTypedData({
    domain: statementDomain({ chainId, nexusAddress }),
    types: statementTypes,
    primaryType: "Statement",
    message: { peerID: node.peerID, topic: nodeRecordTopic, sequence: 1n, contentHash: one, ...statement },
  });

export async function contradictionOf(node: TestNode, nexusAddress: Address, sequence = 1n) {
  return {
    peerID: node.peerID,
    topic: nodeRecordTopic,
    sequence,
    mlDsaKeyHash: node.mlDsaKeyHash,
    firstContentHash: one,
    secondContentHash: other,
    firstSignature: await state(node, nexusAddress, { sequence }),
    secondSignature: await state(node, nexusAddress, { sequence, contentHash: other }),
  };
}

export const loadCourt = async () => {
  const loaded = await networkHelpers.loadFixture(court);
  const { nexus, slashing, node } = loaded;
  const contradiction = await contradictionOf(node, nexus.address);
  const report = (changes: Partial<typeof contradiction> = {}) =>
    slashing.write.report([{ ...contradiction, ...changes }], asStranger);
  const executed = async () => {
    await report();
    await networkHelpers.time.increase(WINDOW_S);
    return slashing.write.execute([node.peerID]);
  };
  return { ...loaded, contradiction, report, executed };
};
