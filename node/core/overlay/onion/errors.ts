import { defineErrors } from "../../errors.ts";

export const onionErrors = defineErrors({
  HOP_REFUSED: {
    status: 502,
    summary: "A relay on the path does not pass it on.",
    action: "Try again: other relays are taken. See `details` for the reason that it gave.",
  },
  TOO_FEW_RELAYS: {
    status: 503,
    summary: "There are not so many public nodes as the path has hops.",
    action: "Ask for fewer hops, or wait until more nodes have registered as public.",
  },
});
