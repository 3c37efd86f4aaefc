import { getContract, type Hex, zeroAddress } from "viem";
import { nexusTimelockAbi } from "../../contracts/generated/nexus-timelock.ts";
import { relayPaymentsAbi } from "../../contracts/generated/relay-payments.ts";
import { reputationAbi } from "../../contracts/generated/reputation.ts";
import { slashingAbi } from "../../contracts/generated/slashing.ts";
import { deployNodeNexus } from "../../scripts/deploy/index.ts";
import { networkHelpers, nexusAt, operator, owner, pauser, publicClient } from "../contracts/fixture.ts";
import { createIndexer } from "./host/indexer.ts";

/** All contracts as a deployment makes them, governed by a timelock; `operator` may run backbones. */
async function deployAll() {
  return deployNodeNexus({
    publicClient,
    walletClient: owner,
    parameters: { pauser: pauser.account.address, backboneOperators: [operator.account.address] },
    timelock: { proposers: [owner.account.address], executors: [zeroAddress] },
  });
}

/** The contracts, and an indexer of their events from the first on. */
export async function openNetwork() {
  const deployment = await networkHelpers.loadFixture(deployAll);
  const client = { public: publicClient, wallet: owner };
  const { nodeNexus, relayPayments, timelock = zeroAddress } = deployment;
  const addresses = { NodeNexus: nodeNexus, RelayPayments: relayPayments, NexusTimelock: timelock };
  const indexer = await createIndexer(publicClient, addresses, BigInt(deployment.blockNumber));
  return {
    nexus: nexusAt(nodeNexus),
    payments: getContract({ address: relayPayments, abi: relayPaymentsAbi, client }),
    reputation: getContract({ address: deployment.reputation, abi: reputationAbi, client }),
    slashing: getContract({ address: deployment.slashing, abi: slashingAbi, client }),
    timelock: getContract({ address: timelock, abi: nexusTimelockAbi, client }),
    indexer,
    /** An entity, once all events are handled. @throws Error if it does not exist */
    async entity(type: string, id: string) {
      await indexer.catchUp();
      const found = indexer.store.get(type, id.toLowerCase());
      if (found === undefined) throw new Error(`there is no ${type} ${id}`);
      return found;
    },
    async all(type: string) {
      await indexer.catchUp();
      return indexer.store.all(type);
    },
  };
}
export type Network = Awaited<ReturnType<typeof openNetwork>>;

export const poolOf = async ({ nexus }: Network, peerID: Hex): Promise<number> =>
  (await nexus.read.poolOf([peerID])).pool;
