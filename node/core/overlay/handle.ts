import { ShadowMeshError } from "../errors.ts";
import { overlayErrors } from "./errors.ts";
import type { Libp2pNode } from "./libp2p-node.ts";
import { describeConnection, type StreamHandler } from "./peer-connection.ts";
import type { PeerIdentities } from "./pq-tls/index.ts";
import type { Refusals } from "./refusals.ts";

/** Answers a protocol's streams; a handler that throws has its stream reset, and the refusal noted. */
export type Handle = (protocol: string, handler: StreamHandler, limits: { maxInboundStreams: number }) => Promise<void>;

export interface HandleDeps {
  node: Pick<Libp2pNode, "handle">;
  identities: PeerIdentities;
  refusals: Pick<Refusals, "stream">;
  /** Aborts what still runs. */
  stopping: AbortSignal;
}

export function createHandle({ node, identities, refusals, stopping }: HandleDeps): Handle {
  return (protocol, handler, { maxInboundStreams }) =>
    node.handle(
      protocol,
      async (stream, connection) => {
        const peer = describeConnection(connection, identities);
        try {
          if (peer === undefined) throw new ShadowMeshError(overlayErrors.HANDSHAKE_REFUSED);
          await handler(stream, peer, stopping);
        } catch (error) {
          refusals.stream(peer?.peerId, protocol, error);
          stream.abort(error as Error);
        }
      },
      { maxInboundStreams },
    );
}
