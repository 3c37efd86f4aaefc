import { createTransport } from "nodemailer";
import { ShadowMeshError } from "../../core/errors.ts";
import type { NotificationsConfig } from "./config.ts";
import { notificationsErrors } from "./errors.ts";

export interface Message {
  /** The same at each attempt. */
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

const timeoutMs = 10_000;
/** TLS from the first byte (RFC 8314). */
const implicitTlsPort = 465;

const isLoopback = (host: string) => host === "localhost" || /^127(\.\d+){3}$/.test(host);

/**
 * Sends an e-mail through the configured server. What leaves this machine is encrypted, or not sent.
 *
 * @throws EMAIL_UNREACHABLE, EMAIL_NOT_ENCRYPTED, EMAIL_SIGN_IN_REFUSED, EMAIL_REFUSED
 */
export function createSendEmail(config: NotificationsConfig): ((message: Message) => Promise<void>) | null {
  const { smtpHost: host, smtpPort: port, smtpUser: user, smtpPassword: pass, emailFrom: from, emailTo: to } = config;
  if (host === null || from === null || to === null) return null;
  const secure = port === implicitTlsPort;
  return async ({ id, subject, text }) => {
    const transport = createTransport({
      host,
      port,
      secure,
      // A server on this machine seldom has a certificate for its name, and nobody is between.
      ...(isLoopback(host) ? { ignoreTLS: true } : { requireTLS: !secure }),
      ...(user !== null && pass !== null && { auth: { user, pass } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await transport.sendMail({ from, to, subject, text, messageId: `<${id}@shadowmesh.invalid>` });
    } catch (error) {
      throw toEmailError(error);
    } finally {
      transport.close();
    }
  };
}

const definitions = {
  ECONNECTION: notificationsErrors.EMAIL_UNREACHABLE,
  ETIMEDOUT: notificationsErrors.EMAIL_UNREACHABLE,
  ESOCKET: notificationsErrors.EMAIL_UNREACHABLE,
  EDNS: notificationsErrors.EMAIL_UNREACHABLE,
  ETLS: notificationsErrors.EMAIL_NOT_ENCRYPTED,
  EAUTH: notificationsErrors.EMAIL_SIGN_IN_REFUSED,
  ENOAUTH: notificationsErrors.EMAIL_SIGN_IN_REFUSED,
} as const;

function toEmailError(cause: unknown): ShadowMeshError {
  const { code = "", response, message } = cause as { code?: string; response?: string; message?: string };
  const certificate = /certificate|self-signed|ssl|tls/i.test(message ?? "");
  const known = Object.hasOwn(definitions, code) ? definitions[code as keyof typeof definitions] : undefined;
  const definition =
    certificate && known === notificationsErrors.EMAIL_UNREACHABLE ? notificationsErrors.EMAIL_NOT_ENCRYPTED : known;
  const details = { reason: response ?? message ?? String(cause) };
  return new ShadowMeshError(definition ?? notificationsErrors.EMAIL_REFUSED, { cause, details });
}
