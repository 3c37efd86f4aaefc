import { defineErrors } from "../../core/errors.ts";

export const healthErrors = defineErrors({
  PROBE_REFUSED: {
    status: 403,
    summary: "A probe was not answered.",
    action: "See `details` for the reason; where it is the clock, set this machine's by NTP.",
  },
});
