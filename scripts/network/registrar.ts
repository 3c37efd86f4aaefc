import { pino } from "pino";
import { type Account, type Address, parseEther } from "viem";
import { nodeNexusAbi } from "../../contracts/generated/node-nexus.ts";
import { type Chain, createChain, registerNode } from "../../node/core/chain/index.ts";
import type { Identity } from "../../node/core/identity/index.ts";
import { connect } from "../deploy/index.ts";
import type { DevChain } from "./chain.ts";
import { inParallel } from "./in-parallel.ts";
import type { Member } from "./members.ts";

/** A member whose data folder is made. */
export interface PreparedMember {
  member: Member;
  identity: Identity;
  /** HTTP base URL of a backbone; null for the others. */
  endpoint: string | null;
}

/** Registers those that the contract does not know, by operators of their own and so at once. */
export async function registerMembers(
  devChain: Pick<DevChain, "rpcUrl" | "account">,
  nexusAddress: Address,
  prepared: readonly PreparedMember[],
  onStep: (step: string) => void,
): Promise<void> {
  const config = { rpcUrl: devChain.rpcUrl, chainId: 31337, nexusAddress, pollIntervalMs: 500 };
  const chain = createChain(config, { log: pino({ level: "silent" }) });
  await chain.start(AbortSignal.timeout(10_000));
  try {
    chain.requireConnected();
    await inParallel(8, prepared, async ({ member, identity, endpoint }) => {
      onStep(`registering ${member.name} (${member.type} in ${member.region}), if it is not`);
      await ensureRegistered(chain, member, identity, devChain.account(member.operator), endpoint);
    });
  } finally {
    await chain.stop();
  }
}

/** Registers a member where the contract does not know it, and writes a backbone's endpoint where it has moved. */
async function ensureRegistered(
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
  if (endpoint !== null) await ensureFunded(chain, identity.nodeAddress, operator);
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

/** A backbone pays from its node key for bringing scores on chain. */
async function ensureFunded(chain: Chain, nodeAddress: Address, operator: Account): Promise<void> {
  if ((await chain.client.getBalance({ address: nodeAddress })) >= parseEther("1")) return;
  const { publicClient, walletClient } = await connect(chain.rpcUrl, operator);
  const hash = await walletClient.sendTransaction({ to: nodeAddress, value: parseEther("10") });
  await publicClient.waitForTransactionReceipt({ hash });
}
