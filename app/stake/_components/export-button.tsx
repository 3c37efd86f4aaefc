"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { readBlockTimes } from "../../_shared/chain/block-times";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { publicClientOf } from "../../_shared/chain/public-client";
import { type History, readHistory } from "../../_shared/chain/use-history";
import { formatPercent } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { download } from "../../_shared/ui/download";
import { inOrder, movementsCsv, movementsOf } from "../_hooks/movements";
import type { Position } from "../_hooks/positions";
import { readRewards } from "../_hooks/use-rewards";

interface ExportButtonProps {
  network: Network;
  nexusAddress: `0x${string}`;
  account: `0x${string}`;
  /** What the page has read, which may not go back to the beginning. */
  history: History | undefined;
  positions: readonly Position[];
}

/** Hands over what the account did, was paid, gained and lost, from the contract's first block on. */
export function ExportButton({ network, nexusAddress, account, history, positions }: ExportButtonProps) {
  const [done, setDone] = useState(0);
  const leaving = useRef<AbortController>(null);
  useEffect(() => () => leaving.current?.abort(), []);
  const collect = useMutation({
    mutationFn: async () => {
      setDone(0);
      leaving.current = new AbortController();
      const { signal } = leaving.current;
      const before = history?.complete ? history : undefined;
      const all = await readHistory(network, nexusAddress, { before, signal, onProgress: setDone });
      const { pools, rewards } = await readRewards(network, nexusAddress, account, all, positions);
      const movements = inOrder([...movementsOf(all.logs, account), ...rewards]);
      const times = await readBlockTimes(
        publicClientOf(network.rpcUrl),
        movements.map(({ blockNumber }) => blockNumber),
      );
      signal.throwIfAborted();
      const rows = movements.map((movement) => ({
        atMs: times.get(movement.blockNumber) ?? 0,
        movement,
        peerId: movement.peerId ?? pools.find(({ pool }) => pool === movement.pool)?.peerId ?? "",
      }));
      download("shadowmesh-stake.csv", "text/csv", movementsCsv(rows));
    },
  });
  return (
    <>
      <Button busy={collect.isPending} onClick={() => collect.mutate()}>
        {i18n._("Export CSV")}
      </Button>
      {collect.isPending && (
        <span className="text-muted text-sm tabular-nums">
          {i18n._("{percent} of the chain read", { percent: formatPercent(Math.floor(done * 100)) })}
        </span>
      )}
      <ExplainedError error={collect.error} />
    </>
  );
}
