import type { Logger, MessageStreamDirection, MultiaddrConnection, PeerId } from "@libp2p/interface";
import { StreamConnection } from "../stream-connection.ts";
import { watchPath } from "./liveness.ts";
import type { Prober } from "./prober.ts";
import { maxOffered, type PunchOffer } from "./protocol.ts";
import type { Mapping } from "./reflection.ts";
import { isSendable, keyOf, localAddresses, toMultiaddr, type UdpAddress } from "./udp-address.ts";
import type { UdpPort } from "./udp-port.ts";

/** One punch as one of the two nodes sees it: the stream and the token that it offers, and what becomes of them. */
export interface Side {
  readonly offer: PunchOffer;
  /** An address of the other side that hears us and that we hear; null where there is none. */
  find(peer: PunchOffer, signal: AbortSignal): Promise<UdpAddress | null>;
  /** The raw connection to it, not secured yet, which ends when the path does. */
  connect(peer: PunchOffer, remote: UdpAddress, direction: MessageStreamDirection): MultiaddrConnection;
  /** Takes the offer back; what was connected goes on. */
  close(): void;
}

export interface SideDeps {
  udp: UdpPort;
  prober: Prober;
  /** Whose connection it becomes. */
  libp2pId: PeerId;
  log: Logger;
}

export function createSide(
  own: UdpAddress,
  mapping: Mapping & { kind: PunchOffer["mapping"] },
  { udp, prober, libp2pId, log }: SideDeps,
): Side {
  const session = prober.open();
  const stream = udp.createStream();
  const candidates = new Map(
    [...mapping.addresses, ...localAddresses(own)].map((address) => [keyOf(address), address]),
  );
  let connected = false;

  return {
    offer: {
      token: session.token,
      streamId: stream.id,
      mapping: mapping.kind,
      candidates: [...candidates.values()].slice(0, maxOffered),
    },
    find(peer, signal) {
      session.expect(peer.token);
      return session.find(
        peer.candidates.filter((candidate) => isSendable(candidate, own)),
        signal,
      );
    },
    connect(peer, remote, direction) {
      connected = true;
      const udx = stream.connect(peer.streamId, remote);
      const remoteAddr = toMultiaddr(remote, libp2pId);
      const raw = new StreamConnection(udx, { remoteAddr, direction, log });
      const stopWatching = watchPath({
        packetsReceived: () => udx.packetsReceived + session.answers,
        probe: () => session.probe(remote),
        onDead: () => raw.abort(new Error("nothing comes back on the path")),
      });
      raw.addEventListener("close", () => {
        stopWatching();
        session.close();
      });
      return raw;
    },
    close() {
      if (connected) return;
      session.close();
      stream.close();
    },
  };
}
