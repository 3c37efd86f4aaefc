"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Abi } from "viem";
import { type Config, useConfig } from "wagmi";
import { getAccount, simulateContract, waitForTransactionReceipt, writeContract } from "wagmi/actions";
import { i18n } from "../text/i18n.ts";
import type { ContractCall } from "./contract-call";
import { NoWalletError } from "./explain";
import type { Network } from "./network";
import { nodeNexusAbi } from "./nexus";
import { relayPaymentsAbi } from "./payments";
import { clearPending, setPending } from "./pending-transaction";
import { ensureRightNetwork } from "./right-network";

type SendStage = "checking" | "signing" | "mining";

export interface SendPhase {
  stage: SendStage;
  /** Which of the calls it is, counted from 1. */
  call: number;
  calls: number;
}

/** The contract that a call goes to; the widened ABI spares a type for each function. */
function contractOf(network: Network, { functionName }: ContractCall): { abi: Abi; address: `0x${string}` } {
  const [abi, address, name] =
    functionName === "redeemMany"
      ? ([relayPaymentsAbi, network.paymentsAddress, "RelayPayments"] as const)
      : ([nodeNexusAbi, network.nexusAddress, "NodeNexus"] as const);
  if (!address) throw new Error(i18n._("The daemon knows no {name} contract on this chain.", { name }));
  return { abi: abi as Abi, address };
}

/** The call with all that wagmi needs. */
export function requestOf(config: Config, network: Network, call: ContractCall) {
  const { address, connector } = getAccount(config);
  if (!address || !connector) throw new NoWalletError();
  return {
    ...contractOf(network, call),
    functionName: call.functionName as string,
    args: call.args as readonly unknown[],
    value: call.value,
    account: address,
    chainId: network.chainId,
  };
}

/**
 * Sends calls one after the other: right network, simulated first so that a revert costs nothing, signed, mined. The
 * first that fails is the last.
 */
export function useSend(network: Network) {
  const config = useConfig();
  const queryClient = useQueryClient();
  const [phase, setPhase] = useState<SendPhase | null>(null);
  const mutation = useMutation({
    mutationFn: async (calls: readonly ContractCall[]) => {
      for (const [index, call] of calls.entries()) {
        const enter = (stage: SendStage) => setPhase({ stage, call: index + 1, calls: calls.length });
        enter("checking");
        await ensureRightNetwork(config, network);
        const request = requestOf(config, network, call);
        await simulateContract(config, request);
        enter("signing");
        const hash = await writeContract(config, request);
        setPending({ hash, functionName: call.functionName, chainId: network.chainId, sentAtMs: Date.now() });
        enter("mining");
        await waitForTransactionReceipt(config, { hash, chainId: network.chainId });
        await queryClient.invalidateQueries();
        clearPending(hash);
      }
    },
    onSettled: () => setPhase(null),
  });
  return { ...mutation, phase };
}

const stageText: Record<SendStage, string> = {
  checking: /*i18n*/ "Checking…",
  signing: /*i18n*/ "Confirm in your wallet…",
  mining: /*i18n*/ "Waiting for the block…",
};

export function phaseText({ stage, call, calls }: SendPhase): string {
  return calls > 1
    ? i18n._("Transaction {call} of {calls}: {stage}", { call, calls, stage: i18n._(stageText[stage]) })
    : i18n._(stageText[stage]);
}
