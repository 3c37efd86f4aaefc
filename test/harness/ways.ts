import type { Path } from "../../node/core/schema.ts";

interface WayOptions {
  readonly listen: string[];
  readonly udpPort: number | null;
  /** Unless it is direct, the peer tells of no other way to it than through a relay. */
  readonly path: Path;
}

/** How a node that moves (moving-node.ts) has reached its peer (staying-peer.ts). */
export const ways = {
  direct: { listen: ["/ip4/10.88.0.1/tcp/4100"], udpPort: null, path: "direct" },
  websocket: { listen: ["/ip4/10.88.0.1/tcp/4101/ws"], udpPort: null, path: "direct" },
  punched: { listen: ["/ip4/10.88.0.1/tcp/4100"], udpPort: 4103, path: "punched" },
  relayed: { listen: ["/ip4/10.88.0.1/tcp/4100"], udpPort: null, path: "relayed" },
} satisfies Record<string, WayOptions>;
export type Way = keyof typeof ways;
