"use client";

import { Trans } from "@lingui/react";
import { useSearchParams } from "next/navigation";
import { parsePeerId } from "../../../node/core/vocabulary.ts";
import { afterViem } from "../../_shared/chain/after-viem";
import { nexusOf } from "../../_shared/chain/network";
import { useNetwork } from "../../_shared/node/queries";
import { useSession } from "../../_shared/node/session";
import { Gate } from "../../_shared/shell/gate";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { CopyText } from "../../_shared/ui/copy-text";
import { later } from "../../_shared/ui/later";
import { Link } from "../../_shared/ui/link";
import { Skeleton } from "../../_shared/ui/skeleton";
import { Probe } from "./probe";

const NodeOnChain = later(() => afterViem(() => import("./node-on-chain").then((module) => module.NodeOnChain)), {
  loading: () => <Skeleton lines={8} />,
});

/** The node that the address names (`?id=0x…`). */
export function NodeRoom() {
  const peerId = parsePeerId(useSearchParams().get("id") ?? "");
  const { data: network } = useNetwork();
  const nexusAddress = network ? nexusOf(network) : null;
  const signedIn = useSession().data?.signedIn === true;
  const list = (
    <Link href="/network/" className="font-medium text-accent hover:underline">
      {i18n._("All registered nodes")}
    </Link>
  );
  if (peerId === null) {
    return (
      <Alert tone="warn" title={i18n._("This address names no node.")}>
        <Trans
          id="It has to end with <0>?id=</0> and a peer ID of 40 hex digits."
          components={{ 0: <code className="font-mono" /> }}
        />{" "}
        {list}
      </Alert>
    );
  }
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <CopyText text={peerId} what={i18n._("peer ID")} className="font-medium" />
        {list}
      </div>
      {network && nexusAddress && (
        <NodeOnChain
          // Of another node nothing is kept: neither a replay nor an open question.
          key={peerId}
          network={network}
          nexusAddress={nexusAddress}
          peerId={peerId}
          signedIn={signedIn}
        />
      )}
      <Gate>
        <Probe key={peerId} peerId={peerId} />
      </Gate>
    </div>
  );
}
