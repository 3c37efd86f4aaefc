"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Abi } from "viem";
import { type Config, useConfig } from "wagmi";
import { getAccount, simulateContract, waitForTransactionReceipt, writeContract } from "wagmi/actions";
import { NoWalletError } from "./explain";
import type { Network } from "./network";
import { type NexusCall, nodeNexusAbi } from "./nexus";
import { clearPending, setPending } from "./pending-transaction";
import { ensureRightNetwork } from "./right-network";

export type SendPhase = "checking" | "signing" | "mining";

/** The call with all that wagmi needs; the widened ABI spares a type for each function. */
export function requestOf(config: Config, network: Network, call: NexusCall) {
  const { address, connector } = getAccount(config);
  if (!address || !connector) throw new NoWalletError();
  if (!network.nexusAddress) throw new Error("The daemon knows no NodeNexus contract on this chain.");
  return {
    abi: nodeNexusAbi as Abi,
    address: network.nexusAddress,
    functionName: call.functionName as string,
    args: call.args as readonly unknown[],
    value: call.value,
    account: address,
    chainId: network.chainId,
  };
}

/** Sends a call: right network, simulated first so that a revert costs nothing, signed, mined. */
export function useSend(network: Network) {
  const config = useConfig();
  const queryClient = useQueryClient();
  const [phase, setPhase] = useState<SendPhase | null>(null);
  const mutation = useMutation({
    mutationFn: async (call: NexusCall) => {
      setPhase("checking");
      await ensureRightNetwork(config, network);
      const request = requestOf(config, network, call);
      await simulateContract(config, request);
      setPhase("signing");
      const hash = await writeContract(config, request);
      setPending({ hash, functionName: call.functionName, chainId: network.chainId, sentAtMs: Date.now() });
      setPhase("mining");
      const receipt = await waitForTransactionReceipt(config, { hash, chainId: network.chainId });
      await queryClient.invalidateQueries();
      clearPending(hash);
      return receipt;
    },
    onSettled: () => setPhase(null),
  });
  return { ...mutation, phase };
}

export const phaseText: Record<SendPhase, string> = {
  checking: "Checking…",
  signing: "Confirm in your wallet…",
  mining: "Waiting for the block…",
};
