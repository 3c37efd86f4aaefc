"use client";

import { Trans } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { createSiweMessage } from "viem/siwe";
import { signMessage } from "wagmi/actions";
import { client } from "../../node/client";
import { shortHex } from "../../node/format";
import { type Session, sessionKey } from "../../node/session";
import { i18n } from "../../text/i18n";
import { Button } from "../../ui/button";
import { ConnectFailure } from "../connect-failure";
import { ExplainedError } from "../explained-error";
import type { Network } from "../network";
import { openWalletDialog, useWalletAccount, wantWallet } from "../wallet-bridge";
import { wagmiConfigOf } from "./wagmi-config";

/** Signs the owner in with the wallet of the node's operator (EIP-4361). */
export function WalletSignIn({ network }: { network: Network }) {
  useEffect(wantWallet, []);
  const { address } = useWalletAccount();
  const queryClient = useQueryClient();
  const signIn = useMutation({
    mutationFn: async (operator: `0x${string}`) => {
      const { nonce } = await client.call("walletNonce", {});
      const message = createSiweMessage({
        domain: window.location.host,
        uri: window.location.origin,
        address: operator,
        // EIP-4361 allows ASCII alone: it stays in English.
        statement: "Sign in to the ShadowMesh node that serves this page.",
        version: "1",
        chainId: network.chainId,
        nonce,
      });
      const signature = await signMessage(wagmiConfigOf(network), { account: operator, message });
      return client.call("walletSignIn", { message, signature });
    },
    async onSuccess(session) {
      // Asked before this, it would say that nobody is signed in.
      await queryClient.cancelQueries({ queryKey: sessionKey });
      queryClient.setQueryData<Session>(sessionKey, { ...session, daemonAnswers: true, linkError: null });
    },
  });
  if (!address) {
    return (
      <div className="space-y-3">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <p className="text-muted text-sm">{i18n._("Connect the wallet that registered this node.")}</p>
          <Button look="primary" onClick={openWalletDialog}>
            {i18n._("Choose a wallet")}
          </Button>
        </div>
        <ConnectFailure />
      </div>
    );
  }
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-muted text-sm">
          <Trans
            id="Wallet <0>{address}</0> signs a message; it costs nothing."
            values={{ address: shortHex(address) }}
            components={{ 0: <span className="font-mono" /> }}
          />
        </p>
        <Button look="primary" busy={signIn.isPending} onClick={() => signIn.mutate(address)}>
          {i18n._("Sign message")}
        </Button>
      </div>
      <ExplainedError error={signIn.error} />
    </div>
  );
}
