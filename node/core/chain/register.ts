import {
  type Account,
  BaseError,
  ContractFunctionRevertedError,
  createWalletClient,
  defineChain,
  type Hash,
  http,
  InsufficientFundsError,
} from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import type { NodeType } from "../../api/schema.ts";
import { ShadowMeshError } from "../errors.ts";
import type { Identity } from "../identity/index.ts";
import type { Chain } from "./chain.ts";
import { chainErrors } from "./errors.ts";
import { nodeTypeIndex, regionToBytes } from "./nexus.ts";
import { registrationDeadline, signRegistration } from "./registration-proof.ts";

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
    transport: http(chain.rpcUrl),
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

/** Turns viem's error into the code and sentence that say what to do. */
function toChainError(cause: unknown): unknown {
  if (ShadowMeshError.is(cause) || !(cause instanceof BaseError)) return cause;
  if (cause.walk((error) => error instanceof InsufficientFundsError) !== null) {
    return new ShadowMeshError(chainErrors.INSUFFICIENT_FUNDS, { cause });
  }
  const revert = cause.walk((error) => error instanceof ContractFunctionRevertedError);
  if (revert instanceof ContractFunctionRevertedError) {
    const reason = revert.data?.errorName ?? revert.reason ?? "unknown";
    const args = (revert.data?.args ?? []).map(String);
    return new ShadowMeshError(chainErrors.TRANSACTION_REVERTED, {
      message: `The contract refused the transaction: ${reason}${args.length > 0 ? `(${args.join(", ")})` : ""}.`,
      details: { reason, args },
      cause,
    });
  }
  return new ShadowMeshError(chainErrors.CHAIN_UNREACHABLE, { message: cause.shortMessage, cause });
}
