import { defineErrors } from "../../core/errors.ts";

export const poolErrors = defineErrors({
  AGENT_TOKEN_INVALID: {
    status: 401,
    summary: "The agent token is missing, has run out, was revoked, or was not issued by this network's backbones.",
    action: "Trade the refresh token at POST /v1/agent/refresh, or register the device again.",
  },
  REFRESH_TOKEN_INVALID: {
    status: 401,
    summary: "This refresh token is unknown, has run out, or was revoked.",
    action: "Register the device again by POST /v1/agent/register.",
  },
  REFRESH_TOKEN_REUSED: {
    status: 401,
    summary: "This refresh token was used before: whoever holds tokens of this device, they are revoked.",
    action: "Register the device again, and look for who could have read its tokens.",
  },
  DEVICE_LIMIT: {
    status: 409,
    summary: "This node has as many devices in the pool as a node may have.",
    action: "See `details` for the limit; devices that have not come back for a month make room by themselves.",
  },
  EVENTS_BUSY: {
    status: 503,
    summary: "As many clients as this backbone serves follow its events.",
    action: "Try again in a minute, ask another backbone, or read GET /v1/aggregate.",
  },
});
