"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Network } from "./network";
import type { Plan } from "./plan";
import { useSend } from "./use-send";

/** How a part of a page asks for a review of what it wants to do. */
export interface OpenPlan {
  busy: boolean;
  error: unknown;
  review: (plan: Plan) => void;
  /** What was asked for last, until it is forgotten. */
  asked: Plan | undefined;
  /** Forgets why the last one was refused. */
  reset: () => void;
}

/** From a wish to a signature: tried on the chain first, reviewed, sent; then it says what is true. */
export function usePlan(network: Network) {
  const send = useSend(network);
  const [done, setDone] = useState<string | null>(null);
  const prepare = useMutation({
    mutationFn: async (plan: Plan) => {
      const [{ ensureRightNetwork }, { prepareCalls }] = await Promise.all([
        import("./wallet/right-network"),
        import("./wallet/prepare"),
      ]);
      await ensureRightNetwork(network);
      return { plan, prepared: await prepareCalls(network, plan.calls) };
    },
    onMutate: () => {
      setDone(null);
      send.reset();
    },
  });
  const finish = () => {
    setDone(prepare.data?.plan.done ?? null);
    prepare.reset();
  };
  const { isPending, error, mutate, reset, variables: asked } = prepare;
  const open: OpenPlan = { busy: isPending, error, review: mutate, asked, reset };
  return { open, reviewed: prepare.data, send, done, finish };
}
