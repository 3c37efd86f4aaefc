import type { Address, Hex, PublicClient } from "viem";
import { ShadowMeshError } from "../errors.ts";
import type { Identity } from "../identity/index.ts";
import { type StatementDomain, statementDomain } from "../records/statement.ts";
import { chainErrors } from "./errors.ts";

/** NodeNexus takes up to a day; an hour is time enough to sign in a wallet. */
const proofPeriodS = 3_600;

/**
 * Until when a proof made now should count, in Unix seconds by the chain's clock: a development chain's may be
 * far from ours.
 *
 * @throws CHAIN_UNREACHABLE
 */
export async function registrationDeadline(client: PublicClient): Promise<number> {
  try {
    return Number((await client.getBlock()).timestamp) + proofPeriodS;
  } catch (cause) {
    throw new ShadowMeshError(chainErrors.CHAIN_UNREACHABLE, { cause });
  }
}

/**
 * The node key's EIP-712 consent that this operator may register this node until the deadline, in Unix seconds;
 * NodeNexus recovers the key from it.
 */
export function signRegistration(
  identity: Pick<Identity, "peerId" | "nodeAccount">,
  operator: Address,
  deadline: number,
  domain: StatementDomain,
): Promise<Hex> {
  return identity.nodeAccount.signTypedData({
    domain: statementDomain(domain),
    types: {
      Registration: [
        { name: "operator", type: "address" },
        { name: "peerID", type: "bytes20" },
        { name: "deadline", type: "uint64" },
      ],
    },
    primaryType: "Registration",
    message: { operator, peerID: identity.peerId, deadline: BigInt(deadline) },
  });
}
