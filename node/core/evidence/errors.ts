import { defineErrors } from "../errors.ts";

export const evidenceErrors = defineErrors({
  EVIDENCE_INVALID: {
    status: 422,
    summary: "This evidence does not prove what it claims.",
    action: "See `details` for what is wrong; get the epoch's evidence from another backbone.",
  },
});
