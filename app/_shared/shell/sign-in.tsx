"use client";

import { useState } from "react";
import type { ShadowMeshError } from "../../../node/core/errors.ts";
import { useNetwork } from "../node/queries";
import { i18n } from "../text/i18n";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Card } from "../ui/card";
import { later } from "../ui/later";
import { Skeleton } from "../ui/skeleton";
import { Command } from "./no-daemon";

const WalletSignIn = later(() => import("../chain/wallet/sign-in").then((module) => module.WalletSignIn), {
  loading: () => <Skeleton lines={1} />,
});

/** How the owner of the daemon gets in: with a link, or with the operator's wallet. */
export function SignIn({ linkError }: { linkError: ShadowMeshError | null }) {
  const network = useNetwork();
  const [withWallet, setWithWallet] = useState(false);
  return (
    <Card title={i18n._("Sign in to this node")} className="max-w-2xl">
      <div className="space-y-3">
        {linkError && (
          <Alert tone="warn" title={linkError.message}>
            {linkError.action}
          </Alert>
        )}
        <p>{i18n._("Only the owner may see and steer a node. On the machine that it runs on, type:")}</p>
        <Command text="npx shadowmesh gui" what={i18n._("command to sign in")} />
        <p className="text-muted text-sm">{i18n._("It prints a link that signs this browser in, once.")}</p>
        <div className="border-line border-t pt-3">
          {withWallet && network.data ? (
            <WalletSignIn network={network.data} />
          ) : (
            <div className="flex flex-wrap items-center justify-between gap-3">
              <p className="text-muted text-sm">{i18n._("Registered already? Its operator's wallet signs in too.")}</p>
              <Button onClick={() => setWithWallet(true)} disabled={!network.data}>
                {i18n._("Sign in with wallet")}
              </Button>
            </div>
          )}
        </div>
      </div>
    </Card>
  );
}
