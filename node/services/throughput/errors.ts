import { defineErrors } from "../../core/errors.ts";

export const throughputErrors = defineErrors({
  PING_LOST: {
    status: 502,
    summary: "The line broke before the peer answered, twice.",
    action: "Try again; `shadowmesh why` tells how the peer is reached.",
  },
  TRANSFER_TOO_LARGE: {
    status: 400,
    summary: "A measurement may move at most 1 GiB.",
    action: "Choose a smaller size.",
  },
  TRANSFER_BUSY: {
    status: 429,
    summary: "The peer is measuring with others already.",
    action: "Try again in a few seconds.",
  },
  TRANSFER_FAILED: {
    status: 502,
    summary: "The line broke before all bytes were acknowledged.",
    action: "Try again; `shadowmesh ping` shows whether the peer is still there.",
  },
  TRANSFER_CORRUPT: {
    status: 502,
    summary: "The far end received other bytes than were sent.",
    action: "Report this: the channel is authenticated, so it should be impossible.",
  },
});
