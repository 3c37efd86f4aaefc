"use client";

import { ErrorAlert } from "../_shared/node/error-alert";
import { PeersTable } from "../_shared/node/peers-table";
import { usePeers } from "../_shared/node/queries";
import { i18n } from "../_shared/text/i18n";
import { Card } from "../_shared/ui/card";
import { Link } from "../_shared/ui/link";
import { Skeleton } from "../_shared/ui/skeleton";

const shownPeers = 5;

export function PeersSummary({ connected }: { connected: number }) {
  const { data: peers, error } = usePeers();
  const relayed = peers?.filter((peer) => peer.path === "relayed").length ?? 0;
  return (
    <Card
      title={i18n._("Peers")}
      aside={
        <span className="text-muted text-sm tabular-nums">
          {relayed > 0
            ? i18n._("{count} connected, {relayed} relayed", { count: peers?.length, relayed })
            : i18n._("{count} connected", { count: peers?.length ?? connected })}
        </span>
      }
    >
      {!peers && (error ? <ErrorAlert error={error} /> : <Skeleton lines={4} />)}
      {peers && <PeersTable peers={peers.slice(0, shownPeers)} />}
      {peers && peers.length > shownPeers && (
        <Link href="/network/" className="mt-2 inline-block font-medium text-accent text-sm hover:underline">
          {i18n._("All {count} peers", { count: peers.length })}
        </Link>
      )}
    </Card>
  );
}
