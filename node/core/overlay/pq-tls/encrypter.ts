import { connect, TLSSocket } from "node:tls";
import {
  type ConnectionEncrypter,
  type MessageStream,
  type PeerId,
  type SecureConnectionOptions,
  type SecuredConnection,
  type StreamMuxerFactory,
  serviceCapabilities,
  UnexpectedPeerError,
} from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { ShadowMeshError } from "../../errors.ts";
import type { Identity } from "../../identity/index.ts";
import { overlayErrors } from "../errors.ts";
import { createCertificate, type TlsCredentials, verifyCertificate } from "./certificate.ts";
import type { PeerIdentities } from "./peer-identities.ts";
import { toMessageStream, toNodeDuplex } from "./tls-stream.ts";

/** Multistream name of this handshake. */
export const pqTlsProtocol = "/shadowmesh/pqtls/1.0.0";
/** The only key exchange: X25519 and ML-KEM-768 together (draft-ietf-tls-ecdhe-mlkem). */
export const keyExchangeGroup = "X25519MLKEM768";

/** The part of libp2p's components that an encrypter needs. */
interface EncrypterComponents {
  upgrader: { getStreamMuxers(): Map<string, StreamMuxerFactory> };
}

/**
 * A libp2p connection encrypter: TLS 1.3 with hybrid key exchange and ML-DSA-87 authentication, and nothing less, in
 * both directions. The certificate proves both keys of a node, so the handshake alone gives its peer ID.
 */
export function pqTls(deps: {
  identity: Identity;
  identities: PeerIdentities;
}): (components: EncrypterComponents) => ConnectionEncrypter {
  // One certificate for a process: making one costs two signatures, and nothing in it changes.
  let credentials: Promise<TlsCredentials> | undefined;
  return (components) => {
    const secure = async (stream: MessageStream, isServer: boolean, options?: SecureConnectionOptions) => {
      credentials ??= createCertificate(deps.identity);
      const muxers = options?.skipStreamMuxerNegotiation === true ? new Map() : components.upgrader.getStreamMuxers();
      return handshake({ stream, isServer, muxers, credentials: await credentials, deps, options });
    };
    return {
      [Symbol.toStringTag]: "@shadowmesh/pq-tls",
      [serviceCapabilities]: ["@libp2p/connection-encryption"],
      protocol: pqTlsProtocol,
      secureInbound: (stream, options) => secure(stream, true, options),
      secureOutbound: (stream, options) => secure(stream, false, options),
    } as ConnectionEncrypter;
  };
}

interface Handshake {
  stream: MessageStream;
  isServer: boolean;
  muxers: Map<string, StreamMuxerFactory>;
  credentials: TlsCredentials;
  deps: { identities: PeerIdentities };
  options: SecureConnectionOptions | undefined;
}

async function handshake(input: Handshake): Promise<SecuredConnection> {
  const { stream, isServer, options } = input;
  const duplex = toNodeDuplex(stream);
  const socket = openSocket(input, duplex);
  duplex.on("error", (error) => socket.destroy(error));
  const onAbort = () =>
    socket.destroy(new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, { details: { reason: "timeout" } }));
  options?.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await secured(socket);
    if (!isServer) requireHybridGroup(socket);
    const raw = socket.getPeerCertificate(false)?.raw;
    if (raw === undefined)
      throw new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, { details: { reason: "no certificate" } });
    const { peerId, nodeKey } = await verifyCertificate(raw);
    const remotePeer: PeerId = peerIdFromPublicKey(nodeKey);
    if (options?.remotePeer?.equals(remotePeer) === false) throw new UnexpectedPeerError();
    if (socket.closed) throw classify(new Error("the peer closed the connection"));
    socket.once("close", input.deps.identities.prove(remotePeer, peerId));
    const streamMuxer = typeof socket.alpnProtocol === "string" ? input.muxers.get(socket.alpnProtocol) : undefined;
    return { remotePeer, connection: toMessageStream(stream, socket), streamMuxer };
  } catch (error) {
    socket.destroy();
    stream.abort(error as Error);
    throw error;
  } finally {
    options?.signal?.removeEventListener("abort", onAbort);
  }
}

function openSocket(input: Handshake, duplex: ReturnType<typeof toNodeDuplex>): TLSSocket {
  const protocols = [...input.muxers.keys(), "libp2p"];
  const settings = {
    ...input.credentials,
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    ciphers: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256",
    ecdhCurve: keyExchangeGroup,
    sigalgs: "mldsa87",
    // Certificates are self-signed; `verifyCertificate` is what checks them.
    rejectUnauthorized: false,
    ALPNProtocols: protocols,
  } as const;
  if (!input.isServer) return connect({ ...settings, ALPNProtocols: protocols, socket: duplex });
  const { ALPNProtocols: _, ...serverSettings } = settings;
  return new TLSSocket(duplex, {
    ...serverSettings,
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
  if (group !== keyExchangeGroup) {
    throw new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED, {
      details: { reason: "no hybrid key exchange", group },
    });
  }
}
