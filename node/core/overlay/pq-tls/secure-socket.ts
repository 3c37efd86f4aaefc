import { constants } from "node:crypto";
import type { Duplex } from "node:stream";
import { connect, createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { ShadowMeshError } from "../../errors.ts";
import { overlayErrors } from "../errors.ts";
import { type CertifiedPeer, type TlsCredentials, verifyCertificate } from "./certificate.ts";

/** The only key exchange: X25519 and ML-KEM-768 together (draft-ietf-tls-ecdhe-mlkem). */
export const keyExchangeGroup = "X25519MLKEM768";

export interface SecureSocketOptions {
  isServer: boolean;
  credentials: TlsCredentials;
  /** ALPN, best first. */
  protocols: readonly string[];
  signal?: AbortSignal | undefined;
}

export interface SecuredSocket {
  readonly socket: TLSSocket;
  readonly peer: CertifiedPeer;
}

/**
 * TLS 1.3 with hybrid key exchange and ML-DSA-87 authentication of both ends, and nothing less, over any duplex; over a
 * TCP socket it runs without JavaScript in between. Destroys both where it fails.
 *
 * @throws HANDSHAKE_REFUSED
 */
export async function secureSocket(duplex: Duplex, options: SecureSocketOptions): Promise<SecuredSocket> {
  const socket = openSocket(duplex, options);
  duplex.on("error", (error) => socket.destroy(error));
  const onAbort = () => socket.destroy(refusedFor("timeout"));
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await secured(socket);
    if (!options.isServer) requireHybridGroup(socket);
    const raw = socket.getPeerCertificate(false)?.raw;
    if (raw === undefined) throw refusedFor("no certificate");
    const peer = await verifyCertificate(raw);
    if (socket.closed) throw classify(new Error("the peer closed the connection"));
    return { socket, peer };
  } catch (error) {
    socket.destroy();
    duplex.destroy();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
  }
}

const contexts = new WeakMap<TlsCredentials, SecureContext>();

/** One for all connections: Node would make one for each, of some 100 KiB. */
function contextOf(credentials: TlsCredentials): SecureContext {
  const context =
    contexts.get(credentials) ??
    createSecureContext({
      ...credentials,
      minVersion: "TLSv1.3",
      maxVersion: "TLSv1.3",
      ciphers: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
      ecdhCurve: keyExchangeGroup,
      sigalgs: "mldsa87",
      // Nothing is resumed; each of the two tickets would carry the peer's certificate.
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
  contexts.set(credentials, context);
  return context;
}

function openSocket(duplex: Duplex, { isServer, credentials, protocols }: SecureSocketOptions): TLSSocket {
  const settings = {
    secureContext: contextOf(credentials),
    // Certificates are self-signed; `verifyCertificate` is what checks them.
    rejectUnauthorized: false,
  };
  if (!isServer) return connect({ ...settings, ALPNProtocols: [...protocols], socket: duplex });
  return new TLSSocket(duplex as never, {
    ...settings,
    isServer: true,
    requestCert: true,
    ALPNCallback: ({ protocols: offered }) => offered.find((protocol) => protocols.includes(protocol)),
  });
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for the socket's life: an error after the handshake must not become an uncaught exception.
    socket.on("error", (cause) => reject(ShadowMeshError.is(cause) ? cause : classify(cause)));
    socket.once("close", () => reject(classify(new Error("the peer closed the connection"))));
    socket.once("secure", resolve);
  });
}

function classify(cause: Error & { reason?: string }): ShadowMeshError {
  // OpenSSL's own words, without its source lines.
  const reason = cause.reason ?? cause.message;
  return new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, {
    message: `The post-quantum handshake failed: ${reason}.`,
    details: { reason },
    cause,
  });
}

/** A server can't see the group; it offers no other, so OpenSSL enforces it there. */
function requireHybridGroup(socket: TLSSocket): void {
  const info = socket.getEphemeralKeyInfo();
  const group = info !== null && "name" in info ? info.name : undefined;
  if (group === keyExchangeGroup) return;
  throw new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, { details: { reason: "no hybrid key exchange", group } });
}

function refusedFor(reason: string): ShadowMeshError {
  return new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, { details: { reason } });
}
