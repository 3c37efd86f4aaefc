"use client";

import type { Network } from "../../_shared/chain/network";
import { ReviewCard } from "../../_shared/chain/review-card";
import type { useSend } from "../../_shared/chain/send";
import { formatDuration, formatNumber, formatShm, nodeTypeName, regionName, shortHex } from "../../_shared/node/format";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact } from "../../_shared/ui/facts";
import type { PreparedRegistration } from "../_hooks/use-registration";
import type { Terms } from "../_hooks/use-terms";

interface ReviewProps {
  network: Network;
  terms: Terms;
  prepared: PreparedRegistration;
  send: ReturnType<typeof useSend>;
  onBack: () => void;
}

export function Review({ network, terms, prepared, send, onBack }: ReviewProps) {
  const { offer, peerId, valueWei } = prepared;
  return (
    <ReviewCard
      what="this registration"
      network={network}
      prepared={prepared}
      send={send}
      signer="Operator"
      signLabel="Sign and register"
      onBack={onBack}
      note={
        valueWei > 0n &&
        `The stake stays yours: you can withdraw it ${formatDuration(terms.unbondingMs)} after you deregister the node.`
      }
    >
      <Fact name="Peer ID">
        <CopyText text={peerId} shown={shortHex(peerId)} what="peer ID" />
      </Fact>
      <Fact name="Node type">{nodeTypeName(offer.nodeType)}</Fact>
      <Fact name="Region">{regionName(offer.region)}</Fact>
      <Fact name="Bandwidth">{formatNumber(offer.bandwidthMbps)} Mbit/s</Fact>
      <Fact name="Stake">{formatShm(valueWei)}</Fact>
    </ReviewCard>
  );
}
