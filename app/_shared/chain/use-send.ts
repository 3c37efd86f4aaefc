"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { i18n } from "../text/i18n.ts";
import type { ContractCall } from "./contract-call";
import type { Network } from "./network";
import type { SendStage } from "./wallet/send";

export interface SendPhase {
  stage: SendStage;
  /** Which of the calls it is, counted from 1. */
  call: number;
  calls: number;
}

/** Sends calls one after the other; the first that fails is the last. */
export function useSend(network: Network) {
  const [phase, setPhase] = useState<SendPhase | null>(null);
  const mutation = useMutation({
    mutationFn: async (calls: readonly ContractCall[]) => {
      const { sendCall } = await import("./wallet/send");
      for (const [index, call] of calls.entries()) {
        await sendCall(network, call, (stage) => setPhase({ stage, call: index + 1, calls: calls.length }));
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
