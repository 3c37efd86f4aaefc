"use client";

import { useMutation } from "@tanstack/react-query";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { nodeNexusAbi } from "../../_shared/chain/nexus";
import { publicClientOf } from "../../_shared/chain/public-client";
import { download } from "../../_shared/node/csv";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { type Movement, movementsCsv } from "../_hooks/movements";
import type { Position } from "../_hooks/positions";

interface ExportButtonProps {
  network: Network;
  movements: readonly Movement[];
  positions: readonly Position[];
}

/** Hands over what the account did and was paid, as far back as the events were read. */
export function ExportButton({ network, movements, positions }: ExportButtonProps) {
  const collect = useMutation({
    mutationFn: async () => {
      const chain = publicClientOf(network.rpcUrl);
      const known = new Map<number, string>(positions.map(({ pool, peerId }) => [pool, peerId]));
      const rows = await Promise.all(
        movements.map(async (movement) => {
          const { timestamp } = await chain.getBlock({ blockNumber: movement.blockNumber });
          const peerId = movement.peerId ?? known.get(movement.pool ?? 0) ?? (await peerIdOf(movement.pool ?? 0));
          return { atMs: Number(timestamp) * 1_000, movement, peerId };
        }),
      );
      download("shadowmesh-stake.csv", "text/csv", movementsCsv(rows));

      async function peerIdOf(pool: number) {
        const address = network.nexusAddress ?? "0x";
        const view = await chain.readContract({ abi: nodeNexusAbi, address, functionName: "poolAt", args: [pool] });
        return view.peerID;
      }
    },
  });
  return (
    <>
      <Button busy={collect.isPending} disabled={movements.length === 0} onClick={() => collect.mutate()}>
        {i18n._("Export CSV")}
      </Button>
      <ExplainedError error={collect.error} />
    </>
  );
}
