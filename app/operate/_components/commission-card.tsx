"use client";

import { type ReactNode, useState } from "react";
import type { Registration } from "../../../node/core/schema.ts";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { useChainNow } from "../../_shared/chain/use-chain-now";
import type { OpenPlan } from "../../_shared/chain/use-plan";
import { formatBps, formatDateTime, formatDuration } from "../../_shared/node/format";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import { Card } from "../../_shared/ui/card";
import { Fact, Facts } from "../../_shared/ui/facts";
import { Field } from "../../_shared/ui/field";
import { Input } from "../../_shared/ui/input";
import { Skeleton } from "../../_shared/ui/skeleton";
import { type Commission, commissionError, parseBps } from "../_hooks/commission";
import { beginCommissionPlan, commissionPlan } from "../_hooks/plans";
import { useOwnPool } from "../_hooks/use-own-pool";
import { useIsOperator } from "./operator-wallet";
import { ReviewButton } from "./review-button";

interface CommissionCardProps {
  network: Network;
  nexusAddress: `0x${string}`;
  registration: Registration;
  unbondingMs: number;
  open: OpenPlan;
}

/** What stakers look at first: the part of the earnings that is not theirs. */
export function CommissionCard({ network, nexusAddress, registration, unbondingMs, open }: CommissionCardProps) {
  const { data: pool, error } = useOwnPool(network, nexusAddress, registration.peerId);
  const data = pool?.commission;
  const isOperator = useIsOperator(registration.operator);
  return (
    <Card
      title={i18n._("Commission")}
      lead={i18n._(
        "What you keep of what the node earns. The rest raises its stake: yours, and that of who stakes on it.",
      )}
    >
      {!data && (error ? <ExplainedError error={error} /> : <Skeleton lines={3} />)}
      {data && (
        <div className="space-y-3">
          <Facts>
            <Fact name={i18n._("Now")}>{formatBps(data.bps)}</Fact>
          </Facts>
          {data.next && (
            <Announced network={network} next={data.next}>
              <ReviewButton
                label={i18n._("Begin {percent}", { percent: formatBps(data.next.bps) })}
                look="secondary"
                open={open}
                plan={() => beginCommissionPlan(registration, data)}
              />
            </Announced>
          )}
          <Change
            key={`${data.bps} ${data.next?.bps}`}
            commission={data}
            unbondingMs={unbondingMs}
            onChange={() => {
              if (!open.busy) open.reset();
            }}
          >
            {(bps) => (
              <ReviewButton
                label={i18n._("Change commission")}
                look="secondary"
                disabled={!isOperator || bps === null}
                open={open}
                plan={() => commissionPlan(registration, data, bps ?? data.bps, unbondingMs)}
              />
            )}
          </Change>
        </div>
      )}
    </Card>
  );
}

interface AnnouncedProps {
  network: Network;
  next: NonNullable<Commission["next"]>;
  children: ReactNode;
}

/** A higher one, which stakers have time to leave before. */
function Announced({ network, next, children }: AnnouncedProps) {
  const now = useChainNow(network);
  const isDue = now !== null && now >= next.atMs;
  return (
    <Alert title={i18n._("{percent} is announced.", { percent: formatBps(next.bps) })}>
      {isDue ? children : i18n._("It can begin on {date}.", { date: formatDateTime(next.atMs) })}
    </Alert>
  );
}

interface ChangeProps {
  commission: Commission;
  unbondingMs: number;
  onChange: () => void;
  /** What is to be done with one that the contract would take; with null where there is none. */
  children: (bps: number | null) => ReactNode;
}

function Change({ commission, unbondingMs, onChange, children }: ChangeProps) {
  const [text, setText] = useState("");
  const error = commissionError(commission, text);
  const wanted = error === null ? parseBps(text) : null;
  return (
    <>
      <Field
        label={i18n._("New commission")}
        hint={
          commission.hasStakers
            ? i18n._(
                "A lower one holds at once; one that is up to 5 points higher {time} later, so that stakers can leave first.",
                {
                  time: formatDuration(unbondingMs),
                },
              )
            : i18n._("Nobody else stakes on this node: any holds at once.")
        }
        error={error}
      >
        {(props) => (
          <Input
            {...props}
            inputMode="decimal"
            autoComplete="off"
            unit="%"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              onChange();
            }}
          />
        )}
      </Field>
      {children(wanted === commission.bps ? null : wanted)}
    </>
  );
}
