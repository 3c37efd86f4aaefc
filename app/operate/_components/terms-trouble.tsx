import type { UseQueryResult } from "@tanstack/react-query";
import { ExplainedError } from "../../_shared/chain/explained-error";
import { Alert } from "../../_shared/ui/alert";
import type { Terms } from "../_hooks/use-terms";

/** Says why nothing can be signed now: the chain does not answer this page, or entries are paused. */
export function TermsTrouble({ terms }: { terms: UseQueryResult<Terms> }) {
  if (terms.error) return <ExplainedError error={terms.error} />;
  if (!terms.data?.paused) return null;
  return (
    <Alert tone="warn" title="New registrations and changes are paused.">
      Leaving and withdrawing still work. The page goes on by itself once the pause is over.
    </Alert>
  );
}
