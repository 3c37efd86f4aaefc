import { defineErrors } from "../../core/errors.ts";

export const notificationsErrors = defineErrors({
  EMAIL_UNREACHABLE: {
    status: 502,
    summary: "The mail server does not answer.",
    action: "Check `notifications.smtpHost` and `notifications.smtpPort`.",
  },
  EMAIL_NOT_ENCRYPTED: {
    status: 502,
    summary: "The mail server gives no encrypted connection that can be trusted.",
    action:
      "Use a server with STARTTLS (port 587) or TLS (port 465) and a certificate for its name: nothing is sent in clear.",
  },
  EMAIL_SIGN_IN_REFUSED: {
    status: 502,
    summary: "The mail server refused the name or the password.",
    action: "Check `notifications.smtpUser` and `notifications.smtpPassword`.",
  },
  EMAIL_REFUSED: {
    status: 502,
    summary: "The mail server did not take the e-mail.",
    action: "See `details.reason`, and check `notifications.emailFrom` and `notifications.emailTo`.",
  },
  WEBHOOK_UNREACHABLE: {
    status: 502,
    summary: "The webhook's receiver does not answer.",
    action: "Check `notifications.webhookUrl`, and whether the receiver runs.",
  },
});
