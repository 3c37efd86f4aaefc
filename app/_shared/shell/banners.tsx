"use client";

import { Trans } from "@lingui/react";
import { useNetwork, useStatus } from "../node/queries";
import { useSession } from "../node/session";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";

const code = <code className="font-mono" />;

/** Trouble that concerns every page: the daemon or the chain is gone. What was known stays on the page. */
export function Banners() {
  const session = useSession();
  const network = useNetwork();
  const status = useStatus();
  if (!session.data?.daemonAnswers) return null;
  // Who is signed out asks for no status: that of before may have failed.
  const lost = network.isError || (session.data.signedIn && status.isError);
  const chain = network.data;
  return (
    <div className="mb-4 space-y-3 empty:hidden">
      {lost && (
        <Alert tone="bad" title={i18n._("The daemon does not answer.")}>
          <Trans
            id="What you see is its last answer. Start it again with <0>npx shadowmesh up</0>. This page goes on by itself."
            components={{ 0: code }}
          />
        </Alert>
      )}
      {!lost && chain?.state === "unreachable" && (
        <Alert tone="bad" title={i18n._("The chain does not answer at {rpcUrl}.", { rpcUrl: chain.rpcUrl })}>
          <Trans
            id="Nothing can be signed until it is back. Check the RPC endpoint (<0>chain.rpcUrl</0>). The daemon keeps trying by itself."
            components={{ 0: code }}
          />
        </Alert>
      )}
      {!lost && chain?.state === "wrong-chain" && (
        <Alert
          tone="bad"
          title={i18n._("The RPC endpoint does not serve chain {chainId}.", { chainId: chain.chainId })}
        >
          <Trans
            id="Set <0>chain.chainId</0> and <1>chain.rpcUrl</1> to the same network, then start the daemon again."
            components={{ 0: code, 1: code }}
          />
        </Alert>
      )}
      {!lost && chain?.state === "no-contract" && (
        <Alert tone="bad" title={i18n._("There is no NodeNexus contract at the configured address.")}>
          <Trans
            id="Set <0>chain.nexusAddress</0> to the address printed at deployment, then start the daemon again."
            components={{ 0: code }}
          />
        </Alert>
      )}
    </div>
  );
}
