"use client";

import { useMutation } from "@tanstack/react-query";
import { ExplainedError } from "../../_shared/chain/explained-error";
import { client } from "../../_shared/node/client";
import { formatPercent } from "../../_shared/node/format";
import { useSession } from "../../_shared/node/session";
import { i18n } from "../../_shared/text/i18n";
import { Button } from "../../_shared/ui/button";
import { Fact } from "../../_shared/ui/facts";
import { Tip } from "../../_shared/ui/tip";

/** A node's uptime; asked for only when wanted: it is in evidence of all nodes, which the daemon downloads and checks. */
export function UptimeFact({ peerId }: { peerId: string }) {
  const signedIn = useSession().data?.signedIn === true;
  const replay = useMutation({ mutationFn: () => client.call("replay", { peerId }) });
  return (
    <>
      <Fact
        name={i18n._("Uptime")}
        tip={
          <Tip about={i18n._("uptime")}>
            {i18n._(
              "How much of the last twelve epochs most backbones reached it. The node whose console this is fetches their signed evidence and checks it, for whoever is signed in.",
            )}
          </Tip>
        }
      >
        {replay.data ? (
          formatPercent(replay.data.uptime / 100, 2)
        ) : signedIn ? (
          <Button busy={replay.isPending} onClick={() => replay.mutate()}>
            {i18n._("Look up uptime")}
          </Button>
        ) : (
          i18n._("not known")
        )}
      </Fact>
      <ExplainedError error={replay.error} />
    </>
  );
}
