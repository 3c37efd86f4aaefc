import type { Account, Hex } from "viem";
import { nodeNexusAbi } from "../../../contracts/generated/node-nexus.ts";
import type { Chain } from "./chain.ts";
import { nodeTypeIndex, regionToBytes } from "./nexus.ts";
import type { Offer } from "./register.ts";
import { transact } from "./transact.ts";

/**
 * What an operator does on NodeNexus with a node that is registered; each waits for its receipt and gives the hash.
 *
 * @throws CHAIN_UNREACHABLE, WRONG_CHAIN, NO_CONTRACT, TRANSACTION_REVERTED, STAKE_TOO_LOW, REGION_NOT_OPEN,
 * INSUFFICIENT_FUNDS
 */
export function createRegistrationTransactions(chain: Chain, operator: Account, peerId: Hex) {
  const contract = { address: chain.statementDomain.nexusAddress, abi: nodeNexusAbi, account: operator } as const;
  const { client } = chain;
  const send = (simulate: () => Promise<{ request: object }>) => transact(chain, operator, simulate);
  const ofNode = (functionName: "executeCommission" | "claim" | "deregister" | "withdraw") =>
    send(() => client.simulateContract({ ...contract, functionName, args: [peerId] }));
  return {
    /** @param addedWei what the new type's minimum needs beyond the present stake */
    update({ nodeType, region, bandwidthMbps }: Offer, addedWei: bigint) {
      const args = [peerId, nodeTypeIndex(nodeType), regionToBytes(region), bandwidthMbps] as const;
      return send(() => client.simulateContract({ ...contract, functionName: "update", args, value: addedWei }));
    },
    topUp: (value: bigint) =>
      send(() => client.simulateContract({ ...contract, functionName: "topUp", args: [peerId], value })),
    /** @param url where a backbone's HTTP API is; empty for nowhere */
    setEndpoint: (url: string) =>
      send(() => client.simulateContract({ ...contract, functionName: "setEndpoint", args: [peerId, url] })),
    /** @param bps in 1/100 % */
    setCommission: (bps: number) =>
      send(() => client.simulateContract({ ...contract, functionName: "setCommission", args: [peerId, bps] })),
    beginCommission: () => ofNode("executeCommission"),
    claim: () => ofNode("claim"),
    deregister: () => ofNode("deregister"),
    withdraw: () => ofNode("withdraw"),
  };
}
