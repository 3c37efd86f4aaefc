"use client";

import { useNetwork, useStatus } from "../node/queries";
import { useSession } from "../node/session";
import { Alert } from "../ui/alert";

/** Trouble that concerns every page: the daemon or the chain is gone. What was known stays on the page. */
export function Banners() {
  const session = useSession();
  const network = useNetwork();
  const status = useStatus();
  if (!session.data?.daemonAnswers) return null;
  const lost = network.isError || status.isError;
  const chain = network.data;
  return (
    <div className="mb-4 space-y-3 empty:hidden">
      {lost && (
        <Alert tone="bad" title="The daemon does not answer.">
          What you see is its last answer. Start it again with <code className="font-mono">npx shadowmesh up</code>.
          This page goes on by itself.
        </Alert>
      )}
      {!lost && chain?.state === "unreachable" && (
        <Alert tone="bad" title={`The chain does not answer at ${chain.rpcUrl}.`}>
          Nothing can be signed until it is back. Check the RPC endpoint (
          <code className="font-mono">chain.rpcUrl</code>). The daemon keeps trying by itself.
        </Alert>
      )}
      {!lost && chain?.state === "wrong-chain" && (
        <Alert tone="bad" title={`The RPC endpoint does not serve chain ${chain.chainId}.`}>
          Set <code className="font-mono">chain.chainId</code> and <code className="font-mono">chain.rpcUrl</code> to
          the same network, then start the daemon again.
        </Alert>
      )}
      {!lost && chain?.state === "no-contract" && (
        <Alert tone="bad" title="There is no NodeNexus contract at the configured address.">
          Set <code className="font-mono">chain.nexusAddress</code> to the address printed at deployment, then start the
          daemon again.
        </Alert>
      )}
    </div>
  );
}
