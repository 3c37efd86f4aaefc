"use client";

import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network";
import { formatNumber, formatShm, nodeTypeName, regionName, shortHex } from "../../_shared/node/format";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Skeleton } from "../../_shared/ui/skeleton";
import type { Terms } from "../_hooks/use-terms";
import { ChangeOffer } from "./change-offer";
import { Deregister } from "./deregister";
import { OperatorWallet } from "./operator-wallet";
import { TopUp } from "./top-up";

interface ManageProps {
  network: Network;
  terms: Terms | undefined;
  registration: Registration;
  viewOnly: boolean;
}

/** A registered node: what it offers, more stake, the way out. */
export function Manage({ network, terms, registration, viewOnly }: ManageProps) {
  const offered = { network, registration, viewOnly };
  return (
    <>
      <OperatorWallet operator={registration.operator} />
      <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
        {terms ? <ChangeOffer {...offered} terms={terms} /> : <Skeleton lines={6} />}
        <div className="grid min-w-0 gap-4">
          <Card title="Registration">
            <Facts>
              <Fact name="Peer ID">
                <CopyText text={registration.peerId} shown={shortHex(registration.peerId)} what="peer ID" />
              </Fact>
              <Fact name="Operator">
                <CopyText text={registration.operator} shown={shortHex(registration.operator)} what="operator" />
              </Fact>
              <Fact name="Type">{nodeTypeName(registration.nodeType)}</Fact>
              <Fact name="Region">{regionName(registration.region)}</Fact>
              <Fact name="Bandwidth">{formatNumber(registration.bandwidthMbps)} Mbit/s</Fact>
              <Fact name="Stake">{formatShm(registration.stakeWei)}</Fact>
            </Facts>
          </Card>
          <TopUp network={network} registration={registration} />
          <Deregister network={network} registration={registration} unbondingMs={terms?.unbondingMs ?? null} />
        </div>
      </div>
    </>
  );
}
