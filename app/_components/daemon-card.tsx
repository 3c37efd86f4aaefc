"use client";

import type { NodeStatus } from "../../node/api/daemon.ts";
import { formatBytes, formatDuration, formatNumber, shortHex } from "../_shared/node/format";
import { useSignOut } from "../_shared/node/queries";
import { useNow } from "../_shared/node/use-now";
import { i18n } from "../_shared/text/i18n";
import { Button } from "../_shared/ui/button";
import { Card } from "../_shared/ui/card";
import { CopyText } from "../_shared/ui/copy-text";
import { Fact, Facts } from "../_shared/ui/facts";
import { Tip } from "../_shared/ui/tip";

export function DaemonCard({ status }: { status: NodeStatus }) {
  const now = useNow();
  const signOut = useSignOut();
  const { chain, backbone } = status;
  return (
    <Card
      title={i18n._("Daemon")}
      aside={
        <Button look="ghost" className="-my-1.5 text-sm" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          {i18n._("Sign out")}
        </Button>
      }
    >
      <Facts>
        <Fact name={i18n._("Version")}>{status.version}</Fact>
        <Fact name={i18n._("Running for")}>{now === null ? "" : formatDuration(now - status.startedAtMs)}</Fact>
        <Fact name={i18n._("Memory")}>{formatBytes(status.memory.rssBytes)}</Fact>
        <Fact name={i18n._("Block")}>
          {chain.blockNumber === null ? i18n._("unknown") : formatNumber(chain.blockNumber)}
        </Fact>
        <Fact name={i18n._("Backbone")}>{backbone ? shortHex(backbone.peerId) : i18n._("none yet")}</Fact>
        {chain.nexusAddress && (
          <Fact
            name="NodeNexus"
            tip={
              <Tip about={i18n._("NodeNexus")}>
                {i18n._("The contract that registers nodes, holds their stakes, and pays them.")}
              </Tip>
            }
          >
            <CopyText
              text={chain.nexusAddress}
              shown={shortHex(chain.nexusAddress)}
              what={i18n._("contract address")}
            />
          </Fact>
        )}
      </Facts>
    </Card>
  );
}
