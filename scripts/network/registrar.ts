import type { Account } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { type Chain, registerNode } from "../../node/core/chain/index.ts";
import type { Identity } from "../../node/core/identity/index.ts";
import { connect } from "../deploy/index.ts";
import type { Member } from "./members.ts";

/** Registers a member where the contract does not know it, and writes a backbone's endpoint where it has moved. */
export async function ensureRegistered(
  chain: Chain,
  member: Member,
  identity: Identity,
  operator: Account,
  endpoint: string | null,
): Promise<void> {
  if ((await chain.nexus.registrationOf(identity.peerId)) === null) {
    await registerNode(chain, identity, operator, {
      nodeType: member.type,
      region: member.region,
      bandwidthMbps: member.bandwidthMbps,
    });
  }
  if (endpoint === null || (await chain.nexus.endpointOf(identity.peerId)) === endpoint) return;
  const { publicClient, walletClient } = await connect(chain.rpcUrl, operator);
  const hash = await walletClient.writeContract({
    address: chain.statementDomain.nexusAddress,
    abi: nodeNexusAbi,
    functionName: "setEndpoint",
    args: [identity.peerId, endpoint],
  });
  await publicClient.waitForTransactionReceipt({ hash });
}
