"use client";

import type { NodeStatus } from "../../node/api/daemon.ts";
import { formatBytes, formatDuration, formatNumber, shortHex } from "../_shared/node/format";
import { useSignOut } from "../_shared/node/queries";
import { useNow } from "../_shared/node/use-now";
import { Button } from "../_shared/ui/button";
import { Card } from "../_shared/ui/card";
import { CopyText } from "../_shared/ui/copy-text";
import { Fact, Facts } from "../_shared/ui/facts";

export function DaemonCard({ status }: { status: NodeStatus }) {
  const now = useNow();
  const signOut = useSignOut();
  const { chain, backbone } = status;
  return (
    <Card
      title="Daemon"
      aside={
        <Button look="ghost" className="-my-1.5 text-sm" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      }
    >
      <Facts>
        <Fact name="Version">{status.version}</Fact>
        <Fact name="Running for">{now === null ? "" : formatDuration(now - status.startedAtMs)}</Fact>
        <Fact name="Memory">{formatBytes(status.memory.rssBytes)}</Fact>
        <Fact name="Block">{chain.blockNumber === null ? "unknown" : formatNumber(chain.blockNumber)}</Fact>
        <Fact name="Backbone">{backbone ? shortHex(backbone.peerId) : "none yet"}</Fact>
        {chain.nexusAddress && (
          <Fact name="NodeNexus">
            <CopyText text={chain.nexusAddress} shown={shortHex(chain.nexusAddress)} what="contract address" />
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
