import { defineErrors } from "../errors.ts";

export const webhookErrors = defineErrors({
  WEBHOOK_SECRET_MISSING: {
    status: 500,
    summary: "Webhooks are configured without a secret to sign them by.",
    action: "Set `webhooks.secret`: `echo whsec_$(openssl rand -base64 32)` makes one; the receiver needs it, too.",
  },
  WEBHOOK_ADDRESS_PRIVATE: {
    status: 502,
    summary: "The webhook leads to this machine or its network.",
    action:
      "Name a receiver on the internet, or set `webhooks.allowPrivate` (of a node's notifications: `notifications.webhookAllowPrivate`).",
  },
  WEBHOOK_REFUSED: {
    status: 502,
    summary: "The webhook's receiver did not take what was sent.",
    action: "See its log; it is sent again, ever more seldom, for a day.",
  },
});
