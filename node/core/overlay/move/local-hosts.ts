import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { Connection } from "@libp2p/interface";
import { hostOf, type PeerConnection } from "../peer-connection.ts";

/** Any: nothing is sent there. */
const port = 9;

/** Which of this machine's addresses each connection uses: once that has gone, nothing comes back on it. */
export interface LocalHosts {
  /** To be told of each connection while its address is still there. */
  note(connection: PeerConnection): void;
  /** Null where it is not known, or the connection goes through a relay. */
  of(connection: PeerConnection): string | null;
}

export function createLocalHosts(): LocalHosts {
  /** Of those whose socket can't be asked: what the system sends from, at the time when they opened. */
  const found = new WeakMap<Connection, string | null>();
  return {
    note(connection) {
      const { libp2p, path } = connection;
      if ((path !== "direct" && path !== "punched") || found.has(libp2p) || hostOfSocket(libp2p) !== undefined) return;
      found.set(libp2p, null);
      sourceTowards(hostOf(connection))
        .then((host) => found.set(libp2p, host))
        .catch(() => undefined);
    },
    of: ({ libp2p }) => hostOfSocket(libp2p) ?? found.get(libp2p) ?? null,
  };
}

/** An IPv4 address that a socket for both versions writes as one of IPv6. */
export const toHost = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, "");

/** What of libp2p's connections over TCP and to our WebSocket port we reach into: they do not say which address they use. */
interface WithSocket {
  maConn?: { socket?: Pick<Socket, "localAddress">; websocket?: { _socket?: Pick<Socket, "localAddress"> } };
}

/** Undefined for a WebSocket that we opened, whose socket nobody gets to see, and for UDP, where one serves all. */
function hostOfSocket(connection: Connection): string | undefined {
  const { maConn } = connection as unknown as WithSocket;
  const address = (maConn?.socket ?? maConn?.websocket?._socket)?.localAddress;
  return address === undefined ? undefined : toHost(address);
}

/** The address that the system would send from; no packet leaves. @throws where there is no way to the host */
async function sourceTowards(host: string): Promise<string> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  try {
    socket.connect(port, host);
    await once(socket, "connect");
    return toHost(socket.address().address);
  } finally {
    socket.close();
  }
}
