"use client";

import { useState } from "react";
import type { Registration } from "../../../node/core/schema.ts";
import { parseShm } from "../../_shared/chain/amount";
import { AmountField } from "../../_shared/chain/amount-field";
import type { Network } from "../../_shared/chain/network";
import { useSend } from "../../_shared/chain/send";
import { SendButton } from "../../_shared/chain/send-button";
import { i18n } from "../../_shared/text/i18n";
import { Card } from "../../_shared/ui/card";
import { useIsOperator } from "./operator-wallet";

export function TopUp({ network, registration }: { network: Network; registration: Registration }) {
  const [text, setText] = useState("");
  const send = useSend(network);
  const isOperator = useIsOperator(registration.operator);
  const wei = parseShm(text);
  return (
    <Card title={i18n._("Add stake")}>
      <div className="space-y-3">
        <AmountField
          label={i18n._("Amount")}
          value={text}
          hint={i18n._("Joins the stake that you withdraw after leaving.")}
          error={text !== "" && wei === null ? i18n._("Enter an amount such as 100 or 0.5.") : null}
          onChange={(next) => {
            setText(next);
            if (!send.isPending) send.reset();
          }}
        />
        <SendButton
          label={i18n._("Add to stake")}
          look="secondary"
          disabled={!isOperator || !wei}
          send={send}
          call={() => ({ functionName: "topUp", args: [registration.peerId], value: wei ?? 0n })}
          done={i18n._("The stake has grown.")}
          onDone={() => setText("")}
        />
      </div>
    </Card>
  );
}
