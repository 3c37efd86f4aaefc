"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { encodeFunctionData } from "viem";
import { type Config, useConfig } from "wagmi";
import { getAccount, simulateContract, writeContract } from "wagmi/actions";
import { i18n } from "../text/i18n.ts";
import type { ContractCall } from "./contract-call";
import { contractOf } from "./contract-of";
import { NoWalletError, TransactionOverError } from "./explain";
import type { Network } from "./network";
import { publicClientOf } from "./public-client";
import { ensureRightNetwork } from "./right-network";
import { addTransaction, type SentTransaction, untilOver } from "./transactions/list";

type SendStage = "checking" | "signing" | "mining";

export interface SendPhase {
  stage: SendStage;
  /** Which of the calls it is, counted from 1. */
  call: number;
  calls: number;
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
  const [phase, setPhase] = useState<SendPhase | null>(null);
  const mutation = useMutation({
    mutationFn: async (calls: readonly ContractCall[]) => {
      for (const [index, call] of calls.entries()) {
        const enter = (stage: SendStage) => setPhase({ stage, call: index + 1, calls: calls.length });
        enter("checking");
        await ensureRightNetwork(config, network);
        const request = requestOf(config, network, call);
        await simulateContract(config, request);
        const chain = publicClientOf(network.rpcUrl);
        const afterBlock = Number(await chain.getBlockNumber({ cacheTime: 0 }));
        enter("signing");
        const hash = await writeContract(config, request);
        // At once: when the wallet has sent another in its place, nobody knows this hash any more.
        const known = await chain.getTransaction({ hash }).catch(() => null);
        addTransaction(network.chainId, {
          id: hash,
          hash,
          functionName: call.functionName,
          from: request.account,
          to: request.address,
          data: encodeFunctionData(request),
          value: String(request.value ?? 0n),
          nonce: known?.nonce ?? null,
          afterBlock,
          sentAtMs: Date.now(),
          state: "waiting",
        });
        enter("mining");
        // The tray follows it, and has the pages read anew what it changed.
        requireDone(await untilOver(network.chainId, hash));
      }
    },
    onSettled: () => setPhase(null),
  });
  return { ...mutation, phase };
}

function requireDone(sent: SentTransaction | undefined): void {
  if (sent === undefined || sent.state === "waiting") throw new TransactionOverError("dismissed");
  if (sent.state !== "done") throw new TransactionOverError(sent.state, sent.reason);
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
