"use client";

import type { Network } from "../../_shared/chain/network";
import { ReviewCard } from "../../_shared/chain/review-card";
import type { useSend } from "../../_shared/chain/use-send";
import { formatDuration, formatNumber, formatShm, nodeTypeName, regionName, shortHex } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
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
      what={i18n._("this registration")}
      network={network}
      prepared={prepared}
      send={send}
      signer={i18n._("Operator")}
      signLabel={i18n._("Sign and register")}
      onBack={onBack}
      note={
        valueWei > 0n &&
        i18n._("The stake stays yours: you can withdraw it {time} after you deregister the node.", {
          time: formatDuration(terms.unbondingMs),
        })
      }
    >
      <Fact name={i18n._("Peer ID")}>
        <CopyText text={peerId} shown={shortHex(peerId)} what={i18n._("peer ID")} />
      </Fact>
      <Fact name={i18n._("Node type")}>{nodeTypeName(offer.nodeType)}</Fact>
      <Fact name={i18n._("Region")}>{regionName(offer.region)}</Fact>
      <Fact name={i18n._("Bandwidth")}>{i18n._("{value} Mbit/s", { value: formatNumber(offer.bandwidthMbps) })}</Fact>
      <Fact name={i18n._("Stake")}>{formatShm(valueWei)}</Fact>
    </ReviewCard>
  );
}
