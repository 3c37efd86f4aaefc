"use client";

import { Trans } from "@lingui/react";
import { useNetwork, useStatus } from "../node/queries";
import { useSession } from "../node/session";
import { troubleOf } from "../node/trouble";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { Replaced } from "./replaced";

const code = <code className="font-mono" />;

/** Trouble that concerns every page: the daemon is gone or another, or the chain is gone. What was known stays on the page. */
export function Banners() {
  const session = useSession();
  const network = useNetwork();
  const status = useStatus();
  if (!session.data?.daemonAnswers) return null;
  // Who is signed out asks for no status: that of before may have failed.
  const trouble = troubleOf(network.error, session.data.signedIn ? status.error : null);
  const chain = network.data;
  return (
    <div className="mb-4 space-y-3 empty:hidden">
      {trouble === "away" && (
        <Alert tone="bad" title={i18n._("The daemon does not answer.")}>
          <Trans
            id="What you see is its last answer. Start it again with <0>npx shadowmesh up</0>, and sign in again where this page asks for it."
            components={{ 0: code }}
          />
        </Alert>
      )}
      {trouble === "replaced" && <Replaced />}
      {!trouble && chain?.state === "unreachable" && (
        <Alert tone="bad" title={i18n._("The chain does not answer at {rpcUrl}.", { rpcUrl: chain.rpcUrl })}>
          <Trans
            id="Nothing can be signed until it is back. Check the RPC endpoint (<0>chain.rpcUrl</0>). The daemon keeps trying by itself."
            components={{ 0: code }}
          />
        </Alert>
      )}
      {!trouble && chain?.state === "wrong-chain" && (
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
      {!trouble && chain?.state === "no-contract" && (
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
