"use client";

import { useNetwork } from "../node/queries";
import { i18n } from "../text/i18n";
import { Badge } from "../ui/badge";

const states = {
  connected: { tone: "ok", text: /*i18n*/ "Chain {chainId}" },
  unreachable: { tone: "bad", text: /*i18n*/ "Chain {chainId} unreachable" },
  "wrong-chain": { tone: "bad", text: /*i18n*/ "Chain {chainId} wrong chain" },
  "no-contract": { tone: "bad", text: /*i18n*/ "Chain {chainId} no contract" },
} as const;

/** Which chain the daemon uses and whether it answers; on a phone the pages' banners say it. */
export function ChainChip() {
  const { data, isError } = useNetwork();
  if (!data) return null;
  const { tone, text } = states[data.state];
  return (
    <span className="flex max-lg:hidden">
      {isError ? (
        <Badge tone="bad">{i18n._("Daemon gone")}</Badge>
      ) : (
        <Badge tone={tone}>{i18n._(text, { chainId: data.chainId })}</Badge>
      )}
    </span>
  );
}
