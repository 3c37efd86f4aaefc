import { type Account, createWalletClient, defineChain, type Hash } from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import { ShadowMeshError } from "../errors.ts";
import type { Identity } from "../identity/index.ts";
import type { NodeType } from "../schema.ts";
import type { Chain } from "./chain.ts";
import { chainErrors } from "./errors.ts";
import { toChainError } from "./failure.ts";
import { nodeTypeIndex, regionToBytes } from "./nexus.ts";
import { registrationDeadline, signRegistration } from "./registration-proof.ts";
import { rpc } from "./rpc.ts";

export interface Register {
  nodeType: NodeType;
  region: string;
  bandwidthMbps: number;
  /** @default the contract's minimum for the type */
  stakeWei?: bigint;
}

/**
 * Registers a node from an operator's account and waits for the receipt.
 *
 * @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, TRANSACTION_REVERTED, INSUFFICIENT_FUNDS
 */
export async function registerNode(
  chain: Chain,
  identity: Identity,
  operator: Account,
  input: Register,
): Promise<Hash> {
  chain.requireConnected();
  const domain = chain.statementDomain;
  const wallet = createWalletClient({
    account: operator,
    chain: defineChain({
      id: chain.chainId,
      name: `chain ${chain.chainId}`,
      nativeCurrency: { name: "SHM", symbol: "SHM", decimals: 18 },
      rpcUrls: { default: { http: [chain.rpcUrl] } },
    }),
    transport: rpc(chain.rpcUrl),
  });
  try {
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
    const { request } = await chain.client.simulateContract({
      account: operator,
      address: domain.nexusAddress,
      abi: nodeNexusAbi,
      functionName: "register",
      args: [registration],
      value: input.stakeWei ?? (await chain.nexus.minimumStakeWei(input.nodeType)),
    });
    const hash = await wallet.writeContract({ ...request, chain: wallet.chain, account: operator });
    const receipt = await chain.client.waitForTransactionReceipt({ hash, timeout: 120_000 });
    if (receipt.status === "reverted")
      throw new ShadowMeshError(chainErrors.TRANSACTION_REVERTED, { details: { hash } });
    return hash;
  } catch (cause) {
    throw toChainError(cause);
  }
}
