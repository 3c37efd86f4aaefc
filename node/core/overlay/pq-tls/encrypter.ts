import {
  type ConnectionEncrypter,
  type MessageStream,
  type MultiaddrConnection,
  type PeerId,
  type SecureConnectionOptions,
  type SecuredConnection,
  type StreamMuxerFactory,
  serviceCapabilities,
} from "@libp2p/interface";
import { peerIdFromPublicKey } from "@libp2p/peer-id";
import { ShadowMeshError } from "../../errors.ts";
import type { Identity } from "../../identity/index.ts";
import { overlayErrors } from "../errors.ts";
import { credentialsOf } from "./certificate.ts";
import type { PeerIdentities } from "./peer-identities.ts";
import { secureSocket } from "./secure-socket.ts";
import { toMessageStream, toNodeDuplex } from "./tls-stream.ts";

/** Multistream name of this handshake. */
export const pqTlsProtocol = "/shadowmesh/pqtls/1.0.0";

/** The part of libp2p's components that an encrypter needs. */
interface EncrypterComponents {
  upgrader: { getStreamMuxers(): Map<string, StreamMuxerFactory> };
}

interface EncrypterDeps {
  identity: Identity;
  identities: PeerIdentities;
  /** What counts the raw bytes of a connection that we open to this multiaddr, where anything does. */
  counterOf?: (address: string) => ((bytes: number) => void) | undefined;
  /** Hears what libp2p does not pass on: of an encrypter's error it keeps the message alone. */
  onRefusal?: (refusal: HandshakeRefusal) => void;
}

/** A handshake that failed of itself, not by our giving up. */
export interface HandshakeRefusal {
  readonly direction: "inbound" | "outbound";
  readonly address: string | undefined;
  /** Who was dialled. */
  readonly wanted: PeerId | undefined;
  readonly error: ShadowMeshError;
}

/**
 * A libp2p connection encrypter: TLS 1.3 with hybrid key exchange and ML-DSA-87 authentication, and nothing less, in
 * both directions. The certificate proves both keys of a node, so the handshake alone gives its peer ID.
 */
export function pqTls(deps: EncrypterDeps): (components: EncrypterComponents) => ConnectionEncrypter {
  return (components) => {
    const secure = async (stream: MessageStream, isServer: boolean, options?: SecureConnectionOptions) => {
      const muxers = options?.skipStreamMuxerNegotiation === true ? new Map() : components.upgrader.getStreamMuxers();
      return handshake(stream, { isServer, muxers, deps, options });
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
  isServer: boolean;
  muxers: Map<string, StreamMuxerFactory>;
  deps: EncrypterDeps;
  options: SecureConnectionOptions | undefined;
}

async function handshake(stream: MessageStream, input: Handshake): Promise<SecuredConnection> {
  const { isServer, muxers, deps, options } = input;
  try {
    const address = isServer ? undefined : (stream as Partial<MultiaddrConnection>).remoteAddr?.toString();
    const count = address === undefined ? undefined : deps.counterOf?.(address);
    const { socket, peer } = await secureSocket(toNodeDuplex(stream, count), {
      isServer,
      credentials: await credentialsOf(deps.identity),
      protocols: [...muxers.keys(), "libp2p"],
      signal: options?.signal,
    });
    const remotePeer: PeerId = peerIdFromPublicKey(peer.nodeKey);
    try {
      if (options?.remotePeer?.equals(remotePeer) === false) {
        throw new ShadowMeshError(overlayErrors.WRONG_PEER, { details: { proved: peer.peerId } });
      }
      socket.once("close", deps.identities.prove(remotePeer, peer.peerId));
    } catch (error) {
      socket.destroy();
      throw error;
    }
    const streamMuxer = typeof socket.alpnProtocol === "string" ? muxers.get(socket.alpnProtocol) : undefined;
    return { remotePeer, connection: toMessageStream(stream, socket), streamMuxer };
  } catch (error) {
    stream.abort(error as Error);
    if (options?.signal?.aborted !== true) tellRefusal(stream, input, error);
    throw error;
  }
}

function tellRefusal(stream: MessageStream, { isServer, options, deps }: Handshake, error: unknown): void {
  if (!ShadowMeshError.is(error)) return;
  const address = "remoteAddr" in stream ? String(stream.remoteAddr) : undefined;
  deps.onRefusal?.({
    direction: isServer ? "inbound" : "outbound",
    address,
    wanted: options?.remotePeer,
    error,
  });
}
