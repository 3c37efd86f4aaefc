import { defineErrors } from "../../core/errors.ts";

export const healthErrors = defineErrors({
  PROBE_REFUSED: {
    status: 403,
    summary: "A probe was not answered.",
    action: "See `details` for the reason; where it is the clock, set this machine's by NTP.",
  },
  NODE_UNKNOWN: {
    status: 404,
    summary: "The contract knows no node with this peer ID.",
    action: "Check the ID; a node has a score from its registration on.",
  },
  NO_SCORES: {
    status: 409,
    summary: "There are no scores on chain yet.",
    action: "Wait for the end of an epoch; the backbones then bring its scores on chain.",
  },
  NODE_NOT_RATED: {
    status: 404,
    summary: "The newest evidence does not name this node.",
    action: "Wait for the end of the next epoch; a node is rated in the epochs in which it is registered.",
  },
  EVIDENCE_UNAVAILABLE: {
    status: 503,
    summary: "No backbone gives the evidence that the chain names.",
    action: "See `details` for which were asked, and try again in a minute.",
  },
});
