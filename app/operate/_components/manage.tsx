"use client";

import type { Registration } from "../../../node/core/schema.ts";
import type { Network } from "../../_shared/chain/network";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatShm, shortHex } from "../../_shared/node/format";
import { RegistrationFacts } from "../../_shared/node/registration-facts";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { CopyText } from "../../_shared/ui/copy-text";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Skeleton } from "../../_shared/ui/skeleton";
import type { Terms } from "../_hooks/use-terms";
import { ChangeOffer } from "./change-offer";
import { CommissionCard } from "./commission-card";
import { Deregister } from "./deregister";
import { OperatorWallet } from "./operator-wallet";
import { TopUp } from "./top-up";

interface ManageProps {
  network: Network;
  nexusAddress: `0x${string}`;
  terms: Terms | undefined;
  registration: Registration;
  viewOnly: boolean;
  open: OpenPlan;
}

/** A registered node: what it offers, more stake, the way out. */
export function Manage({ network, nexusAddress, terms, registration, viewOnly, open }: ManageProps) {
  return (
    <>
      <OperatorWallet operator={registration.operator} />
      <div className="grid items-start gap-4 lg:grid-cols-[3fr_2fr]">
        {terms ? (
          <div className="grid min-w-0 gap-4">
            <ChangeOffer {...{ network, nexusAddress, open, registration, viewOnly, terms }} />
          </div>
        ) : (
          <Skeleton lines={6} />
        )}
        <div className="grid min-w-0 gap-4">
          <Card title={i18n._("Registration")}>
            <Facts>
              <Fact name={i18n._("Peer ID")}>
                <CopyText text={registration.peerId} shown={shortHex(registration.peerId)} what={i18n._("peer ID")} />
              </Fact>
              <Fact name={i18n._("Operator")}>
                <CopyText
                  text={registration.operator}
                  shown={shortHex(registration.operator)}
                  what={i18n._("operator")}
                />
              </Fact>
              <RegistrationFacts registration={registration} />
              {terms && (
                <Fact name={i18n._("Price, the same for all")}>
                  {i18n._("{price} per GiB", { price: formatShm(terms.priceWeiPerGiB, 6) })}
                </Fact>
              )}
            </Facts>
          </Card>
          {terms && registration.nodeType !== "light_private" && (
            <CommissionCard {...{ network, nexusAddress, registration, open }} unbondingMs={terms.unbondingMs} />
          )}
          <TopUp open={open} registration={registration} />
          <Deregister {...{ network, nexusAddress, open, registration }} unbondingMs={terms?.unbondingMs ?? null} />
        </div>
      </div>
    </>
  );
}
