import type { Account, Hash } from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { ShadowMeshError } from "../errors.ts";
import type { Identity } from "../identity/index.ts";
import type { NodeType } from "../schema.ts";
import type { Chain } from "./chain.ts";
import { chainErrors } from "./errors.ts";
import { toChainError } from "./failure.ts";
import { nodeTypeIndex, regionToBytes } from "./nexus.ts";
import { registrationDeadline, signRegistration } from "./registration-proof.ts";
import { transact } from "./transact.ts";

/** What a node offers. */
export interface Offer {
  nodeType: NodeType;
  region: string;
  bandwidthMbps: number;
}

export interface Register extends Offer {
  /** @default the contract's minimum for the type */
  stakeWei?: bigint;
}

/** `MAX_BANDWIDTH_MBPS` of NodeNexus. */
export const maxBandwidthMbps = 10_000_000;

/**
 * Checks that the contract takes new nodes in a region, before anybody is asked for a password.
 *
 * @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, REGION_NOT_OPEN
 */
export async function requireOpenRegion(chain: Chain, region: string): Promise<void> {
  chain.requireConnected();
  const open = await chain.nexus.regions().catch((cause: unknown) => {
    throw toChainError(cause);
  });
  if (open.includes(region)) return;
  throw new ShadowMeshError(chainErrors.REGION_NOT_OPEN, {
    message: `The contract takes no nodes in a region called ${region}.`,
    action: `Choose one of ${open.join(", ")}.`,
  });
}

/**
 * Registers a node from an operator's account and waits for the receipt.
 *
 * @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, TRANSACTION_REVERTED, STAKE_TOO_LOW, REGION_NOT_OPEN,
 * PROOF_NOT_YOURS, INSUFFICIENT_FUNDS
 */
export async function registerNode(
  chain: Chain,
  identity: Identity,
  operator: Account,
  input: Register,
): Promise<Hash> {
  chain.requireConnected();
  const domain = chain.statementDomain;
  return transact(chain, operator, async () => {
    const deadline = await registrationDeadline(chain.client);
    const registration = {
      peerID: identity.peerId,
      nodeType: nodeTypeIndex(input.nodeType),
      region: regionToBytes(input.region),
      bandwidthMbps: input.bandwidthMbps,
      mlDsaKeyHash: identity.mlDsaKeyHash,
      nodeSignature: await signRegistration(identity, operator.address, deadline, domain),
      deadline: BigInt(deadline),
    };
    return chain.client.simulateContract({
      account: operator,
      address: domain.nexusAddress,
      abi: nodeNexusAbi,
      functionName: "register",
      args: [registration],
      value: input.stakeWei ?? (await chain.nexus.minimumStakeWei(input.nodeType)),
    });
  });
}
