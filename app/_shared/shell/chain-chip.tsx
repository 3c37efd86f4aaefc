"use client";

import { useNetwork } from "../node/queries";
import { Badge } from "../ui/badge";

const states = {
  connected: { tone: "ok", text: null },
  unreachable: { tone: "bad", text: "unreachable" },
  "wrong-chain": { tone: "bad", text: "wrong chain" },
  "no-contract": { tone: "bad", text: "no contract" },
} as const;

/** Which chain the daemon uses and whether it answers; on a phone the pages' banners say it. */
export function ChainChip() {
  const { data, isError } = useNetwork();
  if (!data) return null;
  const { tone, text } = states[data.state];
  return (
    <span className="flex max-lg:hidden">
      {isError ? (
        <Badge tone="bad">Daemon gone</Badge>
      ) : (
        <Badge tone={tone}>
          Chain {data.chainId}
          {text && ` ${text}`}
        </Badge>
      )}
    </span>
  );
}
