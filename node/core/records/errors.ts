import { defineErrors } from "../errors.ts";

export const recordErrors = defineErrors({
  RECORD_INVALID: {
    status: 400,
    summary: "The node record is malformed, has run out, or is not signed by its node.",
    action: "Ask the node's owner to check its clock and version; records are renewed by themselves.",
  },
});
