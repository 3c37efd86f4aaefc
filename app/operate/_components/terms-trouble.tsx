import type { UseQueryResult } from "@tanstack/react-query";
import { ExplainedError } from "../../_shared/chain/explained-error";
import type { Network } from "../../_shared/chain/network";
import { i18n } from "../../_shared/text/i18n";
import { Alert } from "../../_shared/ui/alert";
import type { Terms } from "../_hooks/use-terms";

/** Says why nothing can be signed now: the chain does not answer this page, or entries are paused. */
export function TermsTrouble({ network, terms }: { network: Network; terms: UseQueryResult<Terms> }) {
  // A chain that the daemon cannot reach either is the page's banner already.
  if (terms.error) return network.state === "connected" ? <ExplainedError error={terms.error} /> : null;
  if (!terms.data?.paused) return null;
  return (
    <Alert tone="warn" title={i18n._("New registrations and changes are paused.")}>
      {i18n._("Leaving and withdrawing still work. The page goes on by itself once the pause is over.")}
    </Alert>
  );
}
